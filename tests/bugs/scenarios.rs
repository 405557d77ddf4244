/// A scenario in the file's own words.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

macro_rules! scenarios {
    ($($id:ident: $text:literal)*) => {
        $(pub(crate) const $id: Scenario = Scenario { name: stringify!($id), text: $text };)*
    };
}

scenarios! {
    PLAIN: "
name: nothing goes wrong, and the partition holds
cluster: { leader: 0 }
to: 2.7.2
expect: { exit: 0 }
"
    TWO_COLOURS: "
name: nothing goes wrong between two colours
cluster: { strategy: blueGreen, version: 2.6.1 }
to: 2.6.2
expect: { exit: 0, leaderMoves: 1 }
"
    HOOK: "
name: a hook is to succeed before green votes
cluster: { strategy: blueGreen, version: 2.6.1, prePromotionHook: true }
to: 2.6.2
expect: { exit: 0, leaderMoves: 1 }
"
    GREEN_GIVEN_UP: "
name: the second pod of green crashes, and green is given up
cluster: { strategy: blueGreen, version: 2.6.1 }
to: 2.6.2
back: true
faults:
  - when: { event: podReady }
    what: { crashLoop: {} }
expect: { exit: 0 }
"
    GREEN_CRASHES: "
name: a pod of green that votes is deleted, and its server exits at once
cluster: { strategy: blueGreen, version: 2.6.1 }
to: 2.6.2
faults:
  - when: { event: leaderChanged }
    what: { crashLoop: {} }
  - when: { event: leaderChanged, after: 100ms }
    what: { deletePod: { on: prod-bfbe65e4bec01d40-2 } }
expect: { exit: 5 }
"
    GREEN_FOUNDS: "
name: an operator that was un-paused lets green found a cluster of its own
cluster: { strategy: blueGreen, version: 2.6.1 }
to: 2.6.2
faults:
  - when: { write: 9 }
    what: { controllerStalled: { for: 10s } }
  - when: { write: 9 }
    what: { crash: { side: noReply, away: 60s } }
  - when: { write: 9, after: 1s }
    what: { unpause: {} }
expect: { exit: 5 }
"
    LEADER_LAST: "
name: nothing goes wrong, and a pod is passed over the leader
cluster: { leader: 1 }
to: 2.7.2
expect: { exit: 0 }
"
    UNPAUSED: "
name: somebody un-pauses the operator while a pod that was passed over is away
cluster: { leader: 2 }
to: 2.7.2
faults:
  - when: { event: podTerminating, pod: prod-1, after: 100ms }
    what: { unpause: {} }
expect: { exit: 5 }
"
    UNATTENDED: "
name: no operator puts right what is left wrong
cluster: { leader: 1, operator: absent }
to: 2.7.2
expect: { exit: 0 }
"
    ONE: "
name: a cluster of one node
cluster: { replicas: 1, leader: 0 }
waivers: [allowDowntime]
to: 2.7.2
expect: { exit: 0 }
"
    STALLED: "
name: the StatefulSet controller does nothing for a while
cluster: { leader: 0 }
to: 2.7.2
faults:
  - when: { event: leaseAcquired }
    what: { controllerStalled: { for: 40s } }
expect: { exit: 0 }
"
    STALLED_AT_RELEASE: "
name: the StatefulSet controller does nothing after the first release
cluster: { leader: 0 }
to: 2.7.2
faults:
  - when: { write: 10 }
    what: { controllerStalled: { for: 20s } }
expect: { exit: 0 }
"
    CUT_OFF: "
name: a standby is cut off while the first pod is replaced
cluster: { leader: 0 }
to: 2.7.2
faults:
  - when: { event: podReplaced, pod: prod-2 }
    what: { cutNode: { on: prod-1, for: 60s } }
expect: { exit: 0 }
"
    FROZEN: "
name: a standby hangs while the first pod is replaced
cluster: { leader: 0, replicas: 5 }
to: 2.7.2
faults:
  - when: { event: podReplaced, pod: prod-4 }
    what: { freezeNode: { on: prod-1, for: 40s } }
expect: { exit: 0 }
"
    HANGS: "
name: a standby hangs and is still called Ready when the first new pod is
cluster: { leader: 0, replicas: 5 }
to: 2.7.2
faults:
  - when: { event: nodeUnsealed, pod: prod-4 }
    what: { freezeNode: { on: prod-1, for: 15s } }
expect: { exit: 0 }
"
    KILLED_HALF_WAY: "
name: baoctl is killed when the first pod is done
cluster: { leader: 1 }
order: leader-last
to: 2.7.2
faults:
  - when: { event: nodeCaughtUp, pod: prod-2, after: 100ms }
    what: { crash: {} }
expect: { exit: 0 }
"
    KILLED_AFTER_FAILOVER: "
name: baoctl is killed when a new node leads that nobody asked to
cluster: { leader: 1 }
order: leader-last
to: 2.7.2
faults:
  - when: { event: nodeUnsealed, pod: prod-2 }
    what: { slowReplication: { on: prod-0, for: 30s } }
  - when: { event: nodeUnsealed, pod: prod-2 }
    what: { slowReplication: { on: prod-1, for: 30s } }
  - when: { event: podReady, pod: prod-2, after: 200ms }
    what: { freezeNode: { on: leader, for: 20s } }
  - when: { event: podReady, pod: prod-2, after: 10s }
    what: { crash: {} }
expect: { exit: 0 }
"
    LEADER_MOVES: "
name: leadership moves by itself in the middle
cluster: { leader: 1 }
order: leader-last
to: 2.6.3
faults:
  - when: { event: podReady, pod: prod-2, after: 1s }
    what: { stepDown: {} }
expect: { exit: 0 }
"
    SLOW: "
name: each new pod starts slowly
cluster: { leader: 1 }
to: 2.7.2
faults:
  - when: { event: leaseAcquired }
    what: { slowStart: { by: 100s } }
expect: { exit: 0 }
"
    VERY_SLOW: "
name: starting takes most of the five minutes that a server may be silent
cluster: { leader: 1, replicas: 5 }
to: 2.7.2
faults:
  - when: { event: leaseAcquired }
    what: { slowStart: { by: 4m } }
expect: { exit: 0 }
"
    NO_ROOM: "
name: no node has room for ten minutes
cluster: { leader: 1 }
to: 2.7.2
faults:
  - when: { event: leaseAcquired }
    what: { unschedulable: { for: 10m } }
expect: { exit: 5 }
"
    NOT_MOVED: "
name: the first step-down is accepted and forgotten
cluster: { leader: 1 }
to: 2.7.2
faults:
  - when: { event: leaseAcquired }
    what: { refuseTransfer: { times: 1 } }
expect: { exit: 0 }
"
    OTHER_TARGET: "
name: somebody changes spec.version
cluster: { leader: 1 }
to: 2.7.2
faults:
  - when: { event: podReplaced, pod: prod-2 }
    what: { setVersion: { to: 2.7.1 } }
expect: { exit: 5 }
"
    TARGET_PUT_BACK: "
name: somebody puts spec.version back
cluster: { leader: 1 }
to: 2.7.2
faults:
  - when: { event: podReplaced, pod: prod-2 }
    what: { setVersion: { to: 2.6.2 } }
expect: { exit: 5 }
"
    ROBBED: "
name: baoctl stands still and another one takes the lease
cluster: { leader: 1 }
to: 2.7.2
faults:
  - when: { event: podReady, pod: prod-2 }
    what: { suspend: { for: 30s } }
  - when: { event: podReady, pod: prod-2, after: 20s }
    what: { secondDriver: {} }
"
    NOBODY: "
name: after the step-down nobody can be elected for a while
cluster: { leader: 1 }
order: leader-last
to: 2.7.2
faults:
  - when: { event: leaderLost }
    what: { cutNode: { on: prod-0, for: 4s } }
"
    OLDER: "
name: an older version
cluster: { leader: 1, version: 2.6.10 }
to: 2.6.9
expect: { exit: 3 }
"
    BAD_PAIR: "
name: a pair that is known to fail
cluster: { leader: 1, version: 2.5.4 }
to: 2.6.2
expect: { exit: 3 }
"
    REFUSED_ONCE: "
name: a write is refused for a moment
cluster: { leader: 1 }
order: leader-last
to: 2.7.2
faults:
  - when: { write: 9 }
    what: { answer: { status: 429, times: 1 } }
expect: { exit: 0 }
"
    MISSING_AT_THE_END: "
name: the image disappears when a new node leads
cluster: { leader: 1 }
to: 2.7.2
faults:
  - when: { event: leaderChanged }
    what: { imageMissing: {} }
"
    NAMED_ALIKE: "
name: the namespace has the name of a pod
cluster: { leader: 1, namespace: prod-0 }
to: 2.7.2
expect: { exit: 0 }
"
    STUCK: "
name: a pod takes its time to go
cluster: { leader: 1 }
order: leader-last
to: 2.7.2
faults:
  - when: { event: leaseAcquired }
    what: { stuckTerminating: { on: prod-2, for: 40s } }
expect: { exit: 0 }
"
    CANNOT_LEAD: "
name: the new nodes are Ready and could not lead
to: 2.7.2
faults:
  - when: { after: 0s }
    what: { cannotLead: {} }
expect: { exit: 5 }
"
    NO_LEADER: "
name: no majority for fifteen minutes
cluster: { leader: 1 }
to: 2.7.2
faults:
  - when: { event: podReady, pod: prod-2 }
    what: { freezeNode: { on: prod-1, for: 900s } }
  - when: { event: podReady, pod: prod-2 }
    what: { freezeNode: { on: prod-0, for: 900s } }
expect: { exit: 6 }
"
}
