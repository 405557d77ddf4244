//! Whether the namespace's quotas have room for green's pods.
//!
//! What they forbid would keep a pod of green's from being made, with the reason on
//! its StatefulSet alone. Whether a node has room is the scheduler's to say: a green
//! that finds none is told as such and has cost nobody anything.

use crate::model::{
    finding::Finding,
    room::{Limit, Room},
};

use super::{Preflight, judge};

const ID: &str = "colours.room";

pub(super) fn check(preflight: &Preflight<'_>) -> Finding {
    judge(
        ID,
        "the quotas",
        &preflight.survey.room,
        |room| match room {
            None => Finding::skipped(ID, "no pods are to be made"),
            Some(room) => judged(room, preflight.run.target.replicas.into()),
        },
    )
}

fn judged(room: &Room, pods: i64) -> Finding {
    let mut short = Vec::new();
    let mut counts = false;
    for quota in &room.quotas {
        let limits = quota.limits.iter();
        for limit in limits.filter(|limit| is_short(room, limit, pods)) {
            short.push(format!(
                "quota {} has {} of {} {} in use, and {pods} more pods would not fit",
                quota.name, limit.used, limit.hard, limit.resource
            ));
            counts |= !quota.scoped;
        }
    }
    if short.is_empty() {
        return Finding::pass(
            ID,
            match room.quotas.len() {
                0 => "no quotas".to_owned(),
                _ => format!("the quotas leave room for {pods} more pods"),
            },
        );
    }
    let text = short.join("; ");
    if !counts {
        return Finding::warn(ID, format!("{text}, if it counts them"));
    }
    Finding::fail(ID, text).remedy("raise the quota for the time of the upgrade")
}

fn is_short(room: &Room, limit: &Limit, pods: i64) -> bool {
    let each = room.each.get(&limit.resource);
    each.is_some_and(|each| each.saturating_mul(pods) > limit.left)
}
