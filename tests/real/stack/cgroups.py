"""A control group of a run's own, in every hierarchy, that the cluster takes for the root."""

import ctypes
import os
import subprocess
import time
from pathlib import Path

from .errors import StackError
from .progress import say

_ROOT = Path("/sys/fs/cgroup")
_CLONE_NEWCGROUP = 0x02000000


def enter(name):
    """Move this process into the group `name`, and make that the root of all it can see.

    containerd puts pods below /k8s.io whatever the kubelet asks for; this way that is below the
    run's own group, where two clusters do not meet and one removal takes everything.
    """
    hierarchies = _hierarchies()
    for folder, _, _ in hierarchies:
        own = folder / name
        own.mkdir(exist_ok=True)
        for file in ("cpuset.cpus", "cpuset.mems"):
            # The first version's cpusets begin empty, and admit no process until they are not.
            if (folder / file).exists() and (own / file).exists() and not (own / file).read_text().strip():
                (own / file).write_text((folder / file).read_text())
        (own / "cgroup.procs").write_text("0")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWCGROUP):
        raise StackError(f"cannot make a cgroup namespace: {os.strerror(ctypes.get_errno())}")
    for folder, kind, options in hierarchies:
        _run("umount", "--lazy", folder)
        _run("mount", "-t", kind, *(["-o", options] if options else []), kind, folder)
        if kind == "cgroup2" and (folder / "cgroup.controllers").read_text().strip():
            # A group that hands controllers to its children may hold no process itself.
            (folder / "init").mkdir(exist_ok=True)
            (folder / "init" / "cgroup.procs").write_text("0")


def remove(name):
    """Remove the group and all below it, as soon as the kernel has buried its last process."""
    found = [path for path in (_ROOT / name, *_ROOT.glob(f"*/{name}")) if path.is_dir() and not path.parent.is_symlink()]
    for path in found:
        deadline = time.monotonic() + 10
        while path.exists():
            try:
                for folder, _, _ in os.walk(path, topdown=False):
                    os.rmdir(folder)
            except OSError as error:
                if time.monotonic() > deadline:
                    say(f"cannot remove the cgroup {path}: {error}")
                    break
                time.sleep(0.02)
    return bool(found)


def _hierarchies():
    """(folder, type, options) of every mounted hierarchy."""
    found = []
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, folder, kind, options = line.split()[:4]
        if kind == "cgroup2":
            found.append((Path(folder), kind, ""))
        elif kind == "cgroup":
            general = {"rw", "ro", "relatime", "nosuid", "nodev", "noexec", "noatime"}
            kept = [o for o in options.split(",") if o not in general and not o.startswith("release_agent=")]
            found.append((Path(folder), kind, ",".join(kept)))
    return found


def _run(*command):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True)
    if done.returncode:
        raise StackError(f"{' '.join(map(str, command))} failed: {done.stderr.strip()}")
