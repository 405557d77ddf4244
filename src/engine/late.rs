//! Pods that are late, with the warnings that tell why.

use std::{collections::BTreeMap, time::Duration};

use futures::future::join_all;
use jiff::Timestamp;

use crate::{
    model::{
        snapshot::Snapshot,
        warning::Warning,
        workload::{ContainerState, Pod},
    },
    ports::Workloads,
};

/// A sandbox and a container are made within a second or two; a volume that takes
/// longer, or cannot be mounted, has been warned of by then.
const NOT_BEGUN: Duration = Duration::from_secs(4);
/// A pod of the operator's is Ready 6 to 7 s after its creation
/// (`contracts/operator-live.md` 4).
const NOT_READY: Duration = Duration::from_secs(8);
/// A pod that is gone is made anew within 30 ms (`contracts/real-stack.md` 3).
const MISSING: Duration = Duration::from_secs(2);
/// How long what was asked for is good.
const ASKED_AGAIN: Duration = Duration::from_secs(5);
/// Warnings stay for an hour, whatever has become of them. One that is older than
/// the want by more than the clocks may differ is about an earlier one.
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);
/// A controller tries again after 16 min at most (exponential back-off of its
/// queue): where nobody saw the want begin, a warning may be so old.
const RETRIED_WITHIN: Duration = Duration::from_secs(1000);
/// The kubelet says again after 2 min and 3 s that a volume has not come; of one
/// that has come it says nothing, and its last complaint stays.
const SAID_AGAIN: Duration = Duration::from_secs(123);
/// Most objects asked about at once.
const MOST: usize = 8;

/// What is late, since when, and what its warnings said last.
#[derive(Debug, Default)]
pub(super) struct Late {
    since: BTreeMap<String, Since>,
    asked: Option<Duration>,
    warnings: BTreeMap<String, Vec<Warning>>,
}

#[derive(Debug, Clone, Copy)]
struct Since {
    monotonic: Duration,
    wall: Timestamp,
}

/// An object that is not as it should be.
struct Want<'a> {
    uid: &'a str,
    /// How long that is no reason to ask.
    usual: Duration,
    /// Older warnings are about something else; `None` for a StatefulSet, which
    /// does not say since when it lacks a pod.
    oldest: Option<Timestamp>,
}

impl Late {
    /// Puts the warnings about what is late into the observation.
    pub(super) async fn explain(
        &mut self,
        kube: &impl Workloads,
        snapshot: &mut Snapshot,
        now: Duration,
    ) {
        let wanting: Vec<Want<'_>> = wanting(snapshot).collect();
        if wanting.is_empty() {
            self.since.clear();
            self.warnings.clear();
            return;
        }
        let before = std::mem::take(&mut self.since);
        let at = snapshot.at;
        self.since = wanting
            .iter()
            .map(|want| {
                let since = before.get(want.uid).copied().unwrap_or(Since {
                    monotonic: now,
                    wall: at,
                });
                (want.uid.to_owned(), since)
            })
            .collect();
        let due: Vec<(&str, Timestamp)> = wanting
            .iter()
            .filter_map(|want| {
                let since = self.since.get(want.uid)?;
                let late = now.saturating_sub(since.monotonic) >= want.usual;
                let oldest = want.oldest.unwrap_or(since.wall - CLOCKS_DIFFER);
                late.then_some((want.uid, oldest))
            })
            .take(MOST)
            .collect();
        self.warnings
            .retain(|uid, _| due.iter().any(|(due, _)| due == uid));
        let fresh = self
            .asked
            .is_some_and(|asked| now.saturating_sub(asked) < ASKED_AGAIN);
        let known = due.iter().all(|(uid, _)| self.warnings.contains_key(*uid));
        if !(due.is_empty() || (fresh && known)) {
            self.asked = Some(now);
            self.warnings = ask(kube, &due).await;
        }
        fill(snapshot, &self.warnings);
    }
}

/// Puts the warnings about everything that is not as it should be into an
/// observation that stands alone.
pub(super) async fn explain(kube: &impl Workloads, snapshot: &mut Snapshot) {
    let retried = snapshot.at - RETRIED_WITHIN;
    let wanting: Vec<(&str, Timestamp)> = wanting(snapshot)
        .map(|want| (want.uid, want.oldest.unwrap_or(retried)))
        .take(MOST)
        .collect();
    let warnings = ask(kube, &wanting).await;
    fill(snapshot, &warnings);
}

/// What is not as it should be.
fn wanting(snapshot: &Snapshot) -> impl Iterator<Item = Want<'_>> {
    let sets = snapshot
        .workloads()
        .filter(|set| (set.pods.len() as u64) < u64::from(set.replicas))
        .map(|set| Want {
            uid: &set.uid,
            usual: MISSING,
            oldest: None,
        });
    let said = snapshot.at - SAID_AGAIN - CLOCKS_DIFFER;
    let pods = snapshot
        .workloads()
        .flat_map(|set| &set.pods)
        .filter(|pod| !pod.ready && !pod.terminating)
        .map(move |pod| {
            let (usual, oldest) = if has_begun(pod) {
                let unready = pod.ready_since.map(|since| since - CLOCKS_DIFFER);
                (NOT_READY, unready.unwrap_or(said))
            } else {
                (NOT_BEGUN, said)
            };
            Want {
                uid: &pod.pod.uid,
                usual,
                oldest: Some(oldest),
            }
        });
    sets.chain(pods)
}

fn has_begun(pod: &Pod) -> bool {
    !matches!(
        pod.container,
        ContainerState::Absent | ContainerState::Waiting { .. }
    )
}

async fn ask(kube: &impl Workloads, about: &[(&str, Timestamp)]) -> BTreeMap<String, Vec<Warning>> {
    let asked = about.iter().map(|(uid, oldest)| async move {
        let mut warnings = kube.warnings(uid).await;
        warnings.retain(|warning| is_about_now(warning, *oldest));
        ((*uid).to_owned(), warnings)
    });
    join_all(asked).await.into_iter().collect()
}

/// Whether a warning can be about what is the matter now.
fn is_about_now(warning: &Warning, oldest: Timestamp) -> bool {
    warning.last_seen.is_none_or(|seen| seen >= oldest)
}

fn fill(snapshot: &mut Snapshot, warnings: &BTreeMap<String, Vec<Warning>>) {
    let about = |uid: &str| warnings.get(uid).cloned().unwrap_or_default();
    for set in snapshot.workloads_mut() {
        set.warnings = about(&set.uid);
        for pod in &mut set.pods {
            pod.warnings = about(&pod.pod.uid);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{decide::example::Example, model::fact::Fact};

    fn wanted(example: &Example) -> Vec<(Duration, Option<Timestamp>)> {
        wanting(&example.snapshot)
            .map(|want| (want.usual, want.oldest))
            .collect()
    }

    #[test]
    fn what_is_as_it_should_be_is_not_asked_about() {
        let mut example = Example::three("2.6.2");
        assert_eq!(wanted(&example), []);
        if let Fact::Known(set) = &mut example.snapshot.voters {
            set.pods[1].ready = false;
            set.pods[1].terminating = true;
        }
        assert_eq!(wanted(&example), [], "one that goes need not come up");
    }

    #[test]
    fn a_pod_that_has_not_begun_is_late_sooner_than_one_that_runs() {
        let mut example = Example::three("2.6.2");
        if let Fact::Known(set) = &mut example.snapshot.voters {
            set.pods[1].ready = false;
            set.pods[2].ready = false;
            set.pods[2].container = ContainerState::Absent;
            set.pods.remove(0);
        }
        // It has not been Ready since then, and its node may be why.
        let voters = example.snapshot.voters.known().expect("voters");
        let unready = voters.pods[0].ready_since.expect("a time");
        let said = example.snapshot.at - SAID_AGAIN - CLOCKS_DIFFER;
        assert_eq!(
            wanted(&example),
            [
                (MISSING, None),
                (NOT_READY, Some(unready - CLOCKS_DIFFER)),
                (NOT_BEGUN, Some(said)),
            ]
        );
    }

    #[test]
    fn a_warning_from_before_the_want_is_about_an_earlier_one() {
        let at = |second: i64| Timestamp::from_second(second).expect("a time");
        let warning = |last_seen| Warning {
            reason: "FailedCreate".to_owned(),
            message: "exceeded quota".to_owned(),
            last_seen,
        };
        assert!(!is_about_now(&warning(Some(at(99))), at(100)));
        assert!(is_about_now(&warning(Some(at(100))), at(100)));
        assert!(is_about_now(&warning(None), at(100)));
    }
}
