"""Owns group 6: a ServiceAccount that lacks one verb, and one that has exactly the least Role."""

import itertools
import json
from concurrent.futures import ThreadPoolExecutor

from stack.paths import REPOSITORY

from .base import (NAMESPACE, ON, Audit, Baoctl, Before, Scenario, built, check, consent, entry, upgrade,
                   watched)
from .events import done

FROM, TO = "2.6.2", "2.7.2"
WHOLE = "upgrader"
_RBAC = {"apiVersion": "rbac.authorization.k8s.io/v1"}
# What is refused in a preflight must be refused by the upgrade itself as well.
ALSO_UPGRADED = (("patch", "statefulsets"), ("create", "pods/eviction"), ("update", "leases"),
                 ("patch", "openbaoclusters/status"), ("create", "serviceaccounts/token"))
_AT_A_TIME = 3


def least(ctx):
    """The rules of the least Role, as the repository publishes it."""
    shown = ctx.stack.kubectl("create", "--dry-run=client", "-o", "json", "-f",
                              REPOSITORY / "examples" / "rbac.yaml").stdout
    decoder, objects = json.JSONDecoder(), []
    while shown := shown.strip():
        found, end = decoder.raw_decode(shown)
        objects += found.get("items", [found])
        shown = shown[end:]
    return next(one["rules"] for one in objects if one["kind"] == "Role")


def without(rules):
    """[(verb, resource, the rules without it)] for each verb on each resource."""
    cases = []
    for place, rule in enumerate(rules):
        for resource, verb in itertools.product(rule["resources"], rule["verbs"]):
            rest = [verb_ for verb_ in rule["verbs"] if verb_ != verb]
            others = [other for other in rule["resources"] if other != resource]
            kept = [{**rule, "resources": [resource], "verbs": rest}] * bool(rest)
            kept += [{**rule, "resources": others}] * bool(others)
            cases.append((verb, resource, rules[:place] + kept + rules[place + 1:]))
    return cases


def account(name, rules):
    """A ServiceAccount with a Role of these rules."""
    meta = {"name": name, "namespace": NAMESPACE}
    return [{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta},
            {**_RBAC, "kind": "Role", "metadata": meta, "rules": rules},
            {**_RBAC, "kind": "RoleBinding", "metadata": meta,
             "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
             "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": NAMESPACE}]}]


def user(name):
    """The account's user name."""
    return f"system:serviceaccount:{NAMESPACE}:{name}"


def refused(ctx, name, verb, resource, *command):
    """What is wrong with the answer to an account that lacks one verb; one line each."""
    config = ctx.stack.service_account_kubeconfig(NAMESPACE, name)
    audit = Audit(ctx.stack, user(name))
    run = Baoctl(ctx, *command, *ON, "--to", TO, *consent(TO), kubeconfig=config, output="json")
    run.finish(expect=tuple(range(256)), seconds=60)
    lacking = f"{' '.join(command)} without {verb} {resource}"
    if run.exit_code not in (3, 10):
        return [f"{lacking}: exit code {run.exit_code}"]
    wrong, error = [], run.result["error"]
    said = f"{error['message']} {error.get('hint')}"
    wrong += [f"{lacking}: {word!r} is not in {said!r}" for word in (verb, resource.split("/")[-1])
              if word not in said]
    wrong += [f"{lacking}: it wrote: {change}" for change in audit.changes()]
    return wrong


def permissions(ctx):
    """Each verb of the least Role in turn is missing; then the whole Role upgrades."""
    cluster, _ = built(ctx, FROM, TO)
    rules = least(ctx)
    cases = without(rules)
    objects = account(WHOLE, rules)
    for number, (_, _, less) in enumerate(cases):
        objects += account(f"lacking-{number}", less)
    ctx.stack.apply(*objects)
    before = Before(cluster)
    tries = []
    for number, (verb, resource, _) in enumerate(cases):
        tries.append((f"lacking-{number}", verb, resource, "preflight"))
        if (verb, resource) in ALSO_UPGRADED:
            tries.append((f"lacking-{number}", verb, resource, "upgrade", "rolling", "--yes"))
    ctx.say(f"  {len(cases)} verbs, {len(tries)} tries")
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        wrong = [line for lines in pool.map(lambda one: refused(ctx, *one), tries) for line in lines]
    check(not wrong, "; ".join(wrong))
    check(not (changed := before.untouched()), f"changed: {changed}")
    ctx.say("  the whole Role")
    audit = Audit(ctx.stack, user(WHOLE))
    config = ctx.stack.service_account_kubeconfig(NAMESPACE, WHOLE)
    with watched(ctx, cluster, TO) as beside:
        beside.audit = audit
        run = upgrade(ctx, TO, kubeconfig=config).finish()
    check(run.saw(done("relinquish")), "nothing was done")
    return entry(FROM, TO, [run], beside, verbs=len(cases), tries=len(tries), denied=denied(audit),
                 unused=unused(audit, cases))


def denied(audit):
    """The requests of the whole upgrade that were answered with 403, each once."""
    return sorted({f"{one['verb']} {one['requestURI'].split('?')[0]}" for one in audit.requests()
                   if one.get("responseStatus", {}).get("code") == 403})


def unused(audit, cases):
    """The verbs of the Role that an undisturbed upgrade did without."""
    used = {(one["verb"], "/".join(filter(None, (one["objectRef"].get("resource"),
                                                 one["objectRef"].get("subresource")))))
            for one in audit.requests() if "objectRef" in one}
    return [f"{verb} {resource}" for verb, resource, _ in cases if (verb, resource) not in used]


SCENARIOS = [
    Scenario("permissions", 6, "each verb of the least Role missing, then the whole Role", permissions, ci=True)]
