"""Owns a new version whose nodes are Ready and could not lead: their audit sink cannot be written."""

from .base import Scenario, built, check, entry, upgrade, watched
from .events import on, started
from .typed import type_in

FROM, TO = "2.6.2", "2.7.2"
# On the volume, so that it outlives the pod.
SINK = "/bao/data/audit.log"
LAST_WORDS = "failed to setup audit table"


def cannot_lead(ctx):
    """The run halts while the old leader serves; mended as the halt says, it goes on.

    Only a node that becomes active opens the sink of 2.6; a folder in the file's place is
    found by the new version alone.
    """
    cluster, _ = built(ctx, FROM, TO, leader=1, audit_file=SINK)
    standbys = [pod for pod in cluster.shape.pods() if pod != cluster.leader()]
    for pod in standbys:
        ctx.stack.kubectl("exec", "-n", cluster.namespace, pod, "--", "sh", "-c", f"rm -f {SINK}; mkdir {SINK}")
    with watched(ctx, cluster, TO) as beside:
        run = upgrade(ctx, TO).finish(expect=5)
        halt, standing = run.result["halt"], run.result["standing"]
        check(halt["reason"] == "CannotLead" and halt["pod"] in standbys, f"it stopped for {halt}")
        check(any(LAST_WORDS in line for line in halt["evidence"]), f"{LAST_WORDS!r} is not in {halt['evidence']}")
        released = [event.pod for event in run.events if started("release")(event)]
        # With the other old standby there still is one that could lead.
        check(released == [halt["pod"]], f"released were {released}")
        check(not run.saw(started("stepDown")), "leadership was moved")
        check(standing["leader"] == cluster.leader() and standing["serving"] == 3, f"standing {standing}")
        for pod in standbys:
            ctx.stack.kubectl("exec", "-n", cluster.namespace, pod, "--", "rm", "-r", SINK)
        why = "to go on once what its log says is mended (an audit device that cannot be written, for one)"
        last = type_in(ctx, run, why)
        last.finish()
    check(beside.leaders["leader_moves"] == 1, f"{beside.leaders['leader_moves']} leader moves")
    check(last.saw(on("pointOfNoReturn")), "nothing was done")
    return entry(FROM, TO, [run, last], beside)


SCENARIOS = [
    Scenario("cannot-lead", 4, "new nodes are Ready, and their audit sink cannot be written", cannot_lead)]
