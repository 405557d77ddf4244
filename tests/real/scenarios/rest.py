"""Owns the questions asked at the end of every run that finished: is all at rest again?"""

import copy
import time

from fixture import (foreign_ownership, foreign_status_owners, names,
                     replay_operator_status_applies)
from fixture.shape import IMAGES

from .secrecy import leaks

# baoctl's Lease, the events and whatever belongs to one pod or is made anew by Kubernetes
# come and go; the upgrade account is made by any first upgrade and stays.
_KINDS = ("openbaoclusters", "statefulsets", "services", "configmaps", "secrets",
          "serviceaccounts", "poddisruptionbudgets", "jobs", "roles", "rolebindings",
          "persistentvolumeclaims", "limitranges", "resourcequotas")
_OWN_PREFIX = "baoctl.openbao.org/"


class Before:
    """What must be as it was: taken from a cluster at rest, before baoctl touches it."""

    def __init__(self, cluster, operator=True):
        self.cluster, self.operator = cluster, operator
        self.version = cluster.resource()["spec"]["version"]
        self.paused = cluster.resource()["spec"].get("paused")
        self.objects = _objects(cluster)
        self.image = cluster.object("statefulsets", cluster.shape.set_name)["spec"]["template"][
            "spec"]["containers"][0]["image"]
        self.uids = pod_uids(cluster)
        self.resting = resting(cluster, self.version, self.image)

    def untouched(self):
        """What baoctl changed although it was to change nothing; one line each."""
        now = Before(self.cluster, self.operator)
        found = [f"{what}: {then!r} became {there!r}" for what, then, there in (
            ("spec.version", self.version, now.version), ("spec.paused", self.paused, now.paused),
            ("image", self.image, now.image), ("pods", self.uids, now.uids)) if then != there]
        return found + differences(self.resting, now.resting) + foreign(self.cluster)


def pod_uids(cluster):
    """{pod: UID} of the servers, read replicas included."""
    return {node.name: node.uid
            for node in cluster.nodes() + cluster.nodes(read_replicas=True)}


def foreign(cluster):
    """Leftover ownership, annotations and holders of baoctl's; one line each."""
    found = []
    resource = cluster.resource()
    if owned := foreign_ownership(cluster):
        found.append(f"managedFields: {owned}")
    if owned := foreign_status_owners(cluster):
        found.append(f"status fields of other owners: {owned}")
    for what, meta in [("the resource", resource["metadata"])] + [
            (f"StatefulSet {item['metadata']['name']}", item["metadata"])
            for item in cluster.api.get(names.path("statefulsets", cluster.namespace))["items"]]:
        left = [key for key in meta.get("annotations", {})
                if key.startswith(_OWN_PREFIX) or key == names.MAINTENANCE]
        if left:
            found.append(f"annotations of {what}: {left}")
    if resource.get("status", {}).get("operationLock"):
        found.append(f"operationLock: {resource['status']['operationLock']}")
    if holder := lease_holder(cluster):
        found.append(f"the lease is held by {holder}")
    return found


def lease_holder(cluster):
    """Who holds baoctl's lease; None when it is released or there is none."""
    found = cluster.api.get(f"/apis/coordination.k8s.io/v1/namespaces/{cluster.namespace}"
                            f"/leases/baoctl-{cluster.name}")
    return ((found or {}).get("spec") or {}).get("holderIdentity") or None


def at_rest(ctx, before, to, image=None, secrets=(), seconds=30, held=False, running=None):
    """Raise AssertionError with everything that is not at rest on version `to`.

    Polls while the operator's stand-in takes the resource back. `held` allows a lease whose
    holder was killed after its last write. `running` is the image of the pods where admission
    made another one of it.
    """
    image = image or f"{IMAGES}:{to}"
    deadline = time.monotonic() + seconds
    while (found := _restless(before, to, image, held, running or image)) and time.monotonic() < deadline:
        time.sleep(0.5)
    found += leaks(ctx, before.cluster, secrets)
    if found:
        raise AssertionError("not at rest: " + "; ".join(found))


def _restless(before, to, image, held, running):
    cluster, found = before.cluster, []
    resource = cluster.resource()
    spec, status = resource["spec"], resource.get("status", {})
    for what, is_now, due in (
            ("spec.version", spec["version"], to), ("spec.image", spec.get("image"), image),
            ("currentVersion", status.get("currentVersion"), to),
            ("status.upgrade", status.get("upgrade"), None),
            ("spec.paused", spec.get("paused"), before.paused),
            ("phase", status.get("phase"), "Running")):
        if is_now != due:
            found.append(f"{what} is {is_now!r}, not {due!r}")
    found += [text for text in foreign(cluster) if not (held and text.startswith("the lease"))]
    if refused := replay_operator_status_applies(cluster):
        found.append(f"the operator's applies are refused: {refused}")
    found += _pods(before, to, running)
    found += differences(before.resting, resting(cluster, to, image, running))
    if before.operator:
        late = [condition["type"] for condition in status["conditions"]
                if condition["observedGeneration"] != resource["metadata"]["generation"]]
        if late:
            found.append(f"conditions of an earlier generation: {late}")
    return found


def _pods(before, to, image):
    cluster, found = before.cluster, []
    for name in [cluster.name] + [f"{cluster.name}-read"] * bool(cluster.shape.read_replicas):
        spec = cluster.object("statefulsets", name)
        update, status = spec["spec"]["updateStrategy"], spec["status"]
        if update["type"] != "RollingUpdate" or (update.get("rollingUpdate") or {}).get("partition", 0):
            found.append(f"the strategy of {name} is {update}")
        if status["observedGeneration"] != spec["metadata"]["generation"] or (
                status["updateRevision"] != status["currentRevision"]):
            found.append(f"StatefulSet {name} is not settled: {status}")
    nodes = cluster.nodes() + cluster.nodes(read_replicas=True)
    wrong = [f"{node.name} {node.image}" for node in nodes if node.image != image or not node.ready]
    versions = {**cluster.versions(), **cluster.versions(read_replicas=True)}
    wrong += [f"{pod} says {version}" for pod, version in versions.items() if version != to]
    stayed = [pod for pod, uid in pod_uids(cluster).items() if before.uids.get(pod) == uid]
    if wrong or (stayed and before.image != image):
        found.append(f"pods: {wrong}, not replaced: {stayed}")
    if cluster.leader() is None:
        found.append("nobody leads")
    return found


def resting(cluster, version, *images):
    """The cluster's objects as a flat {path: value}, without what names version, image, time."""
    resource = copy.deepcopy(cluster.resource())
    kept = {"spec": resource["spec"], "status": resource.get("status", {})}
    for key in ("activeLeader", "observedGeneration"):
        kept["status"].pop(key, None)
    kept["status"]["conditions"] = {
        condition["type"]: f"{condition['status']} {condition['reason']}"
        for condition in kept["status"].get("conditions", ())}
    kept["metadata"] = {key: resource["metadata"].get(key)
                        for key in ("labels", "annotations", "finalizers", "ownerReferences")}
    kept["managers"] = sorted({f"{entry['manager']} {entry.get('subresource', '')}"
                               for entry in resource["metadata"].get("managedFields", ())})
    sets = cluster.api.get(names.path("statefulsets", cluster.namespace))["items"]
    for item in sets:
        spec, name = copy.deepcopy(item["spec"]), item["metadata"]["name"]
        # The operator has no such stanza at rest; these values are what its absence means.
        stanza = spec["updateStrategy"].pop("rollingUpdate", None) or {}
        spec["updateStrategy"].update({key: value for key, value in stanza.items() if value !=
                                       {"partition": 0, "maxUnavailable": 1}.get(key)})
        kept[f"statefulset {name}"] = {"spec": spec, "metadata": {
            key: item["metadata"].get(key) for key in ("labels", "annotations", "ownerReferences")}}
    kept["objects"] = dict.fromkeys(_objects(cluster), True)
    flat = _flat(kept)
    return {path: "(image)" if value in images else "(version)" if value == version else value
            for path, value in flat.items()}


def differences(before, after):
    """What two of `resting` differ in; one line each."""
    return [f"{path} was {before.get(path)!r} and is {after.get(path)!r}"
            for path in sorted({*before, *after}) if before.get(path) != after.get(path)]


def _objects(cluster):
    own = names.upgrade_account(cluster.name)
    found = set()
    for plural in _KINDS:
        for item in cluster.api.get(names.path(plural, cluster.namespace))["items"]:
            if item["metadata"]["name"] != own:
                found.add(f"{plural}/{item['metadata']['name']}")
    return sorted(found)


def _flat(value, path=""):
    if isinstance(value, dict):
        return {key: leaf for name, inner in value.items()
                for key, leaf in _flat(inner, f"{path}.{name}" if path else name).items()}
    if isinstance(value, list):
        return {key: leaf for place, inner in enumerate(value)
                for key, leaf in _flat(inner, f"{path}[{place}]").items()}
    return {path: value}
