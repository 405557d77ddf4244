"""Owns the ways back to the version a run came from: before the one-way door, and behind it."""

from fixture.waiting import until

from .base import Scenario, built, check, entry, resume, upgrade, watched
from .events import on, started

FROM, TO = "2.6.2", "2.7.2"


def cut_off(ctx):
    """A run to the new version that was killed once its first pod was done; returns (run, pod)."""
    run = upgrade(ctx, TO, kill_at=on("podDone"))
    return run, run.killed().pod


def before_the_door(ctx):
    """Killed with one new pod, the old leader leading: back, to rest on the old version."""
    cluster, _ = built(ctx, FROM, TO, leader=1)
    with watched(ctx, cluster, FROM) as beside:
        run, new = cut_off(ctx)
        back = upgrade(ctx, FROM).finish()
    check(back.result["resumed"], "the way back does not say that it resumed")
    check(not back.saw(started("stepDown")), "leadership was moved on the way back")
    taken = [event.pod for event in back.events if started("release")(event)]
    check(taken == [new], f"released were {taken}, and {new} alone was new")
    check(beside.leaders["leader_moves"] == 0, f"{beside.leaders['leader_moves']} leader moves")
    return entry(FROM, FROM, [run, back], beside)


def behind_the_door(ctx):
    """Killed with one new pod, which then leads: the way back is refused, the way forward open."""
    cluster, _ = built(ctx, FROM, TO)
    with watched(ctx, cluster, TO) as beside:
        beside.led_early = True
        run, new = cut_off(ctx)
        lead(cluster, new)
        ctx.say(f"  {new} leads, of {TO}")
        pods = {node.name: node.uid for node in cluster.nodes()}
        for flags in ((), ("--ignore-check", "version.no-downgrade")):
            refused = upgrade(ctx, FROM, *flags).finish(expect=3)
            error = refused.result["error"]
            for word in ("version.no-downgrade", TO):
                check(word in error["message"], f"{word!r} is not in {error}")
        check({node.name: node.uid for node in cluster.nodes()} == pods, "a pod was replaced")
        check(cluster.leader() == new, f"{cluster.leader()} leads")
        last = resume(ctx).finish()
    check(not last.saw(started("stepDown")), "a leader of the new version was stepped down")
    check(beside.leaders["leader_moves"] == 1, f"{beside.leaders['leader_moves']} leader moves")
    return entry(FROM, TO, [run, refused, last], beside)


def lead(cluster, pod):
    """Make this pod lead, although a step-down cannot be aimed: its rival has no vote meanwhile."""
    old = cluster.leader()
    rivals = [other for other in cluster.shape.pods() if other not in (pod, old)]
    cluster.let_vote(rivals, False)
    until(cluster.caught_up, 15, f"{pod} is caught up", every=0.1)
    arrived = cluster.step_down()
    cluster.let_vote(rivals, True)
    check(arrived == pod, f"{arrived} leads instead of {pod}")


SCENARIOS = [
    Scenario("going-back", 4, "killed with one new pod, and back to the old version", before_the_door),
    Scenario("going-back-too-late", 4, "killed, the new version leads: the way back is refused", behind_the_door)]
