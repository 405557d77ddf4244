"""Owns the hunt for secrets where none may be: outputs, events, resources, logs."""

import json
import re

from fixture import names

# What no list of known secrets can hold: tokens that baoctl itself obtained.
_SHAPES = (re.compile(r"\b(?:hv)?s\.[A-Za-z0-9]{24,}\b"),
           re.compile(r"\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}"),
           re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"))
_PLURALS = ("openbaoclusters", "statefulsets", "pods", "services", "configmaps",
            "serviceaccounts", "persistentvolumeclaims", "poddisruptionbudgets", "jobs",
            "roles", "rolebindings", "events")


def leaks(ctx, cluster, more=()):
    """Where a secret of this cluster is found in the clear; one line each, without the secret.

    `more` are secrets that the scenario made (tokens of its own identities). Searched are all
    files of the scenario's folder but snapshots and credentials, every object of the namespace
    but Secrets, the container logs of its pods, gone ones too where the node keeps them, and
    the audit log.
    """
    known = [text for text in (*cluster.secrets(), *more) if text]
    # A PEM key spans lines; any of its inner lines gives it away.
    known = [line for text in known for line in text.splitlines()
             if len(line) > 20 and not line.startswith("-----")]
    found = []
    for where, text in _texts(ctx, cluster):
        kinds = [f"a secret of {len(secret)} letters" for secret in known if secret in text]
        kinds += [f"a text like {shape.pattern}" for shape in _SHAPES if shape.search(text)]
        found += [f"{where}: {kind}" for kind in kinds]
    return found


def _texts(ctx, cluster):
    for path in sorted(ctx.workdir.iterdir()):
        if path.suffix in (".stdout", ".stderr", ".arguments"):
            yield path.name, path.read_text(errors="replace")
    for plural in _PLURALS:
        listed = cluster.api.get(names.path(plural, cluster.namespace)) or {}
        for item in listed.get("items", ()):
            yield f"{plural}/{item['metadata']['name']}", json.dumps(item)
    leases = f"/apis/coordination.k8s.io/v1/namespaces/{cluster.namespace}/leases"
    yield "leases", json.dumps(cluster.api.get(leases))
    if ctx.stack.audit_log:
        yield "the audit log", ctx.stack.audit_log.read_text(errors="replace")
    if ctx.stack.local:
        folder = ctx.stack.logs / "var-log" / "pods"
        for path in sorted(folder.glob(f"{cluster.namespace}_*/*/*.log*")):
            yield f"log {path.parent.parent.name}", path.read_text(errors="replace")
    else:
        for node in cluster.nodes() + cluster.nodes(read_replicas=True):
            shown = ctx.stack.kubectl("logs", "-n", cluster.namespace, node.name, check=False)
            yield f"log {node.name}", shown.stdout
