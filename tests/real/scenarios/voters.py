"""Owns the voters that are no pods: left over when the cluster was made smaller."""

from fixture import resource

from .base import Before, Scenario, built, check, entry, upgrade, watched
from .rolling import rolled

FROM, TO = "2.6.2", "2.7.2"


def left_over(ctx):
    """Five voters, two of which were scaled away: refused, until they are removed as it says."""
    cluster, _ = built(ctx, FROM, TO, replicas=5, leader=1)
    gone = cluster.shape.pods()[3:]
    smaller(cluster, 3)
    before = Before(cluster)
    refused = upgrade(ctx, TO).finish(expect=3)
    failed = {finding["id"]: finding for finding in refused.result["findings"] if finding["verdict"] == "fail"}
    check(sorted(failed) == ["raft.no-strangers", "raft.quorum-margin"], f"refused for {sorted(failed)}")
    for pod in gone:
        command = f"bao operator raft remove-peer {pod}"
        check(command in str(failed["raft.no-strangers"]), f"{command!r} is not in {failed['raft.no-strangers']}")
    check(not (changed := before.untouched()), f"changed: {changed}")
    for pod in gone:
        cluster.admin("POST", "sys/storage/raft/remove-peer", {"server_id": pod})
    ctx.say(f"  {gone} are removed")
    cluster.wait()
    return rolled(ctx, cluster, FROM, TO)


def smaller(cluster, replicas):
    """Scale down as by hand: raft is not told, and the removed pods stay voters."""
    gone = cluster.shape.pods()[replicas:]
    cluster.patch("openbaoclusters", cluster.name, {"spec": {"replicas": replicas}})
    cluster.patch("statefulsets", cluster.name, {"spec": {"replicas": replicas}})
    cluster.shape.replicas = replicas
    cluster.until_gone(gone)
    resource.write_at_rest(cluster.api, cluster.shape, cluster.leader())
    check(set(gone) <= set(cluster.voters()), f"voters are {cluster.voters()}")


SCENARIOS = [
    Scenario("voters-left-over", 4, "voters that no pod is left of: refused, removed, upgraded", left_over)]
