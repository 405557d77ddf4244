"""Owns group 2: baoctl killed at every kind of event of its own stream, then resumed."""

from functools import partial

from .base import Scenario, built, check, entry, resume, upgrade, watched
from .events import done, on, started

FROM, TO = "2.6.2", "2.7.2"

# In the order in which they come; each run is killed at the next one. A kill once the lease is
# held costs the next run its 15 s of watching it, so the pods go on alone meanwhile.
WITH_PARTITION = (
    on("preflightDone"), on("leaseAcquired"), started("takeLock"), done("begin"),
    started("declare"), done("publish"), started("hold"), done("setImage"),
    started("release"), on("podTerminating"), on("podDone"), on("podReplaced"), on("nodeCaughtUp"),
    done("stepDown"), on("podReady"), done("unhold"), started("complete"), done("relinquish"))
WITH_EVICTION = (
    on("planned"), on("runStarted"), done("takeLock"), started("begin"), on("operatorQuiet"),
    done("declare"), started("publish"), done("hold"), started("setImage"), on("waiting"),
    done("release"), on("podStarted"), started("stepDown"), on("leaderChanged"),
    on("pointOfNoReturn"), on("nodeUnsealed"), started("unhold"), done("complete"),
    started("relinquish"))


def killed(ctx, points, leader):
    """One upgrade that takes all the kills, and must end as an undisturbed one."""
    cluster, _ = built(ctx, FROM, TO, leader=leader)
    last_write = points[-1].label == done("relinquish").label
    with watched(ctx, cluster, TO, held=last_write) as beside:
        runs, died_at = [], []
        for point in points:
            run = _begin(ctx, cluster, runs, kill_at=point)
            runs.append(run)
            died_at.append(run.killed().label)
            ctx.say(f"  killed at {died_at[-1]}")
        last = resume(ctx).finish()
        runs.append(last)
    if last_write:
        check(not last.saw(on("runStarted")), "there was something left to do")
    moves = beside.leaders["leader_moves"]
    check(moves == 1, f"{moves} leader moves")
    return entry(FROM, TO, runs, beside, leader_ordinal=leader, killed_at=died_at)


def _begin(ctx, cluster, runs, **how):
    """`resume` where there is something to resume, else the same upgrade again."""
    annotations = cluster.resource()["metadata"].get("annotations", {})
    if "baoctl.openbao.org/run" in annotations:
        return resume(ctx, **how)
    check(not any(done("begin")(event) for run in runs for event in run.events), "the run record was lost")
    return upgrade(ctx, TO, **how)


SCENARIOS = [
    Scenario("killed-partition", 2, f"SIGKILL at {len(WITH_PARTITION)} points of a run by partition",
             partial(killed, points=WITH_PARTITION, leader=0)),
    Scenario("killed-eviction", 2, f"SIGKILL at {len(WITH_EVICTION)} points of a run by eviction",
             partial(killed, points=WITH_EVICTION, leader=1))]
