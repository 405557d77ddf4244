//! Which order a run takes.

use crate::model::{
    action::{Action, Hold, ReleaseBy},
    intent::{Order, OrderChoice},
    survey::{DryRun, Survey},
};

use super::leadership;

/// The order, and why.
///
/// `auto` prefers the partition when ordinal 0 leads already: it is what the
/// operator itself would do and needs no eviction. Otherwise leader-last, which
/// moves leadership once wherever it sits; where its writes are denied, the
/// partition with its tries.
#[must_use]
pub fn choose(choice: OrderChoice, survey: &Survey) -> (Order, String) {
    let leader = leadership::leader(&survey.snapshot)
        .ok()
        .map(|leader| leader.pod.ordinal);
    match choice {
        OrderChoice::ReverseOrdinal => (Order::ReverseOrdinal, "asked for".to_owned()),
        OrderChoice::LeaderLast => (Order::LeaderLast, "asked for".to_owned()),
        OrderChoice::Auto if leader == Some(0) => {
            (Order::ReverseOrdinal, "ordinal 0 leads already".to_owned())
        }
        OrderChoice::Auto => match leader_last_denied(survey) {
            None => (
                Order::LeaderLast,
                match leader {
                    Some(ordinal) => {
                        format!("ordinal {ordinal} leads, and leadership cannot be steered")
                    }
                    None => "no leader is agreed on yet".to_owned(),
                },
            ),
            Some(why) => (
                Order::ReverseOrdinal,
                format!("leader-last is not possible here: {why}"),
            ),
        },
    }
}

fn leader_last_denied(survey: &Survey) -> Option<String> {
    survey.dry_runs.iter().find_map(|(action, answer)| {
        let needed = matches!(
            action,
            Action::Hold {
                hold: Hold::OnDelete,
                ..
            } | Action::Release {
                by: ReleaseBy::Eviction,
                ..
            }
        );
        if !needed {
            return None;
        }
        match answer {
            DryRun::Accepted => None,
            DryRun::Denied { message, .. } | DryRun::Forbidden { message } => Some(message.clone()),
            DryRun::Untried { why } => Some(why.clone()),
        }
    })
}

/// How often leadership is expected to move.
#[must_use]
pub fn expected_moves(order: Order, leader: Option<u32>, replicas: u32) -> u32 {
    match (order, leader) {
        _ if replicas < 2 => 0,
        (Order::LeaderLast, _) | (Order::ReverseOrdinal, Some(0)) => 1,
        // One at least to bring it to ordinal 0, one at the end.
        (Order::ReverseOrdinal, _) => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::{example::Example, example_parts::survey};
    use crate::model::names::{PodName, PodRef, Pool};

    fn led_by(leader: u32) -> Survey {
        let mut world = Example::three("2.6.2");
        world.lead(leader);
        survey(&world.snapshot)
    }

    fn hold(hold: Hold) -> Action {
        Action::Hold {
            pool: Pool::Voters,
            hold,
        }
    }

    fn release(by: ReleaseBy) -> Action {
        Action::Release {
            pool: Pool::Voters,
            pod: PodRef {
                name: PodName::of("prod", 2),
                uid: "uid".to_owned(),
            },
            by,
        }
    }

    #[test]
    fn what_was_asked_for_is_taken_wherever_the_leader_sits() {
        for leader in [0, 2] {
            let survey = led_by(leader);
            let chosen = |choice| choose(choice, &survey).0;
            assert_eq!(chosen(OrderChoice::ReverseOrdinal), Order::ReverseOrdinal);
            assert_eq!(chosen(OrderChoice::LeaderLast), Order::LeaderLast);
        }
    }

    #[test]
    fn auto_goes_by_the_partition_only_when_ordinal_0_leads() {
        let auto = |survey: &Survey| choose(OrderChoice::Auto, survey);
        assert_eq!(auto(&led_by(0)).0, Order::ReverseOrdinal);
        let (order, why) = auto(&led_by(2));
        assert_eq!(order, Order::LeaderLast);
        assert!(why.contains("ordinal 2 leads"), "{why}");
        let mut nobody = Example::three("2.6.2");
        nobody.claims(0, false);
        let (order, why) = auto(&survey(&nobody.snapshot));
        assert_eq!(order, Order::LeaderLast);
        assert!(why.contains("no leader"), "{why}");
    }

    #[test]
    fn auto_falls_back_to_the_partition_where_leader_last_cannot_write() {
        let refusals = [
            DryRun::Denied {
                policy: Some("lock".to_owned()),
                message: "the lock says no".to_owned(),
            },
            DryRun::Forbidden {
                message: "the lock says no".to_owned(),
            },
            DryRun::Untried {
                why: "the lock says no".to_owned(),
            },
        ];
        for refusal in refusals {
            for action in [hold(Hold::OnDelete), release(ReleaseBy::Eviction)] {
                let mut survey = led_by(2);
                survey.dry_runs = vec![
                    (Action::Complete, DryRun::Accepted),
                    (action.clone(), refusal.clone()),
                ];
                let (order, why) = choose(OrderChoice::Auto, &survey);
                assert_eq!(order, Order::ReverseOrdinal, "{action}");
                assert!(why.contains("the lock says no"), "{why}");
            }
            // What the other order would write does not matter to this one.
            let mut survey = led_by(2);
            survey.dry_runs = vec![
                (hold(Hold::Partition(3)), refusal.clone()),
                (release(ReleaseBy::Partition(2)), refusal),
                (hold(Hold::OnDelete), DryRun::Accepted),
            ];
            assert_eq!(choose(OrderChoice::Auto, &survey).0, Order::LeaderLast);
        }
    }

    #[test]
    fn leadership_moves_once_unless_it_has_to_be_brought_to_ordinal_0_first() {
        use Order::{LeaderLast, ReverseOrdinal};
        for (order, leader, replicas, moves) in [
            (LeaderLast, Some(0), 3, 1),
            (LeaderLast, Some(2), 3, 1),
            (LeaderLast, None, 2, 1),
            (ReverseOrdinal, Some(0), 3, 1),
            (ReverseOrdinal, Some(2), 3, 2),
            (ReverseOrdinal, None, 5, 2),
            (ReverseOrdinal, Some(0), 1, 0),
            (LeaderLast, None, 1, 0),
        ] {
            assert_eq!(
                expected_moves(order, leader, replicas),
                moves,
                "{order} {leader:?} {replicas}"
            );
        }
    }
}
