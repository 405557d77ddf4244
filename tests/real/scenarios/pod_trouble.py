"""Owns what keeps a new pod from coming up though its image is right: Kubernetes' own reasons."""

import copy

from fixture import names
from fixture.waiting import until

from .base import Scenario, built, check, entry, image_of, upgrade, watched
from .events import on
from .typed import type_in

FROM, TO = "2.6.1", "2.6.2"
# An image with a shell that no run touches.
MESH = "2.7.2"
QUOTA = "few-pods"
FINALIZER = "example.com/kept"
# What a mesh or an agent would have put into the template.
INIT, SIDECAR, GATE = "mesh-init", "mesh-proxy", "example.com/admitted"
# How soon a reason has to be told once Kubernetes shows it.
_TOLD = 15.0


def told(run, words, pod=None, seconds=60):
    """Wait until a wait is told with these words; returns the event."""
    def matches(event):
        return event.type == "waiting" and any(
            pod in (None, blocker.get("pod")) and words in str(blocker)
            for blocker in event.body["blockers"])

    matches.label = f"a wait for {words!r}"
    return run.until(matches, seconds)


def refused_and_kept(ctx):
    """A quota that takes no pod, then a finalizer that lets none go; each halts by its name."""
    cluster, _ = built(ctx, FROM, TO)
    with watched(ctx, cluster, TO) as beside:
        # The three that are there stay; none can be made anew.
        cluster.api.create(names.path("resourcequotas", cluster.namespace), {
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": QUOTA},
            "spec": {"hard": {"pods": "1"}}})
        first = upgrade(ctx, TO)
        gone = first.until(on("podTerminating")).pod
        why = told(first, "exceeded quota", gone)
        check(why.body["blockers"][0]["kind"] == "podMissing", f"told as {why.body}")
        first.finish(expect=5)
        halt = first.result["halt"]
        check((halt["reason"], halt["pod"]) == ("PodRefused", gone), f"it stopped for {halt}")
        check(any("exceeded quota" in line for line in halt["evidence"]), f"evidence {halt['evidence']}")
        check(any(f"describe statefulset {cluster.name}" in line for line in halt["next"]),
              f"to look: {halt['next']}")
        cluster.api.delete(names.path("resourcequotas", cluster.namespace, QUOTA))
        # The controller has backed off for up to a minute by now.
        until(lambda: len(cluster.nodes()) == 3, 120, f"{gone} is made after all")

        kept = next(node.name for node in cluster.nodes()
                    if node.name not in (gone, cluster.leader()))
        cluster.patch("pods", kept, {"metadata": {"finalizers": [FINALIZER]}})
        second = type_in(ctx, first, "to go on once that is mended")
        told(second, FINALIZER, kept, 120)
        second.finish(expect=5)
        halt = second.result["halt"]
        check((halt["reason"], halt["pod"]) == ("StuckTerminating", kept), f"it stopped for {halt}")
        check(FINALIZER in halt["message"], f"the finalizer is not named: {halt['message']}")
        cluster.patch("pods", kept, {"metadata": {"finalizers": None}})
        last = type_in(ctx, second, "to go on once that is mended")
        last.finish()
    return entry(FROM, TO, [first, second, last], beside)


def beside_openbao(ctx):
    """An init container that fails, a gate nobody opens, a sidecar that is not ready, a Secret
    that is missing, and minReadySeconds: each told by its name, and gone on with once mended."""
    cluster, _ = built(ctx, FROM, (TO, MESH))
    meshed(cluster)
    with watched(ctx, cluster, TO) as beside:
        leader = cluster.leader()
        order = [node.name for node in reversed(cluster.nodes()) if node.name != leader]
        marks(cluster, {f"init-{order[0]}": "closed"})
        first = upgrade(ctx, TO)
        gone = first.until(on("podTerminating")).pod
        check(gone == order[0], f"{gone} goes first, not {order[0]}")
        first.finish(expect=5)
        halt = first.result["halt"]
        check((halt["reason"], halt["pod"]) == ("CrashLoop", gone), f"it stopped for {halt}")
        check(f"init container {INIT}" in halt["message"], f"message {halt['message']}")
        check(any(f"log of {INIT}" in line and "closed" in line for line in halt["evidence"]),
              f"evidence {halt['evidence']}")
        check(not any("another image" in line for line in halt["next"]), f"advice {halt['next']}")

        # A pod sees a mark that changes only within a minute, and starts its init container
        # again only after a while: it is made anew.
        marks(cluster, {f"init-{gone}": None, f"sidecar-{order[1]}": "closed"})
        cluster.delete_pod(int(gone.rsplit("-", 1)[1]))
        second = type_in(ctx, first, "to go on once that is mended")
        told(second, GATE, gone, 180)
        open_gate(cluster, gone)
        told(second, "notAvailable", gone)
        check(second.until(on("podTerminating")).pod == order[1], "another pod goes second")
        open_gate_when_there(cluster, order[1])
        told(second, f"sidecar {SIDECAR}", order[1], 120)
        # Its own volumes come before: the last pod misses one of them.
        unseal = cluster.object("secrets", f"{cluster.name}-unseal-key")
        where = names.path("secrets", cluster.namespace, unseal["metadata"]["name"])
        cluster.api.delete(where)
        marks(cluster, {f"sidecar-{order[1]}": None})
        last = second.until(on("podTerminating"), 240).pod
        told(second, "FailedMount", last)
        body = copy.deepcopy(unseal)
        for field in ("uid", "resourceVersion", "creationTimestamp", "managedFields"):
            body["metadata"].pop(field, None)
        cluster.api.create(names.path("secrets", cluster.namespace), body)
        open_gate_when_there(cluster, last)
        second.finish()
    return entry(FROM, TO, [first, second], beside)


def meshed(cluster):
    """Put an init container, a sidecar, a gate and minReadySeconds into the template, and let
    Kubernetes roll the pods, before anybody upgrades anything."""
    cluster.api.create(names.path("configmaps", cluster.namespace), {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "marks"}, "data": {}})
    # A sidecar that began without its mark heeds none later: it is the old pod's. It only has
    # to be there, as a proxy would.
    mount = [{"name": "marks", "mountPath": "/marks", "readOnly": True},
             {"name": "tmp", "mountPath": "/tmp"}]
    env = [{"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]
    # As the namespace's Pod Security Standard wants it.
    plain = {"image": image_of(MESH), "imagePullPolicy": "IfNotPresent", "env": env,
             "volumeMounts": mount, "securityContext": {
                 "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                 "capabilities": {"drop": ["ALL"]}}}
    cluster.api.merge(names.path("statefulsets", cluster.namespace, cluster.name), {"spec": {
        "minReadySeconds": 15,
        "template": {"spec": {
            "readinessGates": [{"conditionType": GATE}],
            "initContainers": [{
                **plain, "name": INIT, "command": ["/bin/sh", "-c",
                    'if test -e /marks/init-$POD; then echo "the door is closed"; exit 1; fi']}],
            "containers": [*containers(cluster), {
                **plain, "name": SIDECAR, "command": ["/bin/sh", "-c",
                    "test -e /marks/sidecar-$POD || touch /tmp/free; exec sleep 86400"],
                "readinessProbe": {"exec": {"command": [
                    "/bin/sh", "-c", "test -e /tmp/free || test ! -e /marks/sidecar-$POD"]},
                    "periodSeconds": 1, "timeoutSeconds": 10}}],
            "volumes": [*volumes(cluster), {"name": "marks", "configMap": {"name": "marks"}}],
        }}}}, "mesh")
    for ordinal in reversed(range(cluster.shape.replicas)):
        name = f"{cluster.name}-{ordinal}"
        until(lambda name=name: has_sidecar(cluster, name), 180, f"{name} has its sidecar")
        open_gate(cluster, name)
        until(lambda name=name: is_ready(cluster, name), 120, f"{name} is Ready with it")
    cluster.wait()


def containers(cluster):
    """The template's own containers."""
    return template(cluster)["containers"]


def volumes(cluster):
    """The template's own volumes."""
    return template(cluster)["volumes"]


def template(cluster):
    """The template's pod."""
    return cluster.object("statefulsets", cluster.name)["spec"]["template"]["spec"]


def has_sidecar(cluster, name):
    """Whether the pod was made from the template with it."""
    pod = cluster.object("pods", name)
    return pod and any(one["name"] == SIDECAR for one in pod["spec"]["containers"])


def is_ready(cluster, name):
    """Whether Kubernetes says so."""
    pod = cluster.object("pods", name)
    return pod and any(one["type"] == "Ready" and one["status"] == "True"
                       for one in pod["status"].get("conditions", ()))


def marks(cluster, data):
    """What the init container and the sidecar go by."""
    cluster.patch("configmaps", "marks", {"data": data})


def open_gate(cluster, name):
    """Some controller lets clients come."""
    where = names.path("pods", cluster.namespace, name, "status")
    condition = {"type": GATE, "status": "True"}
    cluster.api.request("PATCH", where, {"status": {"conditions": [condition]}},
                        "application/strategic-merge-patch+json")


def open_gate_when_there(cluster, name):
    """The same, once the pod that is on its way is another."""
    before = cluster.object("pods", name)
    uid = before and before["metadata"]["uid"]

    def renewed():
        pod = cluster.object("pods", name)
        return pod and (pod["metadata"]["uid"] != uid or "deletionTimestamp" not in pod["metadata"])

    until(renewed, 60, f"{name} is made anew")
    open_gate(cluster, name)


SCENARIOS = [
    Scenario("pod-refused-and-kept", 4, "a quota that takes no pod, a finalizer that lets none go",
             refused_and_kept),
    Scenario("pod-trouble-beside", 4, "init container, gate, sidecar, Secret, minReadySeconds",
             beside_openbao)]
