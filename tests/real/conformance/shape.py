"""Owns what a scenario's cluster is on real servers: the fixture's words for the file's."""

from fixture.shape import IMAGES

# As in `baoctl rehearse`, where a file says nothing.
DEFAULTS = {
    "name": "prod", "namespace": "vault", "version": "2.6.2", "repository": IMAGES, "replicas": "3",
    "leader": "1", "readReplicas": "0", "operator": "january", "gracePeriod": "30", "budget": "true",
    "readsConfiguration": "false", "paused": "false", "lock": "", "strategy": "rollingUpdate",
}
# What the fixture makes in one way only.
_FIXED = ("name", "namespace", "repository", "gracePeriod", "budget", "readsConfiguration")
_OPERATORS = ("january", "today", "absent", "stuck")
_STRATEGIES = ("rollingUpdate", "blueGreen")


def of(file):
    """The whole description of a scenario's cluster."""
    return {**DEFAULTS, **file.cluster}


def unknown(file):
    """What of it real clusters are not made with; one line each."""
    cluster = of(file)
    found = [f"cluster.{key} is always {DEFAULTS[key]} on real servers" for key in _FIXED
             if cluster[key] != DEFAULTS[key]]
    found += [f"cluster.{key} has no real counterpart" for key in sorted(set(cluster) - set(DEFAULTS))]
    if cluster["operator"] not in _OPERATORS:
        found.append(f"cluster.operator {cluster['operator']} has no real counterpart")
    elif (cluster["operator"] == "today") != (cluster["readReplicas"] != "0"):
        found.append("real read replicas come with `operator: today`, and the other way round")
    if cluster["strategy"] not in _STRATEGIES:
        found.append(f"cluster.strategy {cluster['strategy']} has no real counterpart")
    elif file.blue_green and cluster["operator"] not in ("january", "absent"):
        found.append(f"there is no real operator `{cluster['operator']}` under blue/green")
    elif not file.blue_green and file.soak:
        found.append("soak is of blue/green alone")
    return found + [f"{key} has no real counterpart" for key in file.more]


def built_with(file):
    """How `scenarios.base.built` is asked for it."""
    cluster, told = of(file), {"version": of(file)["version"], "replicas": int(of(file)["replicas"])}
    if cluster["operator"] == "stuck":
        return {**told, "shape": "stuck", "target": file.to}
    if cluster["operator"] == "today":
        told.update(shape="today", read_replicas=int(cluster["readReplicas"]))
    if file.blue_green:
        # Autopilot's own rounds of 10 s, in which votes are given and taken in the embedded
        # cluster as well.
        told.update(blue_green=True, autopilot=None)
    if cluster["paused"] == "true":
        told["paused"] = True
    if told["replicas"] > 1:
        told["leader"] = int(cluster["leader"])
    return told


def command(file):
    """What is typed, as the rehearsal does (`src/commands/rehearse/typed.rs`)."""
    cluster = of(file)
    kind = "bluegreen" if file.blue_green else "rolling"
    on = (cluster["name"], "-n", cluster["namespace"])
    stuck = cluster["operator"] == "stuck"
    words = ["resume", *on, "--take-over"] if stuck else ["upgrade", kind, *on, "--to", file.to]
    if file.image and not stuck:
        words += ["--image", file.image]
    if file.order:
        words += ["--order", file.order]
    if file.soak:
        words += ["--soak", file.soak]
    if cluster["replicas"] == "1":
        words.append("--allow-downtime")
    if cluster["version"] < "2.7" <= file.to:
        words += ["--accept-one-way", "--allow-no-snapshot"]
    if cluster["lock"]:
        words.append("--as-operator")
    return [*words, "--yes"]
