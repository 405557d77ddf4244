"""Writing kubeconfig files."""

import base64
import json
import os
import tempfile
from pathlib import Path


def write(path, server, authority, user, certificate=None, key=None, token=None):
    """Write a kubeconfig (as JSON, which is YAML) with everything inline; returns its path."""
    credentials = {"token": token} if token else {
        "client-certificate-data": _inline(certificate),
        "client-key-data": _inline(key),
    }
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": "real", "cluster": {"server": server, "certificate-authority-data": _inline(authority)}}
        ],
        "users": [{"name": user, "user": credentials}],
        "contexts": [{"name": "real", "context": {"cluster": "real", "user": user}}],
        "current-context": "real",
    }
    path = Path(path)
    # Whoever reads the identity's earlier file meanwhile must find it whole.
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with open(handle, "w") as file:
        file.write(json.dumps(document, indent=1) + "\n")
    os.replace(fresh, path)
    return path


def _inline(path):
    data = path if isinstance(path, bytes) else Path(path).read_bytes()
    return base64.b64encode(data).decode()
