//! What whoever rehearses types, as it would be typed in life.

use crate::{
    decide::versions::is_one_way,
    model::waiver::Waiver,
    sim::{
        scenario::{OperatorState, Scenario},
        span,
    },
};

/// What a process is run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The upgrade.
    Upgrade,
    /// The way back.
    GoBack,
    /// What comes after the gate of a blue/green upgrade.
    Promote,
}

/// The command line that is rehearsed.
pub(super) fn command_line(scenario: &Scenario, purpose: Purpose) -> Vec<String> {
    let cluster = &scenario.cluster;
    // What the operator left stuck is finished, towards where it was going.
    let takes_over = cluster.operator == OperatorState::Stuck;
    let coloured = cluster.is_blue_green();
    let back = purpose == Purpose::GoBack;
    let command: &[&str] = match purpose {
        _ if takes_over => &["resume"],
        Purpose::Promote => &["upgrade", "promote"],
        Purpose::GoBack if coloured => &["upgrade", "rollback"],
        Purpose::Upgrade if coloured => &["upgrade", "bluegreen"],
        Purpose::Upgrade | Purpose::GoBack => &["upgrade", "rolling"],
    };
    let mut words: Vec<String> = ["baoctl"]
        .iter()
        .chain(command)
        .chain(&[cluster.name.as_str(), "-n", cluster.namespace.as_str()])
        .map(|word| (*word).to_owned())
        .collect();
    let names_target = purpose == Purpose::Upgrade || (back && !coloured);
    if takes_over {
        words.push("--take-over".to_owned());
    } else if names_target {
        let to = if back { &cluster.version } else { &scenario.to };
        words.extend(["--to".to_owned(), to.to_string()]);
    }
    let there = purpose == Purpose::Upgrade && !takes_over;
    let image = scenario.image.clone().filter(|_| there);
    let order = scenario
        .order
        .clone()
        .filter(|_| purpose != Purpose::Promote);
    let until = scenario.until.filter(|_| there && coloured);
    let until = until.map(|gate| gate.name().to_owned());
    let soak = scenario.soak.filter(|_| there && coloured);
    let soak = soak.filter(|span| !span.is_zero()).map(span::text);
    for (flag, value) in [
        ("--image", image),
        ("--order", order),
        ("--until", until),
        ("--soak", soak),
    ] {
        if let Some(value) = value {
            words.extend([flag.to_owned(), value]);
        }
    }
    if let Some(file) = scenario.snapshot.as_ref().filter(|_| there) {
        words.extend(["--snapshot".to_owned(), file.display().to_string()]);
    }
    for waiver in waivers(scenario) {
        words.extend(waiver.to_string().split_whitespace().map(str::to_owned));
    }
    if cluster.lock.is_some() {
        words.push("--as-operator".to_owned());
    }
    words
}

/// What is waived: what the scenario says, and a one-way door where it says
/// nothing of that. Whoever rehearses wants to see what is behind it.
fn waivers(scenario: &Scenario) -> Vec<Waiver> {
    let mut waivers = scenario.waivers.clone().unwrap_or_default();
    let said = waivers
        .iter()
        .any(|one| matches!(one, Waiver::AcceptOneWay | Waiver::AllowNoSnapshot));
    if !said && is_one_way(&scenario.cluster.version, &scenario.to) {
        waivers.push(Waiver::AcceptOneWay);
        if scenario.snapshot.is_none() {
            waivers.push(Waiver::AllowNoSnapshot);
        }
    }
    waivers
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        model::version::Version,
        sim::strategy::{Gate, Strategy},
    };

    fn line(scenario: &Scenario, purpose: Purpose) -> String {
        command_line(scenario, purpose).join(" ")
    }

    #[test]
    fn a_door_is_gone_through_unless_something_is_said_of_it() {
        let mut scenario = Scenario::undisturbed(Version::new(2, 7, 2));
        let plain = "baoctl upgrade rolling prod -n vault --to 2.7.2";
        assert_eq!(
            line(&scenario, Purpose::Upgrade),
            format!("{plain} --accept-one-way --allow-no-snapshot")
        );
        scenario.snapshot = Some("prod.snap".into());
        assert_eq!(
            line(&scenario, Purpose::Upgrade),
            format!("{plain} --snapshot prod.snap --accept-one-way")
        );
        scenario.snapshot = None;
        scenario.waivers = Some(vec![Waiver::AllowNoSnapshot]);
        assert_eq!(
            line(&scenario, Purpose::Upgrade),
            format!("{plain} --allow-no-snapshot")
        );
        scenario.to = Version::new(2, 6, 3);
        scenario.waivers = Some(vec![Waiver::AllowDowntime]);
        assert_eq!(
            line(&scenario, Purpose::Upgrade),
            "baoctl upgrade rolling prod -n vault --to 2.6.3 --allow-downtime"
        );
    }

    #[test]
    fn what_follows_a_gate_is_a_promotion_without_it() {
        let mut scenario = Scenario::undisturbed(Version::new(2, 6, 3));
        scenario.cluster.strategy = Strategy::BlueGreen;
        scenario.until = Some(Gate::Ready);
        scenario.soak = Some(Duration::ZERO);
        assert_eq!(
            line(&scenario, Purpose::Upgrade),
            "baoctl upgrade bluegreen prod -n vault --to 2.6.3 --until ready"
        );
        scenario.soak = Some(Duration::from_millis(500));
        assert!(line(&scenario, Purpose::Upgrade).ends_with(" --soak 500ms"));
        scenario.soak = Some(Duration::from_secs(30));
        assert_eq!(
            line(&scenario, Purpose::Upgrade),
            "baoctl upgrade bluegreen prod -n vault --to 2.6.3 --until ready --soak 30s"
        );
        assert_eq!(
            line(&scenario, Purpose::Promote),
            "baoctl upgrade promote prod -n vault"
        );
        assert_eq!(
            line(&scenario, Purpose::GoBack),
            "baoctl upgrade rollback prod -n vault"
        );
    }
}
