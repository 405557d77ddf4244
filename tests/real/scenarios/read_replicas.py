"""Owns a BlueGreen cluster of today's shape with a read replica, which blue/green does not move."""

from fixture import names, resource

from .audit import Audit
from .base import Scenario, check
from .blue_green import PATCH, told, two, upgrade, watched
from .process import PLAIN_ADMIN
from .rest import Before

TO = PATCH[1]


def refused(ctx):
    """Refused by name and without a write; scaled to none, as it says, upgraded to the end."""
    colours, _ = two(ctx, PATCH, shape="today")
    cluster = colours.cluster
    before, audit = Before(cluster), Audit(ctx.stack, PLAIN_ADMIN)
    first = upgrade(ctx, TO).finish(expect=3)
    failed = {finding["id"]: finding for finding in first.result["findings"] if finding["verdict"] == "fail"}
    check(sorted(failed) == ["colours.read-replicas"], f"refused for {failed}")
    for word in (f"{cluster.name}-read", "spec.readReplicas to 0"):
        check(word in str(failed), f"{word!r} is not in {failed}")
    check(not (changes := audit.changes()), f"the refused upgrade wrote: {changes}")
    check(not (changed := before.untouched()), f"the refused upgrade changed: {changed}")
    _scale_to_none(colours)
    with watched(ctx, colours, colours.green, moves=1) as beside:
        last = upgrade(ctx, TO).finish()
        cluster.shape = colours.green
    return told(colours, PATCH, [first, last], beside)


def _scale_to_none(colours):
    """As a person asks for it, and the operator does it."""
    cluster = colours.cluster
    gone = [node.name for node in cluster.nodes(read_replicas=True)]
    cluster.patch("openbaoclusters", cluster.name, {"spec": {"readReplicas": {"replicas": 0}}})
    cluster.api.delete(names.path("statefulsets", cluster.namespace, f"{cluster.name}-read"))
    for pod in gone:
        cluster.admin("POST", "sys/storage/raft/remove-peer", {"server_id": pod})
    for shape in (colours.blue, colours.green):
        shape.read_replicas = 0
    cluster.wait()
    resource.write_at_rest(cluster.api, cluster.shape, cluster.leader())


SCENARIOS = [
    Scenario("bg-today-read-replica", 10, "today's shape: refused with a read replica, done without", refused)]
