"""Owns what is still shown where something is missing, as when baoctl is needed most."""

from fixture import names

from .base import ON, Baoctl, Scenario, built, check, entry
from .process import PLAIN_ADMIN
from .audit import Audit

FROM, TO = "2.6.1", "2.6.2"


def without_ca(ctx):
    """The Secret with the nodes' CA is gone: the rest is shown, and nothing is changed."""
    cluster, _ = built(ctx, FROM)
    secret = f"{cluster.name}-tls-ca"
    path = names.path("secrets", cluster.namespace, secret)
    kept = cluster.object("secrets", secret)
    cluster.api.delete(path)
    audit = Audit(ctx.stack, PLAIN_ADMIN)
    try:
        shown = Baoctl(ctx, "status", *ON, output="json").finish(expect=10)
        judged = Baoctl(ctx, "preflight", *ON, "--to", TO, output="json").finish(expect=3)
        refused = Baoctl(ctx, "upgrade", "rolling", *ON, "--to", TO, "--yes").finish(expect=10)
    finally:
        meta = kept["metadata"]
        cluster.api.create(names.path("secrets", cluster.namespace), {
            **kept, "metadata": {key: meta[key] for key in ("name", "namespace", "labels") if key in meta}})
    status = shown.result
    check(len(status["pods"]) == 3 and all(pod["ready"] for pod in status["pods"]), f"the pods are {status['pods']}")
    check(status["specVersion"] == FROM, f"spec.version is {status['specVersion']}")
    check(any(secret in why and "--ca-cert" in why for why in status["unknown"]), f"unknown: {status['unknown']}")
    failed = {one["id"]: one for one in judged.result["findings"] if one["verdict"] == "fail"}
    check("bao.tls" in failed and secret in failed["bao.tls"]["message"], f"failed: {failed}")
    passed = [one["id"] for one in judged.result["findings"] if one["verdict"] == "pass"]
    check({"kube.permissions", "workload.replicas-ready"} <= set(passed), f"passed: {passed}")
    check(secret in str(refused.result["error"]), f"the refusal is {refused.result['error']}")
    check(not (changes := audit.changes()), f"it wrote: {changes}")
    whole = Baoctl(ctx, "status", *ON, output="json").finish()
    check("unknown" not in whole.result, f"unknown: {whole.result.get('unknown')}")
    return entry(FROM, TO, [shown, judged, refused, whole])


SCENARIOS = [
    Scenario("ca-missing", 6, "the Secret with the nodes' CA is gone: what can be seen is shown", without_ca)]
