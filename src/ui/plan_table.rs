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
    for (name, value) in [
        ("image", plan.image.as_str()),
        ("order", &format!("{}: {}", plan.order, plan.order_reason)),
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
