//! The plan for people.

use std::io::{self, Write};

use crate::model::plan::Plan;

use super::{
    look::{Look, Tone},
    wording::count,
};

/// Pod by pod, with what is written where.
///
/// # Errors
/// When the output cannot be written to.
pub fn write(out: &mut dyn Write, look: Look, plan: &Plan) -> io::Result<()> {
    let arrow = look.arrow();
    let title = format!("{}, {} {arrow} {}", plan.cluster, plan.from, plan.to);
    writeln!(out, "\n{}", look.paint(Tone::Strong, &title))?;
    let leader = plan
        .leader
        .as_ref()
        .map_or("none is known", |leader| leader.as_str());
    let moves = count(u64::from(plan.leader_moves), "leader move");
    let (name, how) = match &plan.colours {
        None => ("order", format!("{}: {}", plan.order, plan.order_reason)),
        Some(colours) => (
            "colours",
            format!("blue {} {arrow} green {}", colours.blue, colours.green),
        ),
    };
    for (name, value) in [
        ("image", plan.image.as_str()),
        (name, &how),
        ("leader", &format!("{leader} now, {moves} expected")),
    ] {
        writeln!(out, "  {name:<8} {}", look.paint(Tone::Normal, value))?;
    }
    for waiver in &plan.waivers {
        let text = format!("{waiver}");
        writeln!(out, "  {:<8} {}", "waived", look.paint(Tone::Notice, &text))?;
    }
    writeln!(out)?;
    let width = plan
        .steps
        .iter()
        .map(|step| step.text.chars().count())
        .max()
        .unwrap_or_default()
        .min(60);
    for (index, step) in plan.steps.iter().enumerate() {
        let number = index + 1;
        let tone = if step.pod.is_some() {
            Tone::Strong
        } else {
            Tone::Normal
        };
        let pad = width.saturating_sub(step.text.chars().count());
        let text = look.paint(tone, &step.text);
        match &step.writes {
            Some(writes) => {
                let writes = look.paint(Tone::Faint, &format!("writes {writes}"));
                writeln!(out, "  {number:>2}. {text}{:pad$}  {writes}", "")?;
            }
            None => writeln!(out, "  {number:>2}. {text}")?,
        }
        if plan.point_of_no_return == Some(index) {
            let text = format!(
                "---- point of no return: from here on {} cannot lead again ----",
                plan.from
            );
            writeln!(out, "      {}", look.paint(Tone::Notice, &text))?;
        }
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use crate::model::{
        intent::Order,
        names::{ClusterRef, PodName, Pool},
        plan::PlanStep,
        version::Version,
        waiver::Waiver,
    };

    use super::*;

    #[test]
    fn the_plan_names_pods_writes_then_the_point_of_no_return() {
        let step = |text: &str, writes: Option<&str>, pod: Option<&str>| PlanStep {
            text: text.into(),
            writes: writes.map(str::to_owned),
            pod: pod.map(|pod| PodName(pod.into())),
            pool: pod.map(|_| Pool::Voters),
        };
        let plan = Plan {
            cluster: ClusterRef {
                namespace: "vault".into(),
                name: "prod".into(),
            },
            from: Version::new(2, 6, 2),
            to: Version::new(2, 7, 2),
            image: "openbao:2.7.2".into(),
            order: Order::LeaderLast,
            order_reason: "prod-1 leads".into(),
            leader: Some(PodName("prod-1".into())),
            leader_moves: 1,
            steps: vec![
                step(
                    "replace prod-2",
                    Some("pods/prod-2 eviction"),
                    Some("prod-2"),
                ),
                step("step prod-1 down", Some("sys/step-down"), None),
                step("verify", None, None),
            ],
            point_of_no_return: Some(1),
            colours: None,
            waivers: vec![Waiver::AcceptOneWay],
        };
        let mut out = Vec::new();
        write(&mut out, Look::default(), &plan).expect("written");
        assert_eq!(
            String::from_utf8(out).expect("UTF-8"),
            "\nvault/prod, 2.6.2 -> 2.7.2\n\
             \x20 image    openbao:2.7.2\n\
             \x20 order    leader-last: prod-1 leads\n\
             \x20 leader   prod-1 now, 1 leader move expected\n\
             \x20 waived   --accept-one-way\n\
             \n\
             \x20  1. replace prod-2    writes pods/prod-2 eviction\n\
             \x20  2. step prod-1 down  writes sys/step-down\n\
             \x20     ---- point of no return: from here on 2.6.2 cannot lead again ----\n\
             \x20  3. verify\n\n"
        );
    }
}
