//! The snapshot that is demanded comes before anything is disturbed (S14).

use crate::sim::{
    moment::Moment,
    oracle::{Deed, Oracle, SnapshotSeen, View},
};

fn wrong(snapshot: SnapshotSeen) -> Vec<&'static str> {
    let view = View {
        committed: 100,
        snapshot,
        ..View::default()
    };
    let mut oracle = Oracle::default();
    let step_down = Deed::StepDown {
        pod: "prod-0".to_owned(),
    };
    oracle.safeguarded(&step_down, &view, Moment::START);
    let broken = oracle.verdict.violations.iter();
    broken.map(|violation| violation.invariant).collect()
}

#[test]
fn it_is_recorded_or_waived_where_it_is_demanded() {
    let seen = |demanded, waived, index| SnapshotSeen {
        demanded,
        waived,
        index,
    };
    assert!(wrong(seen(false, false, None)).is_empty());
    assert!(wrong(seen(true, true, None)).is_empty());
    assert!(wrong(seen(true, false, Some(90))).is_empty());
    assert_eq!(wrong(seen(true, false, None)), ["S14"]);
    // One that is empty, and one of a time to come.
    assert_eq!(wrong(seen(true, false, Some(0))), ["S14"]);
    assert_eq!(wrong(seen(false, false, Some(101))), ["S14"]);
}
