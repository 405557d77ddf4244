"""Owns group 8: the operator's own upgrade, stuck at its last pod, finished by baoctl."""

from fixture import stuck
from fixture.waiting import until

from . import allowed
from .base import Before, Scenario, at_rest, built, check, consent, entry, resume, watched
from .events import on, started
from .locked import locked, marks

FROM, TO = "2.6.2", "2.7.2"


def stuck_cluster(ctx):
    """A cluster whose operator could not finish, and how it was before that began."""
    cluster, _ = built(ctx, FROM, TO)
    before = Before(cluster)
    ctx.say("  making the operator's upgrade stick")
    stuck.make(cluster, TO)
    return cluster, before


def take_over(ctx):
    """Refused without --take-over; with it finished in one command, and nothing is left behind."""
    cluster, before = stuck_cluster(ctx)
    stood = Before(cluster)
    refused = resume(ctx).finish(expect=3)
    check("--take-over" in refused.result["error"]["hint"], refused.result["error"])
    now = Before(cluster)
    check((now.resting, now.uids) == (stood.resting, stood.uids), "something was changed")
    return _finished(ctx, cluster, before)


def take_over_locked(ctx):
    """The same under the operator's admission lock, as the operator's account."""
    cluster, before = stuck_cluster(ctx)
    with locked(cluster, "january"):
        told = _finished(ctx, cluster, before, "--as-operator")
    check(not (left := marks(cluster)), f"left behind: {left}")
    return told


def _finished(ctx, cluster, before, *flags):
    stood = {node.name: node.uid for node in cluster.nodes()}
    with watched(ctx, cluster, TO, rests=False) as beside:
        operator = beside.operator
        until(lambda: operator.conflicts, 20, "the operator is refused, as it is when stuck")
        run = resume(ctx, "--take-over", *consent(TO), *flags).finish()
        # From here on it must be neither refused nor tempted to begin again.
        operator.conflicts.clear()
        operator.hazards.clear()
        allowed.owner(before, "kubectl-patch")
        # Finished Jobs of the operator's; it removes them itself after their hour.
        allowed.found_later(before, cluster)
        at_rest(ctx, before, TO)
    check(run.saw(on("runStarted")).body["from"] == FROM, "it began somewhere else")
    done_here = [event.pod for event in run.events if started("release")(event)]
    check(done_here == [f"{cluster.name}-0"], f"released were {done_here}")
    kept = {node.name for node in cluster.nodes() if stood[node.name] == node.uid}
    check(kept == {f"{cluster.name}-1", f"{cluster.name}-2"}, f"only {kept} were left alone")
    check(beside.leaders["leader_moves"] == 1, f"{beside.leaders['leader_moves']} leader moves")
    return entry(FROM, TO, [run], beside, leader_ordinal=0)


SCENARIOS = [
    Scenario("take-over", 8, "an upgrade the operator left stuck, finished in one command", take_over, ci=True),
    Scenario("take-over-locked", 8, "the same under the admission lock", take_over_locked)]
