"""Owns the real counterpart of each fault kind that the scenario files use."""

import signal
from datetime import datetime, timedelta, timezone

from fixture import names, processes
from fixture.api import ApiError
from fixture.shape import IMAGES
from fixture.waiting import until
from scenarios.disturbed import SOMEBODY, meddle
from scenarios.leading import SlowDownload
from scenarios.snapshots import filled

from .scenario_file import seconds

CRASHING = f"{IMAGES}:crash"
# As the embedded cluster names another baoctl.
_STRANGER = "baoctl/somebody/other"
_LEASE_S = 15


class World:
    """What faults strike: the cluster, the stack below it, and the process that runs now."""

    def __init__(self, ctx, cluster):
        self.ctx, self.cluster, self.stack, self.run = ctx, cluster, ctx.stack, None

    def strike(self, planned):
        """Do one; returns (how long it lasts or None, how to end it), or None."""
        on = self._who(planned.what["on"]) if "on" in planned.what else None
        self.ctx.say(f"  {planned.kind}" + (f" on {on}" if on else ""))
        lasts = seconds(planned.what["for"]) if "for" in planned.what else None
        undo = KINDS[planned.kind](self, planned.what, on)
        return None if undo is None else (lasts, undo)

    def _who(self, who):
        """A pod by its name or by what it is now, as `baoctl rehearse` reads it."""
        if who not in ("leader", "standby"):
            return who
        leader = until(self.cluster.leader, 20, "somebody leads", every=0.05)
        if who == "leader":
            return leader
        return next(pod for pod in self.cluster.shape.pods() if pod != leader)


def _delete_pod(world, what, pod):
    world.cluster.api.delete(names.path("pods", world.cluster.namespace, pod))


def _drain(world, what, pod):
    body = {"apiVersion": "policy/v1", "kind": "Eviction",
            "metadata": {"name": pod, "namespace": world.cluster.namespace}}
    try:
        world.cluster.api.create(names.path("pods", world.cluster.namespace, pod, "eviction"), body)
        world.ctx.say(f"  {pod} is evicted")
    except ApiError as error:
        if error.status != 429:
            raise
        world.ctx.say(f"  the budget refuses the eviction of {pod}")


def _kill_node(world, what, pod):
    processes.send(processes.of(world.cluster, pod), signal.SIGKILL)


def _freeze_node(world, what, pod):
    pids = processes.of(world.cluster, pod)
    processes.send(pids, signal.SIGSTOP)
    return lambda: processes.send(pids, signal.SIGCONT)


def _suspend(world, what, _):
    run = world.run
    run.signal(signal.SIGSTOP)
    return lambda: run.running and run.signal(signal.SIGCONT)


def _hold_download(world, what, pod):
    leader = world.cluster.leader()
    if pod != leader:
        raise AssertionError(f"a download is held on the leader alone; {leader} leads, not {pod}")
    return SlowDownload(world.cluster).close


def _api_down(world, what, _):
    world.stack.stop_apiserver(kill=True)
    return world.stack.start_apiserver


def _step_down(world, what, _):
    world.cluster.admin("PUT", "sys/step-down")


def _unpause(world, what, _):
    meddle(world.cluster, {"paused": False})


def _set_version(world, what, _):
    meddle(world.cluster, {"version": what["to"]})


def _set_partition(world, what, _):
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": int(what["to"])}}
    world.cluster.patch("statefulsets", world.cluster.name, {"spec": {"updateStrategy": strategy}}, SOMEBODY)


def _unschedulable(world, what, _):
    world.cluster.cordon(True)
    return lambda: world.cluster.cordon(False)


def _second_driver(world, what, _):
    """Another baoctl takes the lease if nobody alive has it, and is gone at once."""
    cluster = world.cluster
    where = f"/apis/coordination.k8s.io/v1/namespaces/{cluster.namespace}/leases/baoctl-{cluster.name}"
    now = datetime.now(timezone.utc)
    found = cluster.api.get(where)
    if not found:
        world.ctx.say("  there is no lease yet that another baoctl could take")
        return
    spec = found.get("spec") or {}
    if spec.get("holderIdentity") and spec.get("renewTime"):
        renewed = datetime.fromisoformat(spec["renewTime"][:19] + "+00:00")
        if now - renewed < timedelta(seconds=spec.get("leaseDurationSeconds", _LEASE_S)):
            raise AssertionError(f"{spec['holderIdentity']} holds the lease and is alive")
    cluster.api.merge(where, {"spec": {
        "holderIdentity": _STRANGER, "leaseDurationSeconds": _LEASE_S,
        "renewTime": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}}, SOMEBODY)


def _nothing(world, what, _):
    """It was so from the beginning: the image is what it is."""


KINDS = {
    "apiDown": _api_down, "crashLoop": _nothing, "deletePod": _delete_pod, "drain": _drain,
    "freezeNode": _freeze_node, "holdDownload": _hold_download, "imageMissing": _nothing,
    "killNode": _kill_node, "secondDriver": _second_driver, "setPartition": _set_partition,
    "setVersion": _set_version, "stepDown": _step_down, "suspend": _suspend, "unpause": _unpause,
    "unschedulable": _unschedulable,
}
# These need processes or programs of this machine.
_OF_THE_STACK = {"apiDown", "freezeNode", "killNode"}
# These are about the StatefulSet that a rolling upgrade works on.
_OF_ONE_SET = {"holdDownload", "setPartition"}


def unknown(file, local=True):
    """What of a scenario has no real counterpart; one line each."""
    found = []
    for planned in file.faults:
        if planned.kind == "crash":
            if planned.write and planned.after:
                found.append("a crash so long after a write has no real counterpart")
            continue
        if planned.kind not in KINDS:
            found.append(f"the fault {planned.kind} has no real counterpart; there are: crash, "
                         f"{', '.join(sorted(KINDS))}")
        elif planned.write:
            found.append(f"{planned.kind} at a write has no real counterpart: only a crash can be placed there")
        elif planned.kind == "imageMissing" and (
                not file.image or file.image.startswith(f"{IMAGES}:")):
            found.append("imageMissing needs `image:` with a name that is in no registry")
        elif planned.kind == "crashLoop" and file.image != CRASHING:
            found.append(f"crashLoop needs `image: {CRASHING}`")
        elif planned.kind in _OF_ONE_SET and file.blue_green:
            found.append(f"{planned.kind} has no real counterpart under blue/green")
        elif planned.what.get("on") == "standby" and file.blue_green:
            found.append("there are standbys of both colours: the pod has to be named")
        elif planned.kind in _OF_THE_STACK and not local:
            found.append(f"{planned.kind} needs a cluster of this machine")
    return found


def prepare(cluster, file):
    """What must be there before the run so that its faults can strike."""
    if any(planned.kind == "holdDownload" for planned in file.faults):
        # A small snapshot is gone before anybody can hold it.
        filled(cluster)
        cluster.wait()
