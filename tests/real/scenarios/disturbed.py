"""Owns the disturbances of group 5 that are none of OpenBao's: the way there, a pod, the resource."""

import dataclasses
import time

from fixture import names, waiting
from fixture.workload import stateful_set

from . import allowed
from .base import Scenario, built, check, entry, resume, upgrade, watched
from .events import done, on, started
from .typed import type_in

FROM, TO = "2.6.2", "2.7.2"
SOMEBODY = "somebody"
# Of an undisturbed run with as much again for the disturbances.
_REQUESTS = 400


def rough(ctx):
    """One run through: API server restarted, streams cut, status rewritten, a standby deleted."""
    cluster, _ = built(ctx, FROM, TO)
    with watched(ctx, cluster, TO) as beside:
        run = upgrade(ctx, TO)
        first = run.until(on("podTerminating")).pod
        away = ctx.stack.restart_apiserver(seconds_down=2)
        ctx.say(f"  the API server was away for {away:.1f} s while {first} was")
        run.until(on("podDone", pod=first))
        lie(cluster)
        second = run.until(on("podStarted")).pod
        cuts = ctx.stack.cut_port_forwards()
        ctx.say(f"  {cuts} streams were cut while {second} came up")
        run.until(on("podDone", pod=second))
        leader = run.until(on("leaderChanged")).body["to"]
        standby = next(pod for pod in (first, second) if pod != leader)
        cluster.delete_pod(int(standby.rsplit("-", 1)[1]))
        run.finish()
        # What somebody owns is refused to the operator until baoctl's next write takes it
        # over; that it did is seen when the operator's applies are replayed at the end.
        conflicts = beside.operator.conflicts
        conflicts[:] = [text for text in conflicts if f'"{SOMEBODY}"' not in text]
    taken = run.saw(lambda event: on("podTerminating", pod=standby)(event) and not event.body["ours"])
    check(taken, f"nobody told that {standby} was deleted")
    back = run.saw(lambda event: event.seq > taken.seq and on("podReady", pod=standby)(event))
    last = [event for event in run.events if started("release")(event)][-1]
    check(len([event for event in run.events if started("release")(event)]) == 3, "not three pods were released")
    check(back and back.seq < last.seq, f"{last.pod} was released while {standby} was away")
    check(len([event for event in run.events if done("stepDown")(event)]) == 1, "not one step-down")
    # A run that lost its watches for good asks instead, again and again.
    total = sum(run.result["requests"]["api"].values())
    check(total <= _REQUESTS, f"{total} API requests: {run.result['requests']['api']}")
    return entry(FROM, TO, [run], beside, apiserver_away_s=round(away, 1), streams_cut=cuts)


def lie(cluster):
    """Somebody else writes into the status that all is done already, and worse."""
    cluster.patch("openbaoclusters", cluster.name, {"status": {
        "phase": "Failed", "currentVersion": "0.0.1",
        "upgrade": {"currentPartition": 0, "completedPods": [0, 1, 2]}}}, SOMEBODY, "status")


def foreign_changes(ctx):
    """Somebody un-pauses the operator, somebody asks for another version: a halt each, then on."""
    cluster, _ = built(ctx, FROM, TO)
    with watched(ctx, cluster, TO) as beside:
        first = upgrade(ctx, TO)
        first.until(on("podTerminating"))
        meddle(cluster, {"paused": False})
        stopped(cluster, first, "Unpaused", "un-paused")
        second = type_in(ctx, first, "to go on once that is mended")
        second.until(on("podTerminating"))
        # What an operator let loose would have done is somebody else's doing.
        beside.operator.hazards.clear()
        meddle(cluster, {"version": "2.7.1"})
        stopped(cluster, second, "TargetChanged", "2.7.1")
        allowed.owner(beside.before, "kubectl-patch")
        last = type_in(ctx, second, "to go on", TO)
        last.finish()
    return entry(FROM, TO, [first, second, last], beside)


def unpaused(ctx):
    """Somebody un-pauses the operator, whose workload controller applies its rendering at once.

    Once while a pod that was passed over is away, beside a baoctl that sees it; once when nobody
    drives, behind the hold that the halt has left. No pod may go that baoctl did not let go.
    """
    cluster, _ = built(ctx, FROM, TO, leader=2)
    with watched(ctx, cluster, TO) as beside:
        first = upgrade(ctx, TO)
        first.until(on("podTerminating"))
        meddle(cluster, {"paused": False})
        first.until(done("hold"))
        render(cluster, TO)
        stopped(cluster, first, "Unpaused", "un-paused")
        before = incarnations(cluster)
        meddle(cluster, {"paused": False})
        render(cluster, TO)
        # Longer than Kubernetes takes to delete a pod that nothing holds.
        quiet = time.monotonic() + 8
        waiting.until(lambda: time.monotonic() > quiet or incarnations(cluster) != before, 20, "")
        check(incarnations(cluster) == before, f"pods were replaced: {before} {incarnations(cluster)}")
        meddle(cluster, {"paused": True})
        last = type_in(ctx, first, "to go on once that is mended")
        last.until(on("operatorQuiet"))
        # What an operator let loose would have done is somebody else's doing.
        beside.operator.hazards.clear()
        last.finish()
    return entry(FROM, TO, [first, last], beside)


def render(cluster, version):
    """What the operator's workload controller applies in each pass: a type, and no partition."""
    shape = dataclasses.replace(cluster.shape, version=version, image="")
    rendered = stateful_set(shape)
    cluster.api.apply(names.path("statefulsets", cluster.namespace, cluster.name), rendered, names.OBJECTS)


def incarnations(cluster):
    """The UIDs of the pods, by name."""
    pods = cluster.api.get(names.path("pods", cluster.namespace),
                           labelSelector=f"openbao.org/cluster={cluster.name}")["items"]
    return {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in pods}


def meddle(cluster, spec):
    """Somebody else changes the spec."""
    cluster.patch("openbaoclusters", cluster.name, {"spec": spec}, SOMEBODY)


def stopped(cluster, run, reason, word):
    """The run halts for this, with the code of a cluster that serves, and takes no further pod."""
    run.finish(expect=5, seconds=60)
    halt, standing = run.result["halt"], run.result["standing"]
    check(halt["reason"] == reason and word in halt["message"], f"it stopped for {halt}")
    check(standing["leader"] and standing["serving"] >= standing["quorum"], f"standing {standing}")
    released = [event for event in run.events if started("release")(event)]
    check(len(released) == 1, f"released were {released}")
    degraded = next(one for one in cluster.resource()["status"]["conditions"] if one["type"] == "Degraded")
    check((degraded["status"], degraded["reason"]) == ("True", reason), f"Degraded is {degraded}")
    # The pod that was let go comes back by itself.
    cluster.wait()


SCENARIOS = [
    Scenario("rough-ride", 5, "API server restarted, streams cut, status rewritten, a standby deleted", rough),
    Scenario("unpaused", 5, "the operator un-paused, and its workload controller's apply replayed", unpaused),
    Scenario("foreign-changes", 5, "spec.paused and spec.version changed by somebody else", foreign_changes,
             ci=True)]
