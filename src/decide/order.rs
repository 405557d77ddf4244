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
