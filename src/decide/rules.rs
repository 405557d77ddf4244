//! The numbers of the rules, each with its reason.

use std::time::Duration;

/// How long a leader must have led before anything that moves leadership or
/// takes a pod. A node that stepped down stays out of the contest for 10 s and
/// does not exit on SIGTERM before they are over, and a transfer that picks it
/// meanwhile costs up to 10 s without a leader (`contracts/openbao-live.md` 0.2,
/// 0.3: exit after 10.0 s, gap 9.98 s). Two seconds of margin.
pub const LEADER_SETTLES: Duration = Duration::from_secs(12);

/// Distance between the two readings at which a node must be caught up: one
/// interval of autopilot's own state (`contracts/openbao-api.md` 11), during
/// which a leader under load commits more than one append.
pub const READING_INTERVAL: Duration = Duration::from_secs(2);

/// How long resource and StatefulSet hold still after the operator said that it
/// is paused, and before the resource is completed: longer than a pass that was
/// under way then. Its answer to a status write comes within about 0.1 s
/// (`contracts/operator-live.md` 9).
pub const STILL_ACKNOWLEDGED: Duration = Duration::from_secs(1);

/// The same when it said nothing, because it is away or stuck: twice its
/// shortest requeue (5 s, `contracts/operator.md` 2.1), so one pass length has
/// gone by without a trace.
pub const STILL_UNACKNOWLEDGED: Duration = Duration::from_secs(10);

/// Attempts to bring leadership to ordinal 0 by stepping down. It cannot be
/// steered: six in a row swapped the same two nodes
/// (`contracts/operator-live.md` 6.1).
pub const TRIES_TO_LEAD_FIRST: usize = 4;

/// How often a run evicts pods of one name: once for the upgrade, and once more
/// for a pod that broke or was lost meanwhile. A third time would be a loop.
pub const REPLACEMENTS_OF_ONE_POD: usize = 2;

/// Attempts to step the last old leader down when it is elected again.
pub const TRIES_TO_STEP_DOWN: usize = 3;

/// Distance between two attempts at the same step-down (invariant L4).
pub const BETWEEN_STEP_DOWNS: Duration = Duration::from_secs(15);

/// A refused eviction whose precondition failed has used the budget up for up
/// to two minutes (`contracts/real-stack.md` 3).
pub const AFTER_CONFLICTING_EVICTION: Duration = Duration::from_secs(120);

/// Pause after any other refused eviction: the budget's controller needs 1-2 s.
pub const AFTER_REFUSED_EVICTION: Duration = Duration::from_secs(2);

/// When a step-down that was accepted and has not happened is no longer normal:
/// the slowest of 20 measured ones took 0.75 s (`contracts/openbao-live.md` 4).
pub const STEP_DOWN_IS_SLOW: Duration = Duration::from_secs(5);

/// When a node that accepted a step-down and still answers that it leads has
/// forgotten it: a node that is stepping down does not answer `sys/leader`.
pub const STEP_DOWN_FORGOTTEN: Duration = Duration::from_secs(15);

/// How long a pod may take to start, unless more was asked for: moving a volume
/// between nodes takes 6-10 min (kubernetes#53059).
pub const START_TIMEOUT: Duration = Duration::from_secs(12 * 60);

/// How soon to look again while leadership moves.
pub const RECHECK_LEADER: Duration = Duration::from_millis(50);

/// The same while clients wait to be sent to the colour of whoever leads next:
/// this much of their pause is ours. On real servers writes stopped for 676 ms
/// at 50 ms, with 606 ms at a bare step-down.
pub const RECHECK_CUTOVER: Duration = Duration::from_millis(15);

/// How soon to look again at what only the nodes know.
pub const RECHECK_NODE: Duration = Duration::from_millis(250);

/// How soon to look again at what Kubernetes tells of by itself, should its
/// word get lost.
pub const RECHECK: Duration = Duration::from_secs(1);
