//! Whether the values of a scenario make sense together.

use super::{
    fault::Fault,
    scenario::{OperatorState, Planned, Scenario, Shape},
    scenario_error::ScenarioError,
    who::Who,
};
use crate::model::{image::is_reference, version::Version};

/// The orders `--order` knows.
const ORDERS: [&str; 3] = ["auto", "reverse-ordinal", "leader-last"];

impl Scenario {
    /// Whether its values make sense together.
    ///
    /// # Errors
    ///
    /// The first that does not.
    pub fn check(&self) -> Result<(), ScenarioError> {
        let cluster = &self.cluster;
        for (field, name) in [
            ("cluster.name", &cluster.name),
            ("cluster.namespace", &cluster.namespace),
        ] {
            if !is_label(name) {
                return wrong(field, format!("{name:?} is no name of an object"));
            }
        }
        if !matches!(cluster.replicas, 1 | 3 | 5 | 7) {
            return wrong(
                "cluster.replicas",
                format!("{} is not 1, 3, 5 or 7", cluster.replicas),
            );
        }
        if cluster.leader >= cluster.replicas {
            return wrong(
                "cluster.leader",
                format!(
                    "{} is not an ordinal of {} replicas",
                    cluster.leader, cluster.replicas
                ),
            );
        }
        let few = cluster.replicas as usize;
        if cluster.dead_voters.len() >= few {
            return wrong(
                "cluster.deadVoters",
                format!("{} of them leave no majority", cluster.dead_voters.len()),
            );
        }
        if let Some(id) = cluster.dead_voters.iter().find(|id| !is_label(id)) {
            return wrong("cluster.deadVoters", format!("{id:?} is no id of a peer"));
        }
        if cluster.read_replicas > 5 {
            return wrong(
                "cluster.readReplicas",
                format!("{} are more than 5", cluster.read_replicas),
            );
        }
        if cluster.is_blue_green() {
            check_blue_green(cluster)?;
            if self.order.is_some() {
                return wrong("order", "only under rollingUpdate".to_owned());
            }
        } else if self.until.is_some() {
            return wrong("until", "only under blueGreen".to_owned());
        } else if self.soak.is_some() {
            return wrong("soak", "only under blueGreen".to_owned());
        } else if cluster.pre_promotion_hook {
            let why = "only under blueGreen".to_owned();
            return wrong("cluster.prePromotionHook", why);
        }
        if let Some(image) = self.image.as_deref().filter(|image| !is_reference(image)) {
            return wrong(
                "image",
                format!(
                    "{image:?} is no image reference such as registry.example.com/openbao:2.7.2"
                ),
            );
        }
        if let Some(order) = &self.order
            && !ORDERS.contains(&order.as_str())
        {
            return wrong(
                "order",
                format!("{order:?} is not one of {}", ORDERS.join(", ")),
            );
        }
        self.faults
            .iter()
            .enumerate()
            .try_for_each(|(at, planned)| check_planned(at, planned, cluster))
    }
}

/// What no cluster under this strategy has been seen with.
fn check_blue_green(cluster: &Shape) -> Result<(), ScenarioError> {
    let only = |field: &str| wrong(field, "only under rollingUpdate".to_owned());
    if matches!(
        cluster.operator,
        OperatorState::Stuck | OperatorState::Today
    ) {
        return only("cluster.operator");
    }
    Ok(())
}

fn check_planned(at: usize, planned: &Planned, cluster: &Shape) -> Result<(), ScenarioError> {
    let when = &planned.when;
    let field = format!("faults[{at}].when");
    if when.event.is_some() && when.write.is_some() {
        return wrong(&field, "event and write exclude each other".to_owned());
    }
    if when.event.is_none() && when.write.is_none() && when.after.is_none() {
        return wrong(&field, "one of after, event and write is needed".to_owned());
    }
    if when.write == Some(0) {
        return wrong(
            &format!("{field}.write"),
            "writes are counted from 1".to_owned(),
        );
    }
    if let Some(pod) = &when.pod {
        if when.event.is_none() {
            return wrong(&format!("{field}.pod"), "a pod needs an event".to_owned());
        }
        check_pod(&format!("{field}.pod"), pod, cluster)?;
    }
    let field = format!("faults[{at}].what");
    if let Some(Who::Pod(pod)) = planned.what.on() {
        check_pod(&format!("{field}.on"), pod, cluster)?;
    }
    match &planned.what {
        Fault::Answer { status, .. } if !(400..=599).contains(status) => wrong(
            &format!("{field}.status"),
            format!("{status} is no refusal: 400 to 599"),
        ),
        Fault::HookFails { .. } if !cluster.pre_promotion_hook => wrong(
            &format!("{field}.hookFails"),
            "only with cluster.prePromotionHook".to_owned(),
        ),
        Fault::AddVoter { id } if !is_label(id) => {
            wrong(&format!("{field}.id"), format!("{id:?} is no id of a peer"))
        }
        Fault::SetPartition { to } if *to > cluster.replicas => wrong(
            &format!("{field}.to"),
            format!("{to} is more than the {} replicas", cluster.replicas),
        ),
        Fault::SetVersion { to } if to.parse::<Version>().is_err() => {
            wrong(&format!("{field}.to"), format!("{to:?} is no version"))
        }
        _ => Ok(()),
    }
}

fn check_pod(field: &str, pod: &str, cluster: &Shape) -> Result<(), ScenarioError> {
    // Green pods are named by what the run aims at.
    if cluster.is_blue_green() && pod.starts_with(&format!("{}-", cluster.name)) {
        return Ok(());
    }
    let of = |set: &str, count: u32| (0..count).any(|ordinal| *pod == format!("{set}-{ordinal}"));
    let read = format!("{}-read", cluster.name);
    if of(&cluster.name, cluster.replicas) || of(&read, cluster.read_replicas) {
        return Ok(());
    }
    wrong(field, format!("{pod:?} is no pod of this cluster"))
}

/// A DNS label, as the names of pods and services begin with it.
fn is_label(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.len() <= 40
        && name.chars().all(fits)
}

fn wrong(field: &str, why: String) -> Result<(), ScenarioError> {
    Err(ScenarioError::Value {
        line: 0,
        field: field.to_owned(),
        why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
name: two faults
to: 2.7.2
cluster:
  # leader: 9 was tried
  leader: 1
faults:
  - when: { after: 1s }
    what: { unpause: {} }
  - when: { event: podReady, pod: prod-2 }
    what: { deletePod: { on: prod-1 } }
";

    #[test]
    fn a_value_out_of_range_is_named_with_its_line() {
        for (from, to, expected) in [
            ("leader: 1", "leader: 3", "line 5, cluster.leader: "),
            ("pod: prod-2", "pod: prod-3", "line 9, faults[1].when.pod: "),
            ("on: prod-1", "on: prod-7", "line 10, faults[1].what.on: "),
            ("{ after: 1s }", "{}", "line 7, faults[0].when: "),
            (
                "{ after: 1s }",
                "{ write: 0 }",
                "line 7, faults[0].when.write: ",
            ),
            (
                "unpause: {}",
                "answer: { status: 42 }",
                "line 8, faults[0].what.status: ",
            ),
            ("to: 2.7.2", "to: 2.7.2\norder: best", "line 3, order: "),
            (
                "leader: 1",
                "leader: 1\n  strategy: blueGreen\norder: leader-last",
                "line 7, order: ",
            ),
            (
                "leader: 1",
                "leader: 1\n  prePromotionHook: true",
                "line 6, cluster.prePromotionHook: ",
            ),
            (
                "unpause: {}",
                "hookFails: {}",
                "line 8, faults[0].what.hookFails: ",
            ),
            (
                "leader: 1",
                "leader: 1\n  strategy: blueGreen\n  operator: today",
                "line 7, cluster.operator: ",
            ),
        ] {
            let error = Scenario::parse(&FILE.replace(from, to)).expect_err("wrong");
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }
}
