//! Who is missing where nobody leads.

use crate::model::{names::PodName, snapshot::Snapshot, workload::Pod};

use super::{gates, pod_state};

/// The pods whose votes are missing, each with what is the matter with it: the ones
/// to mend first where no leader can be elected. None where all of them answer.
#[must_use]
pub fn down(snapshot: &Snapshot) -> Vec<(PodName, String)> {
    let Some(voters) = snapshot.voters.known() else {
        return Vec::new();
    };
    voters
        .pod_names()
        .filter_map(|name| {
            let why = match snapshot.pod(&name) {
                None => Some(gates::missing(&name, Some(voters)).to_string()),
                Some(pod) => matter(pod, snapshot),
            };
            why.map(|why| (name, why))
        })
        .collect()
}

fn matter(pod: &Pod, snapshot: &Snapshot) -> Option<String> {
    let name = &pod.pod.name;
    let health = snapshot.node(name).map(|node| &node.health);
    if let Some(health) = health.and_then(|health| health.known()) {
        let down = health.sealed || !health.initialized;
        return down.then(|| format!("{name} is sealed"));
    }
    if pod.terminating {
        return Some(format!("{name} is terminating"));
    }
    if pod.ready {
        let why = health
            .and_then(|health| health.unknown())
            .unwrap_or("it was not asked");
        return Some(format!("{name} does not answer: {why}"));
    }
    Some(format!("{name} is not Ready: {}", pod_state::state(pod)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        decide::example::Example,
        model::{fact::Fact, workload::ContainerState},
    };

    #[test]
    fn each_that_is_missing_is_named_with_what_is_the_matter() {
        let mut example = Example::three("2.6.2");
        assert_eq!(down(&example.snapshot), []);
        if let Fact::Known(health) = &mut example.node(0).health {
            health.sealed = true;
        }
        example.silent(1);
        example.down(2);
        example.voters_mut().pods[2].container = ContainerState::Waiting {
            reason: "ErrImagePull".to_owned(),
            message: None,
        };
        let why: Vec<String> = down(&example.snapshot)
            .into_iter()
            .map(|(_, why)| why)
            .collect();
        assert_eq!(
            why,
            [
                "prod-0 is sealed",
                "prod-1 does not answer: connection refused",
                "prod-2 is not Ready: ErrImagePull",
            ]
        );
        example.voters_mut().pods.remove(2);
        let last = down(&example.snapshot).pop().map(|(_, why)| why);
        assert_eq!(
            last.as_deref(),
            Some("prod-2 does not exist: its StatefulSet has not made it yet")
        );
    }
}
