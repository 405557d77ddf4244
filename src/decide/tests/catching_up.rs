//! A node that is far behind.

use std::time::Duration;

use crate::decide::{Decision, example::Example};
use crate::model::{
    blocker::Blocker, fact::Fact, halt::HaltReason, intent::Order, node::LeaderAnswer,
};

/// A node with a database to receive comes closer for longer than any patience
/// (vault#11983); once it comes no closer, its patience runs.
#[test]
fn a_node_that_comes_closer_is_waited_for_however_long_it_takes() {
    let mut world = Example::under_way("2.6.2", Order::LeaderLast);
    world.replace(2);
    let mut applied = 1000;
    let behind = |world: &mut Example, applied: u64| {
        world.node(2).leader = Fact::Known(LeaderAnswer {
            is_self: false,
            leader_address: None,
            active_time: None,
            committed_index: Some(applied),
            applied_index: Some(applied),
        });
    };
    for ordinal in [0, 1] {
        if let Fact::Known(answer) = &mut world.node(ordinal).leader {
            answer.committed_index = Some(100_000);
            answer.applied_index = Some(100_000);
        }
    }
    for _ in 0..40 {
        applied += 2000;
        behind(&mut world, applied);
        world.pass(Duration::from_secs(60));
        let Decision::Wait { blockers } = world.decide() else {
            panic!("a wait at {applied}: {:?}", world.decide());
        };
        assert!(
            matches!(&blockers[..], [Blocker::NotCaughtUp { .. }]),
            "{blockers:?}"
        );
    }
    let Decision::Wait { blockers } = world.decide() else {
        panic!("a wait");
    };
    assert!(
        blockers[0].to_string().contains("s more at this rate"),
        "{}",
        blockers[0]
    );
    for _ in 0..9 {
        behind(&mut world, applied);
        world.pass(Duration::from_secs(60));
        assert!(matches!(world.decide(), Decision::Wait { .. }));
    }
    for _ in 0..4 {
        world.pass(Duration::from_secs(60));
    }
    assert!(
        matches!(world.decide(), Decision::Halt(halt) if halt.reason == HaltReason::NotCaughtUp)
    );
}
