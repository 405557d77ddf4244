"""Owns images that admission rewrites: by digest, in the template or in the pods alone."""

from functools import partial

from .base import Scenario, built, entry, image_of, upgrade, watched

FROM, TO = "2.6.2", "2.7.2"
_GROUP = {"apiVersion": "admissionregistration.k8s.io/v1"}
# As policy engines write it: for the kind that was asked for, at its first container.
_RESOURCES = {"statefulsets": ("apps", "/spec/template/spec"), "pods": ("", "/spec")}


def pin(ctx, resource, tagged, pinned):
    """A mutating policy that replaces one image by another in what is written to a resource."""
    group, path = _RESOURCES[resource]
    name = f"pin-{resource}"
    field = "object" + path.replace("/", ".")
    ctx.stack.apply(
        {**_GROUP, "kind": "MutatingAdmissionPolicy", "metadata": {"name": name}, "spec": {
            "matchConstraints": {"resourceRules": [{
                "apiGroups": [group], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
                "resources": [resource]}]},
            "matchConditions": [{"name": "by-tag", "expression": f"{field}.containers[0].image == '{tagged}'"}],
            "failurePolicy": "Fail", "reinvocationPolicy": "Never",
            "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": (
                f"[JSONPatch{{op: 'replace', path: '{path}/containers/0/image', value: '{pinned}'}}]")}}]}},
        {**_GROUP, "kind": "MutatingAdmissionPolicyBinding", "metadata": {"name": name},
         "spec": {"policyName": name}})
    return name


def unpin(ctx, name):
    """Take the policy away; the stack outlives the scenario."""
    for kind in ("mutatingadmissionpolicybinding", "mutatingadmissionpolicy"):
        ctx.stack.kubectl("delete", kind, name)


def rewritten(ctx, resource):
    """The digest is added on the way: the run ends with pods of it, and spec.image as asked for."""
    cluster, _ = built(ctx, FROM, TO)
    tagged = image_of(TO)
    pinned = f"{tagged}@{ctx.stack.digest(tagged)}"
    policy = pin(ctx, resource, tagged, pinned)
    try:
        with watched(ctx, cluster, TO, running=pinned) as beside:
            run = upgrade(ctx, TO).finish()
    finally:
        unpin(ctx, policy)
    return entry(FROM, TO, [run], beside, admitted=pinned)


def by_digest(ctx):
    """The image is asked for by its digest."""
    cluster, _ = built(ctx, FROM, TO)
    pinned = f"{image_of(TO)}@{ctx.stack.digest(image_of(TO))}"
    with watched(ctx, cluster, TO, image=pinned) as beside:
        run = upgrade(ctx, TO, "--image", pinned).finish()
    return entry(FROM, TO, [run], beside)


SCENARIOS = [
    Scenario("image-rewritten", 4, "admission adds the digest to the template's image",
             partial(rewritten, resource="statefulsets")),
    Scenario("image-rewritten-in-pods", 4, "admission adds the digest to the pods' image alone",
             partial(rewritten, resource="pods")),
    Scenario("image-by-digest", 4, "the image asked for by its digest", by_digest)]
