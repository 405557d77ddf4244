"""The namespaces in which a cluster lives, and what must be gone after it."""

import ctypes
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from . import cgroups, paths
from .progress import say

_PREFIX = "baoctl-real-"
_PR_SET_PDEATHSIG = 1
# How many finished runs keep their logs.
_KEPT_RUNS = 8
# The parts of a run's folder that are evidence; the rest is the cluster's own data.
_EVIDENCE = {"logs", "scenarios", "lock", "plan.json"}


class Run:
    """One run's folder below target/real, held by a lock as long as the run lives."""

    def __init__(self):
        paths.TARGET.mkdir(parents=True, exist_ok=True)
        while True:
            self.name = secrets.token_hex(3)
            self.folder = paths.TARGET / self.name
            try:
                self.folder.mkdir()
                break
            except FileExistsError:
                continue
        self.cgroup = _PREFIX + self.name
        self._lock = _lock(self.folder, wait=True)

    def begin(self, plan, environment, gateway=None):
        """Start the module `stack.inside` in namespaces of its own; returns it for `attend`.

        Its process namespace ends with its first process, and takes every process, mount and
        network device with it: after any kind of death nothing of that is left to clean.
        """
        file = self.folder / "plan.json"
        file.write_text(json.dumps({**plan, "folder": str(self.folder)}))
        command = [
            "unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "--propagation", "private",
            "--net", "--ipc", sys.executable, "-m", "stack.init", str(file),
        ]
        passed = (gateway.fileno(),) if gateway else ()
        environment = dict(environment, BAOCTL_REAL_CGROUP=self.cgroup)
        return subprocess.Popen(command, env=environment, pass_fds=passed, preexec_fn=_dies_with_parent)

    def clean(self):
        """Remove the run's cgroups, and all of its files but the logs."""
        cgroups.remove(self.cgroup)
        _keep_evidence(self.folder)
        self._lock.close()


def attend(begin):
    """Start sandboxes by calling `begin`, wait until all have ended; returns their exit codes."""
    # Ctrl-C reaches the tests, which end what they do; this process waits for them.
    kept = signal.signal(signal.SIGINT, signal.SIG_IGN)
    children = []
    # A closed terminal is an end as good as any other: stay to clean up.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: [_forward(child.pid) for child in children])
    try:
        for child in begin():
            children.append(child)
        codes = [child.wait() for child in children]
        return [code if code >= 0 else 128 - code for code in codes]
    finally:
        for child in children:
            child.kill()
            child.wait()
        signal.signal(signal.SIGINT, kept)


def sweep():
    """Clean up after runs whose outer process was killed, and drop the oldest logs."""
    finished = []
    for folder in paths.TARGET.glob("*/"):
        if not (folder / "lock").exists():
            continue
        lock = _lock(folder)
        if lock is None:
            continue
        left = [entry.name for entry in folder.iterdir() if entry.name not in _EVIDENCE]
        if cgroups.remove(_PREFIX + folder.name) or left:
            say(f"cleaned up after the interrupted run {folder.name}")
        _keep_evidence(folder)
        finished.append(folder)
        lock.close()
    finished = [folder for folder in finished if folder.exists()]
    finished.sort(key=lambda folder: folder.stat().st_mtime)
    for folder in finished[:-_KEPT_RUNS]:
        shutil.rmtree(folder, ignore_errors=True)


def _lock(folder, wait=False):
    file = open(folder / "lock", "w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        file.close()
        return None
    return file


def _dies_with_parent():
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _forward(pid):
    # unshare itself ignores SIGTERM while it waits; its child is the sandbox's first process.
    try:
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), signal.SIGTERM)
    except (FileNotFoundError, ProcessLookupError):
        # It has ended meanwhile.
        pass


def _keep_evidence(folder):
    for entry in folder.iterdir():
        if entry.name in _EVIDENCE:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink()
    if [entry.name for entry in folder.iterdir()] == ["lock"]:
        shutil.rmtree(folder, ignore_errors=True)
