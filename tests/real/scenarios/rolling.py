"""Owns the measured rolling upgrades of group 1: both pairs, the leader at each ordinal."""

from functools import partial

from . import own_time
from .base import Scenario, built, check, entry, keep, upgrade, watched
from .events import on, started

PAIRS = (("2.6.1", "2.6.2"), ("2.6.2", "2.7.2"))


def name_of(frm, to, leader):
    """The name of a measured scenario."""
    return f"rolling-{frm}-{to}-leader-{leader}"


def measured(ctx, frm, to, leader):
    """One upgrade in order auto: one leader move, wherever the leader is."""
    cluster, bare = built(ctx, frm, to, bare=True, leader=leader)

    def judge(run, beside):
        seen, said = beside.leaders["leader_moves"], run.result["leaderMoves"]
        check(seen == said == 1, f"{seen} leader moves seen, {said} told, not 1")
        check(not (wrong := own_time.unbalanced(run)), f"accounts that do not add up: {wrong}")

    told = rolled(ctx, cluster, frm, to, leader=leader, bare=bare, judge=judge, measured=True)
    # The second pair begins where the first one ends.
    keep(ctx, cluster, name_of(*PAIRS[1], leader))
    return told


def rolled(ctx, cluster, frm, to, *flags, leader=None, bare=None, operator=True, image=None,
           judge=None, **more):
    """One undisturbed upgrade, judged; returns its entry.

    `judge(run, beside)` adds what is particular; its dict goes into the entry.
    """
    shape = cluster.shape
    begins = cluster.leader()
    with watched(ctx, cluster, to, operator, image) as beside:
        run = upgrade(ctx, to, *flags).finish()
    in_order(run, cluster)
    own = run.result["requests"]["api"]
    counted = beside.audit.by_verb()
    if counted is not None and counted != own:
        raise AssertionError(f"requests: baoctl says {own}, the API server {counted}")
    particular = judge(run, beside) if judge else None
    return entry(
        frm, to, [run], beside, replicas=shape.replicas, bare=bare,
        leader_ordinal=leader if leader is not None else int(begins.rsplit("-", 1)[1]),
        order_reason=reason(run),
        **more, **(particular or {}))


def reason(run):
    """Why the plan has its order."""
    planned = run.saw(on("planned"))
    return planned and planned.body["plan"].get("orderReason")


def in_order(run, cluster):
    """The pods one at a time, read replicas first, each told done once, the old leader last."""
    shape = cluster.shape
    done = [event.pod for event in run.events if event.type == "podDone"]
    readers = [f"{shape.name}-read-{n}" for n in reversed(range(shape.read_replicas))]
    check(done[:len(readers)] == readers and sorted(done[len(readers):]) == shape.pods(),
          f"pods were done in the order {done}")
    open_pod = None
    for event in run.events:
        if event.type == "actionStarted" and event.action == "release":
            check(open_pod is None, f"{event.pod} released while {open_pod} was not done")
            open_pod = event.pod
        elif event.type == "podDone":
            check(event.pod == open_pod, f"{event.pod} done while {open_pod} was released")
            open_pod = None
    if shape.replicas > 1 and (last := run.saw(started("stepDown", None))):
        released = [event.pod for event in run.events if event.type == "actionStarted"
                    and event.action == "release" and event.seq > last.seq]
        moved = [event for event in run.events if event.type == "leaderChanged"
                 and event.body.get("from") is not None]
        if len(moved) == 1:
            check(released == [moved[0].body["from"]], f"after the step-down went {released}")


SCENARIOS = [
    Scenario(name_of(frm, to, leader), 1, f"{frm} to {to}, ordinal {leader} leads, order auto",
             partial(measured, frm=frm, to=to, leader=leader), ci=leader == 1, alone=True)
    for leader in (1, 0, 2) for frm, to in PAIRS]
