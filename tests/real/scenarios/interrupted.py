"""Owns group 3: signals, a pause from another terminal, a second baoctl."""

import signal

from .base import (NAMESPACE, ON, Audit, Baoctl, Scenario, built, check, consent, entry, resume, upgrade,
                   watched)
from .events import done, on
from .rest import lease_holder, pod_uids

FROM, TO = "2.6.2", "2.7.2"
SECOND = "second-admin"


def resumable(cluster, run):
    """Checks that a run which was asked to stop did so at a safe point, and can go on."""
    found = cluster.resource()
    status = found.get("status", {})
    check(found["spec"].get("paused") is True, "the operator is not held off")
    check("baoctl.openbao.org/run" in found["metadata"]["annotations"], "the run record is gone")
    check(lease_holder(cluster) is None, f"the lease is held by {lease_holder(cluster)}")
    if run.saw(done("publish")):
        check(status.get("upgrade", {}).get("targetVersion") == TO, f"status.upgrade {status.get('upgrade')}")
    waiting = [node.name for node in cluster.nodes() if not node.ready or node.leaving]
    check(not waiting and len(cluster.nodes()) == 3, f"not a safe point: {waiting} are not Ready")
    check(any("baoctl resume" in line for line in run.result["next"]), f"next: {run.result['next']}")


def interrupted(ctx):
    """SIGINT while a pod is away: 130 when it is back; then SIGTERM: 143; then to the end."""
    cluster, _ = built(ctx, FROM, TO)
    with watched(ctx, cluster, TO) as beside:
        first = upgrade(ctx, TO)
        going = first.until(on("podTerminating"))
        first.signal(signal.SIGINT)
        first.until(on("stopping"))
        first.finish(expect=130, seconds=120)
        check(first.saw(on("podDone", pod=going.pod)), f"{going.pod} was left half way")
        check(len([event for event in first.events if done("release")(event)]) == 1, "it went on after SIGINT")
        resumable(cluster, first)
        second = resume(ctx)
        going = second.until(on("podReplaced"))
        second.signal(signal.SIGTERM)
        second.finish(expect=143, seconds=120)
        check(len([event for event in second.events if done("release")(event)]) == 1, "it went on after SIGTERM")
        resumable(cluster, second)
        check(second.result["resumed"], "the second run does not say that it resumed")
        last = resume(ctx).finish()
    return entry(FROM, TO, [first, second, last], beside)


def at_once(ctx):
    """A second SIGINT leaves at once, says what is left running, and the next run finishes."""
    cluster, _ = built(ctx, FROM, TO)
    with watched(ctx, cluster, TO) as beside:
        first = upgrade(ctx, TO)
        first.until(on("podTerminating"))
        first.signal(signal.SIGINT)
        first.until(on("stopping"))
        first.signal(signal.SIGINT)
        first.finish(expect=130, seconds=10)
        check("left at once" in first.result["message"], first.result["message"])
        last = resume(ctx).finish()
    return entry(FROM, TO, [first, last], beside)


def paused(ctx):
    """`pause` from a second terminal: 7. A second baoctl during the next run: 9, nothing changed."""
    cluster, _ = built(ctx, FROM, TO)
    other = {"user": SECOND, "kubeconfig": _second(ctx)}
    with watched(ctx, cluster, TO) as beside:
        first = upgrade(ctx, TO)
        first.until(on("podTerminating"))
        asking = Baoctl(ctx, "pause", *ON, "--reason", "a look at the storage", **other).finish()
        first.finish(expect=7, seconds=120)
        check(len([event for event in first.events if done("release")(event)]) == 1, "it went on after the pause")
        resumable(cluster, first)
        refused = resume(ctx).finish(expect=3)
        for word in ("cluster.paused-by", SECOND, "a look at the storage"):
            check(word in refused.result["error"]["message"], f"{word!r} is not in {refused.result['error']}")
        second = resume(ctx, "--end-pause")
        second.until(on("podTerminating"))
        contenders = _contend(ctx, cluster, other)
        second.finish()
    return entry(FROM, TO, [first, asking, second], beside, contenders=contenders)


def maintenance(ctx):
    """A colleague pauses a cluster at rest: an upgrade is refused until it takes the pause over."""
    cluster, _ = built(ctx, FROM, TO)
    other = {"user": SECOND, "kubeconfig": _second(ctx)}
    with watched(ctx, cluster, TO) as beside:
        asking = Baoctl(ctx, "pause", *ON, "--reason", "a look at the storage", **other).finish()
        check(cluster.resource()["spec"].get("paused") is True, "the operator is not paused")
        refused = upgrade(ctx, TO).finish(expect=3)
        for word in ("cluster.paused-by", SECOND, "a look at the storage", "--end-pause"):
            check(word in str(refused.result["error"]), f"{word!r} is not in {refused.result['error']}")
        check(not (changes := beside.audit.changes()), f"the refused upgrade wrote: {changes}")
        # At the end spec.paused is what it was before the pause: `watched` compares.
        last = upgrade(ctx, TO, "--end-pause").finish()
    return entry(FROM, TO, [asking, refused, last], beside)


def _second(ctx):
    """Another administrator, so that the audit log tells the two apart."""
    config = ctx.stack.kubeconfig_for(SECOND)
    ctx.stack.apply({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": SECOND},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": SECOND}]})
    return config


def _contend(ctx, cluster, other):
    """Three ways to get into the run's way; each must be answered with 9, and nothing written."""
    audit, codes = Audit(ctx.stack, SECOND), {}
    held, uids = cluster.resource()["status"]["operationLock"]["holder"], pod_uids(cluster)
    commands = {"upgrade": ("upgrade", "rolling", *ON, "--to", TO, "--yes", *consent(TO)), "resume": ("resume", *ON, "--yes")}
    runs = {name: Baoctl(ctx, *command, **other) for name, command in commands.items()}
    for name, run in runs.items():
        codes[name] = run.finish(expect=9, seconds=60).exit_code
    shown = Baoctl(ctx, "status", *ON, output="json", **other).finish()
    check(TO in shown.stdout, shown.stdout)
    check(not (changes := audit.changes()), f"the second baoctl wrote: {changes}")
    check(cluster.resource()["status"]["operationLock"]["holder"] == held, "the lock changed hands")
    check(lease_holder(cluster), f"the lease in {NAMESPACE} is not held")
    return {**codes, "pods_before": uids}


SCENARIOS = [
    Scenario("interrupted", 3, "SIGINT, resumed, SIGTERM, resumed to the end", interrupted),
    Scenario("interrupted-twice", 3, "a second SIGINT leaves at once; resumed to the end", at_once),
    Scenario("colleagues-pause", 3, "a cluster that a colleague has paused: refused, then taken over",
             maintenance),
    Scenario("paused", 3, "paused from a second terminal; a second baoctl is turned away", paused, ci=True)]
