"""Owns what is asked of a BlueGreen cluster: at rest on one revision, and between its two colours."""

import time
from dataclasses import dataclass

from fixture import coloured, config, names, replay_operator_status_applies

from .rest import differences, foreign, resting
from .secrecy import leaks

# What a first blue/green upgrade leaves beside the version: a status of its own, and an error of
# the first minute gone that the operator itself never clears.
# Volumes are asked for by themselves.
_GAINED = ("status.blueGreen.", "status.workload.lastError.", "status.conditions.Degraded",
           "objects.persistentvolumeclaims/data-")
_REVISED = "(revision)"


@dataclass
class Colours:
    """The two shapes of one cluster; `blue` is what it was built as."""

    cluster: object
    blue: object
    green: object

    @classmethod
    def of(cls, cluster, to):
        return cls(cluster, cluster.shape, cluster.shape.of(to))

    def list(self, plural, **query):
        """The objects of one kind in the namespace."""
        return self.cluster.api.get(names.path(plural, self.cluster.namespace), **query)["items"]

    def names(self, plural):
        """Their names, sorted."""
        return sorted(item["metadata"]["name"] for item in self.list(plural))

    def endpoints(self):
        """The pods that the public Service leads to, sorted."""
        slices = self.list("endpointslices", labelSelector=f"kubernetes.io/service-name={self.cluster.name}-public")
        return sorted(endpoint["targetRef"]["name"] for one in slices for endpoint in one["endpoints"] or ()
                      if endpoint["conditions"].get("ready") is not False)

    def readers(self):
        """The read replicas' StatefulSet and their pods' names, which have no colour: two lists."""
        count, name = self.blue.read_replicas or 0, f"{self.cluster.name}-read"
        return [name] if count else [], [f"{name}-{ordinal}" for ordinal in range(count)]

    def served(self):
        """The revision that the public Service selects."""
        service = self.cluster.object("services", f"{self.cluster.name}-public")
        return service["spec"]["selector"].get(names.REVISION)

    def claims(self, shape):
        """{claim: UID} of the revision's volumes."""
        wanted = {f"data-{pod}" for pod in shape.pods()}
        return {item["metadata"]["name"]: item["metadata"]["uid"]
                for item in self.list("persistentvolumeclaims") if item["metadata"]["name"] in wanted}

    def uids(self, shape):
        """{pod: UID} of the revision's servers."""
        return {node.name: node.uid for node in self.cluster.nodes() if node.name in shape.pods()}

    def serving(self, shape):
        """How the revision serves: its pods, their leader and members, and where clients are led.

        By what its own pods say: whoever else leads, leads another cluster.
        """
        leading = [node for node in self.cluster.nodes() if node.name in shape.pods() and node.leads()]
        told = [node.ask("GET", "sys/storage/raft/configuration", token=self.cluster.token(), timeout=5.0)
                for node in leading]
        return {"pods": self.uids(shape), "leader": [node.name for node in leading],
                "members": [{peer["node_id"]: peer["voter"] for peer in answer.data["config"]["servers"]}
                            for answer in told],
                "served": self.served(), "endpoints": self.endpoints()}

    def both(self, voting, serving):
        """What is not as between two acts: both colours run, one votes, leads and serves."""
        found = []
        idle = self.green if voting is self.blue else self.blue
        wanted = {**dict.fromkeys(voting.pods(), True), **dict.fromkeys(idle.pods(), False)}
        readers = dict.fromkeys(self.readers()[1], False)
        if (peers := self.cluster.peers()) != wanted | readers:
            found.append(f"the members are {peers}")
        if self.cluster.leader() not in voting.pods():
            found.append(f"{self.cluster.leader()} leads")
        if self.served() != serving.revision or self.endpoints() != serving.pods():
            found.append(f"the Service leads to {self.served()}: {self.endpoints()}")
        away = [node.name for node in self.cluster.nodes() if not node.ready or node.leaving]
        if away or len(self.cluster.nodes()) != len(wanted):
            found.append(f"pods: {[node.name for node in self.cluster.nodes()]}, not Ready: {away}")
        versions = {pod: shape.version for shape in (self.blue, self.green) for pod in shape.pods()}
        if (now := self.cluster.versions()) != versions:
            found.append(f"the servers say {now}")
        if not self.cluster.caught_up():
            found.append("a server is behind")
        return found


def at_rest(ctx, before, colours, shape, gone=(), seconds=30):
    """Raise AssertionError with everything that is not at rest on the revision `shape`.

    `gone` are shapes of which no volume may be left. Polls while the stand-in of the operator
    takes the resource back.
    """
    deadline = time.monotonic() + seconds
    while (found := _restless(before, colours, shape, gone)) and time.monotonic() < deadline:
        time.sleep(0.5)
    found += leaks(ctx, colours.cluster, ())
    if found:
        raise AssertionError("not at rest: " + "; ".join(found))


def _restless(before, colours, shape, gone):
    cluster, blue = colours.cluster, colours.blue
    resource = cluster.resource()
    spec, status = resource["spec"], resource.get("status", {})
    own = status.get("blueGreen") or {}
    rendered = coloured.server(shape)
    configs = {f"{cluster.name}-config": rendered, coloured.config_map(shape): rendered,
               f"{cluster.name}-config-init": config.self_init(shape)}
    stored = {item["metadata"]["name"]: item["data"].get("config.hcl") for item in colours.list("configmaps")
              if item["metadata"]["name"].startswith(f"{cluster.name}-config")}
    nodes = cluster.nodes()
    read_set, readers = colours.readers()
    servers = cluster.object("statefulsets", shape.set_name) or {"spec": {}, "status": {}}
    found = [f"{what} is {now!r}, not {due!r}" for what, now, due in (
        ("spec.version", spec["version"], shape.version), ("spec.image", spec.get("image"), shape.image),
        ("currentVersion", status.get("currentVersion"), shape.version),
        ("spec.paused", spec.get("paused"), before.paused), ("phase", status.get("phase"), "Running"),
        ("status.upgrade", status.get("upgrade"), None),
        ("status.blueGreen", {key: value for key, value in own.items() if value not in (None, 0, "")},
         own and {"phase": "Idle", "blueRevision": shape.revision, "blueImage": shape.image}),
        ("the StatefulSets", colours.names("statefulsets"), sorted([shape.set_name, *read_set])),
        ("the ConfigMaps", sorted(stored), sorted(configs)),
        ("the members", cluster.peers(), dict.fromkeys(shape.pods(), True) | dict.fromkeys(readers, False)),
        ("the pods", [node.name for node in nodes if node.ready and not node.leaving], shape.pods()),
        ("all pods", [node.name for node in nodes], shape.pods()),
        ("the versions", cluster.versions(), dict.fromkeys(shape.pods(), shape.version)),
        ("the pods' images", sorted({node.image for node in nodes}), [shape.image]),
        ("the Service's revision", colours.served(), shape.revision),
        ("the endpoints", colours.endpoints(), shape.pods()),
        ("the strategy", servers["spec"].get("updateStrategy"), {"type": "OnDelete"}),
        ("volumes", sorted(colours.claims(shape)), [f"data-{pod}" for pod in shape.pods()]),
        *((f"volumes of {one.revision}", sorted(colours.claims(one)), []) for one in gone),
    ) if now != due]
    if shape == colours.green and not own:
        found.append("status.blueGreen is not there")
    then = {pod: uid for pod, uid in before.uids.items() if pod in blue.pods()}
    if shape == blue and colours.uids(blue) != then:
        found.append("a pod of blue was replaced")
    if cluster.leader() not in shape.pods():
        found.append(f"{cluster.leader()} leads")
    if before.operator:
        found += [f"ConfigMap {name} is not the operator's" for name, text in configs.items()
                  if stored.get(name) != text]
        late = [condition["type"] for condition in status["conditions"]
                if condition["observedGeneration"] != resource["metadata"]["generation"]]
        if late:
            found.append(f"conditions of an earlier generation: {late}")
    found += foreign(cluster)
    if refused := replay_operator_status_applies(cluster):
        found.append(f"the operator's applies are refused: {refused}")
    then = _unrevised(before.resting, blue)
    now = _unrevised(resting(cluster, shape.version, blue.image, colours.green.image), shape)
    found += [line for line in differences(then, now) if not line.startswith(_GAINED)]
    return found


def _unrevised(flat, shape):
    """The same without the revision's name, which stands in paths and in values."""
    def without(text):
        return text.replace(shape.revision, _REVISED) if isinstance(text, str) else text

    return {without(path): without(value) for path, value in flat.items()}


def shared(colours):
    """{object: managers} where baoctl owns a field beside the operator, which forces its own."""
    found = {}
    for plural in ("statefulsets", "services", "configmaps"):
        for item in colours.list(plural):
            managers = {entry["manager"] for entry in item["metadata"].get("managedFields", ())}
            if own := sorted(one for one in managers if one.startswith("baoctl")):
                found[f"{plural}/{item['metadata']['name']}"] = own
    return found
