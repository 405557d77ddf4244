"""Owns group 2: baoctl killed at every kind of event of its own stream, then resumed."""

import itertools
from functools import partial
from pathlib import Path

from .base import Scenario, built, check, entry, resume, upgrade, watched
from .events import done, first_of, on, started
from .snapshots import filled, whole

FROM, TO = "2.6.2", "2.7.2"

# In the order in which they come; each run is killed at the next one. A kill once the lease is
# held costs the next run its 15 s of watching it, and whatever was under way goes on meanwhile:
# a pod replaced, a leader moved. A kill at `started` comes before the write or after it.
WITH_PARTITION = (
    on("preflightDone"), on("leaseAcquired"), started("takeLock"), done("begin"),
    started("declare"), done("publish"), started("hold"), done("setImage"),
    started("release", "prod-2"), on("podTerminating", pod="prod-1"), on("podDone", pod="prod-1"),
    on("nodeCaughtUp"), done("stepDown"), on("podReplaced", pod="prod-0"), done("complete"),
    started("relinquish"))
WITH_EVICTION = (
    on("planned"), on("runStarted"), done("takeLock"), started("begin"), on("operatorQuiet"),
    done("declare"), started("publish"), done("hold"), started("setImage"), on("waiting"),
    done("release", "prod-2"), on("podStarted", pod="prod-0"), on("leaderChanged"),
    on("pointOfNoReturn"), on("nodeUnsealed", pod="prod-1"), done("unhold"), started("complete"),
    done("relinquish"))
WITH_SNAPSHOT = (
    started("takeSnapshot"), on("snapshotProgress"), on("warning"), on("snapshotVerified"),
    done("takeSnapshot"), on("podUnready", pod="prod-1"), on("podReady", pod="prod-0"),
    started("stepDown"), started("unhold"))


# Most points of a scenario that may be passed over (see _next).
_MISSED = 2


def killed(ctx, points, leader, snapshot=False):
    """One upgrade that takes all the kills, and must end as an undisturbed one."""
    cluster, _ = built(ctx, FROM, TO, leader=leader)
    flags = ()
    if snapshot:
        filled(cluster)
        flags = ("--snapshot", ctx.workdir / "killed.snap")
    last_write = points[-1].label == done("relinquish").label
    with watched(ctx, cluster, TO, held=last_write) as beside:
        runs, died_at, missed = deaths(ctx, points, lambda runs, point: again(
            ctx, cluster, runs, partial(upgrade, ctx, TO), *flags, kill_at=point))
        last = resume(ctx).finish()
        runs.append(last)
    if last_write:
        check(not last.saw(on("runStarted")), "there was something left to do")
    moves = beside.leaders["leader_moves"]
    check(moves == 1, f"{moves} leader moves")
    if snapshot:
        record = _recorded(runs)
        # A file that a killed run finished and did not record stays; the next has another name.
        check(Path(record["file"]).name.startswith("killed.snap"), f"the snapshot went to {record['file']}")
        found = whole(Path(record["file"]), record)
        check(not found, f"the snapshot: {found}")
        left = [path.name for path in ctx.workdir.iterdir() if path.suffix == ".partial"]
        check(not left, f"left behind: {left}")
    return entry(FROM, TO, runs, beside, leader_ordinal=leader, killed_at=died_at, missed=missed)


def deaths(ctx, points, begin):
    """Runs, each killed at the next of these points; `begin(runs so far, point)` starts one.

    Returns (runs, where they died, points that were passed over).
    """
    runs, died_at, missed, left = [], [], [], list(points)
    while left:
        next_ones = _next(left)
        runs.append(begin(runs, first_of(next_ones)))
        event = runs[-1].killed()
        place = next(place for place, point in enumerate(next_ones) if point(event))
        missed += [point.label for point in next_ones[:place]]
        died_at.append(next_ones[place].label)
        left = left[place + 1:]
        ctx.say(f"  killed at {event.label}")
    check(len(missed) <= _MISSED, f"these acts were done before the signal came: {missed}")
    return runs, died_at, missed


def _next(points):
    """The point to be killed at, and the acts right after it.

    A signal takes effect a little later than it is sent, on a loaded machine so much later that
    the act of the next point is done as well: nobody does it again, so its event never comes.
    """
    acts = list(itertools.takewhile(lambda point: point.label.startswith("action"), points))
    return acts[:1 + _MISSED] or points[:1]


def again(ctx, cluster, runs, anew, *flags, **how):
    """`resume` where there is something to resume, else `anew`: the same upgrade again."""
    annotations = cluster.resource()["metadata"].get("annotations", {})
    if "baoctl.openbao.org/run" in annotations:
        return resume(ctx, *flags, **how)
    check(not any(done("begin")(event) for run in runs for event in run.events), "the run record was lost")
    return anew(*flags, **how)


def _recorded(runs):
    """The snapshot that the runs went on with: the last one that was verified."""
    return [event.body["snapshot"] for run in runs for event in run.events
            if event.type == "snapshotVerified"][-1]


SCENARIOS = [
    Scenario("killed-partition", 2, f"SIGKILL at {len(WITH_PARTITION)} points of a run by partition",
             partial(killed, points=WITH_PARTITION, leader=0)),
    Scenario("killed-eviction", 2, f"SIGKILL at {len(WITH_EVICTION)} points of a run by eviction",
             partial(killed, points=WITH_EVICTION, leader=1), ci=True),
    Scenario("killed-snapshot", 2, f"SIGKILL at {len(WITH_SNAPSHOT)} points, during the snapshot above all",
             partial(killed, points=WITH_SNAPSHOT, leader=2, snapshot=True))]
