"""The cache folder: an entry per tool and pin, appearing whole or not at all."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile

from . import paths
from .progress import say


def key(*parts):
    """A short name for a set of pins: any change of one byte gives another."""
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:16]


@contextlib.contextmanager
def locked(name):
    """Hold the lock of one entry, so that two runs do not build the same thing twice."""
    root = paths.cache()
    root.mkdir(parents=True, exist_ok=True)
    with open(root / f"{name}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run that is making {name}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def entry(name, pins, build):
    """The folder of `name` at these pins; `build(folder)` fills it if it does not exist yet.

    The folder is renamed into place when `build` has returned, so one that exists is complete.
    """
    root = paths.cache()
    final = root / f"{name}-{pins}"
    if final.is_dir():
        return final
    with locked(name):
        if final.is_dir():
            return final
        _drop_unfinished(root, name)
        unfinished = tempfile.mkdtemp(prefix=f".{name}-", dir=root)
        try:
            os.chmod(unfinished, 0o755)
            build(unfinished)
            os.rename(unfinished, final)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return final


def _drop_unfinished(root, name):
    # What a killed build left; nobody else is at work on it, because the lock is ours.
    for left in root.glob(f".{name}-*"):
        shutil.rmtree(left, ignore_errors=True)
