"""Owns the greens that never come into step: told, nothing that serves touched, and gone again."""

import signal
from functools import partial

from fixture import coloured, config
from fixture.waiting import until

from .base import Scenario, check, resume
from .blue_green import PATCH, abort, promote, told, two, upgrade, watched
from .broken import CRASHING, LAST_WORDS
from .disturbed import SOMEBODY
from .events import on, started
from .typed import type_in

FROM, TO = PATCH
# A slip of the hand in the repository: a version that exists, in a place that does not.
MISSING = f"docker.io/openbao/openbo:{TO}"
# What touches those that serve.
_TOUCHES = [started(act) for act in ("changeMember", "stepDown", "moveService", "scaleToNone")]


def broken(ctx, image, reason, words, back):
    """Green's image does not start: a halt, blue as it was; `back` takes green away again."""
    colours, _ = two(ctx, PATCH)
    if image != MISSING:
        ctx.stack.ensure_image(image)
    colours.green = colours.blue.of(TO, image)
    with watched(ctx, colours, colours.blue, moves=0, gone=[colours.green]) as beside:
        before = colours.serving(colours.blue)
        run = upgrade(ctx, TO, "--image", image).finish(expect=5)
        halted(colours, run, before, reason)
        evidence = run.result["halt"]["evidence"]
        check(any(words in line for line in evidence), f"{words!r} is not in {evidence}")
        last = back(ctx, run).finish()
        check(colours.serving(colours.blue) == before, f"{before} became {colours.serving(colours.blue)}")
    return told(colours, PATCH, [run, last], beside)


def halted(colours, run, before, *reasons):
    """The run has halted for one of these, about green's first pod, and blue serves as before."""
    halt, standing = run.result["halt"], run.result["standing"]
    first = colours.green.pods()[0]
    check(halt["reason"] in reasons and halt.get("pod") == first, f"it stopped for {halt}")
    check(first in halt["message"], f"{first} is not in {halt['message']!r}")
    check([standing["leader"]] == before["leader"] and not standing["sealed"]
          and (standing["serving"], standing["voters"], standing["quorum"]) == (3, 3, 2), f"standing {standing}")
    touched = [event for event in run.events if any(touches(event) for touches in _TOUCHES)]
    check(not touched, f"it touched what serves: {touched}")
    check(colours.serving(colours.blue) == before, f"{before} became {colours.serving(colours.blue)}")
    conditions = colours.cluster.resource()["status"]["conditions"]
    degraded = next(one for one in conditions if one["type"] == "Degraded")
    check((degraded["status"], degraded["reason"]) == ("True", halt["reason"]), f"Degraded is {degraded}")


def unschedulable(ctx):
    """No node takes green's first pod: it waits and says so; when one does again, to the end."""
    colours, _ = two(ctx, PATCH)
    cluster, first = colours.cluster, colours.green.pods()[0]

    def no_room(event):
        # The wait begins before the scheduler has spoken: it is told again with its word.
        return event.type in ("waiting", "heartbeat") and any(
            blocker.get("pod") == first and "unschedulable" in blocker.get("state", "")
            and "nodes are available" in blocker["state"] for blocker in event.body["blockers"])

    with watched(ctx, colours, colours.green, moves=1) as beside:
        before = colours.serving(colours.blue)
        cluster.cordon(True)
        try:
            run = upgrade(ctx, TO)
            run.until(no_room)
            run.signal(signal.SIGINT)
            run.finish(expect=130, seconds=60)
            check(colours.serving(colours.blue) == before, f"{before} became {colours.serving(colours.blue)}")
        finally:
            cluster.cordon(False)
        last = resume(ctx).finish()
        cluster.shape = colours.green
    return told(colours, PATCH, [run, last], beside)


def own_cluster(ctx):
    """Green's first node founds a cluster of its own: Ready, leading, and never given a vote."""
    colours, _ = two(ctx, PATCH)
    cluster, green = colours.cluster, colours.green
    # Joins nobody, and is told to initialise itself.
    founding = coloured.server(green, joins="nobody") + config.self_init(green)
    with watched(ctx, colours, colours.blue, gone=[green]) as beside:
        before = colours.serving(colours.blue)
        # Until its configuration is another, the pod has to wait for a node.
        cluster.cordon(True)
        try:
            run = upgrade(ctx, TO)
            run.until(on("podCreated"))
            cluster.patch("configmaps", coloured.config_map(green), {"data": {"config.hcl": founding}}, SOMEBODY)
        finally:
            cluster.cordon(False)
        until(lambda: _founded(colours), 60, f"{green.pods()[0]} leads a cluster of its own")
        run.finish(expect=5)
        halted(colours, run, before, "ForeignNode", "NotMember")
        # Asked for by name, it is no other.
        again = promote(ctx).finish(expect=5)
        halted(colours, again, before, "ForeignNode", "NotMember")
        last = abort(ctx).finish()
        check(colours.serving(colours.blue) == before, f"{before} became {colours.serving(colours.blue)}")
    return told(colours, PATCH, [run, again, last], beside)


def _founded(colours):
    """Whether green's first node is Ready and leads, under another identity than blue's."""
    nodes = {node.name: node for node in colours.cluster.nodes()}
    first, blue = nodes[colours.green.pods()[0]], nodes[colours.blue.pods()[0]]
    return first.ready and first.leads() and first.health()["cluster_id"] != blue.health()["cluster_id"]


SCENARIOS = [
    Scenario("bg-image-missing", 10, "green's image does not exist; back as the halt says",
             partial(broken, image=MISSING, reason="ImagePullFailed", words="pull",
                     back=lambda ctx, run: type_in(ctx, run, "to go back"))),
    Scenario("bg-crash-loop", 10, "green's server ends at once; aborted",
             partial(broken, image=CRASHING, reason="CrashLoop", words=LAST_WORDS,
                     back=lambda ctx, run: abort(ctx))),
    Scenario("bg-unschedulable", 10, "no node takes green's pods, until one does", unschedulable),
    Scenario("bg-own-cluster", 10, "green has founded a cluster of its own; aborted", own_cluster)]
