"""Owns group 7: the operator's admission lock, and the ways of passing it."""

import contextlib

from fixture import install_lock, names, remove_lock

from .base import (NAMESPACE, ON, PLAIN_ADMIN, Audit, Baoctl, Before, Scenario, built, check, consent, entry, keep,
                   upgrade, watched)
from .rights import account, least, user

FIRST, MIDDLE, LAST = "2.6.1", "2.6.2", "2.7.2"
POLICY = "lock-managed-resource-mutations"
WAYS = ("--as-operator", "--maintenance-override")
MASTER, KEEPER = "master", "keeper"
OVERRIDE = "locked-override"
# Marks that no object may keep: the lock's key, and whatever says who turned it.
_MARKS = (names.MAINTENANCE, "baoctl.openbao.org/")
_EVERYTHING = ("openbaoclusters", "statefulsets", "pods", "services", "configmaps", "secrets", "serviceaccounts",
               "poddisruptionbudgets", "jobs", "persistentvolumeclaims", "roles", "rolebindings")


@contextlib.contextmanager
def locked(cluster, generation):
    """The lock is installed within the block."""
    install_lock(cluster, generation)
    try:
        yield
    finally:
        remove_lock(cluster)


def denied(ctx, cluster, to):
    """Without a way through, preflight and upgrade are refused: the policy is named, and both ways."""
    before, audit = Before(cluster), Audit(ctx.stack, PLAIN_ADMIN)
    for command in (("preflight",), ("upgrade", "rolling", "--yes")):
        run = Baoctl(ctx, *command, *ON, "--to", to, *consent(to), output="json").finish(expect=3)
        failed = {one["id"]: one for one in run.result["findings"] if one["verdict"] == "fail"}
        check(list(failed) == ["kube.admission"], f"refused for {list(failed)}")
        finding = failed["kube.admission"]
        check(POLICY in finding["message"], f"the policy is not named: {finding['message']}")
        for way in WAYS:
            check(way in finding["remedy"] and way in run.result["error"]["hint"], f"{way} is not among the ways")
    check(not (changes := audit.changes()), f"it wrote: {changes}")
    check(not (changed := before.untouched()), f"changed: {changed}")


def marks(cluster):
    """Objects that carry an annotation of the lock's or of baoctl's; one line each."""
    found = []
    for plural in _EVERYTHING:
        for item in cluster.api.get(names.path(plural, cluster.namespace))["items"]:
            left = [key for key in item["metadata"].get("annotations", {}) if key.startswith(_MARKS)]
            found += [f"{plural}/{item['metadata']['name']}: {left}"] * bool(left)
    return found


def as_operator(ctx):
    """As a plain administrator: refused; with --as-operator done, impersonating only where it must."""
    cluster, _ = built(ctx, FIRST, (MIDDLE, LAST))
    with locked(cluster, "january"):
        denied(ctx, cluster, MIDDLE)
        with watched(ctx, cluster, MIDDLE) as beside:
            run = upgrade(ctx, MIDDLE, "--as-operator").finish()
            requests = beside.audit.requests()
    check(not (left := marks(cluster)), f"left behind: {left}")
    acting = [one for one in requests if "impersonatedUser" in one]
    if beside.audit.available:
        check(acting, "nothing was impersonated")
    for one in acting:
        ref = one["objectRef"]
        check(one["impersonatedUser"]["username"] == names.OPERATOR_USER, f"as {one['impersonatedUser']}")
        check((one["verb"], ref["resource"], ref["name"]) == ("patch", "statefulsets", cluster.name)
              and not ref.get("subresource"), f"impersonated: {one['verb']} {one['requestURI']}")
    keep(ctx, cluster, OVERRIDE)
    return entry(FIRST, MIDDLE, [run], beside, impersonated=len(acting))


def override(ctx):
    """January's lock and a user of system:masters: the annotation opens it, and is taken off."""
    cluster, _ = built(ctx, MIDDLE, LAST)
    return _overridden(ctx, cluster, "january", {"user": MASTER, "groups": ("system:masters",)}, MASTER)


def override_today(ctx):
    """Today's lock and an account with the least Role and the verb `maintenance`, nothing more."""
    cluster, _ = built(ctx, MIDDLE, LAST, shape="today")
    rules = least(ctx)
    verb = {"apiGroups": ["openbao.org"], "resources": ["openbaoclusters"], "resourceNames": [cluster.name],
            "verbs": ["maintenance"]}
    ctx.stack.apply(*account(KEEPER, rules), *account(f"{KEEPER}-to-be", rules))
    poor = ctx.stack.service_account_kubeconfig(NAMESPACE, f"{KEEPER}-to-be")
    with locked(cluster, "today"):
        refused = Baoctl(ctx, "preflight", *ON, "--to", LAST, *consent(LAST), "--maintenance-override", kubeconfig=poor, output="json")
        refused.finish(expect=3)
        check(POLICY in refused.result["error"]["message"], refused.result["error"]["message"])
    ctx.stack.apply(*account(KEEPER, [*rules, verb]))
    config = ctx.stack.service_account_kubeconfig(NAMESPACE, KEEPER)
    return _overridden(ctx, cluster, "today", {"kubeconfig": config}, user(KEEPER))


def _overridden(ctx, cluster, generation, identity, name):
    with locked(cluster, generation), watched(ctx, cluster, LAST) as beside:
        beside.audit = audit = Audit(ctx.stack, name)
        run = upgrade(ctx, LAST, "--maintenance-override", **identity).finish()
    check(not (left := marks(cluster)), f"left behind: {left}")
    acting = [one for one in audit.requests() if "impersonatedUser" in one]
    check(not acting, f"somebody was impersonated: {acting}")
    return entry(MIDDLE, LAST, [run], beside)


SCENARIOS = [
    Scenario("locked-as-operator", 7, "the admission lock, passed as the operator's account", as_operator, ci=True),
    Scenario(OVERRIDE, 7, "January's lock, passed with the annotation by system:masters", override),
    Scenario("locked-override-today", 7, "today's lock, passed with the annotation and the verb maintenance",
             override_today)]
