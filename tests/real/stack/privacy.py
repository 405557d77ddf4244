"""Hiding the machine's own folders from the cluster: what it writes there must vanish with it."""

import os
import subprocess
from pathlib import Path

from .errors import StackError
from .network import NODE_IP

# Folders that containerd, runc and CNI use by name, on memory.
_OWN = ("/run", "/var/lib/cni")
# What the kubelet insists on for the whole machine; it reads and writes these copies instead.
_TUNABLES = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}


def hide_host(workdir):
    """Mount over the shared folders, inside the sandbox's own mount namespace."""
    for folder in _OWN:
        _make(folder)
        _mount("-t", "tmpfs", "-o", "mode=0755", "tmpfs", folder)
    # On disk: the kubelet wants to know the size of the file system below it.
    for own, folder in ((workdir / "state" / "kubelet", "/var/lib/kubelet"), (workdir / "logs" / "var-log", "/var/log")):
        own.mkdir(parents=True, exist_ok=True)
        _make(folder)
        _mount("--bind", own, folder)
    for name, value in _TUNABLES.items():
        if not os.path.exists(f"/proc/sys/{name}"):
            continue
        copy = Path("/run") / name.replace("/", "-")
        copy.write_text(value + "\n")
        _mount("--bind", copy, f"/proc/sys/{name}")
    resolver = workdir / "resolv.conf"
    resolver.write_text(f"search svc.cluster.local cluster.local\nnameserver {NODE_IP}\n")
    target = Path(os.path.realpath("/etc/resolv.conf"))
    if not target.exists():
        # It pointed into /run, which is ours by now.
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _mount("--bind", resolver, target)


def _make(folder):
    """Make a folder below /var/lib that the machine lacks, without making it on the machine."""
    if os.path.isdir(folder):
        return
    scratch = "/run/var-lib"
    for name in ("upper", "work"):
        os.makedirs(f"{scratch}/{name}", exist_ok=True)
    options = f"lowerdir=/var/lib,upperdir={scratch}/upper,workdir={scratch}/work"
    _mount("-t", "overlay", "-o", options, "overlay", "/var/lib")
    os.makedirs(folder)


def _mount(*arguments):
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise StackError(f"mount {' '.join(map(str, arguments))} failed: {done.stderr.strip()}")
