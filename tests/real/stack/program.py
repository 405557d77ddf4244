"""The program under test: the one that BAOCTL names, or this checkout's, built."""

import os
import shutil
import subprocess
from pathlib import Path

from . import paths
from .errors import StackError
from .progress import long_part

_NAME = "BAOCTL"


def prepare():
    """Build baoctl unless BAOCTL names one; cargo decides whether there is anything to do.

    It is the release build: what people install, and what the limits of memory are about.

    Never the newest file that lies about: a build of yesterday's sources would pass for today's.
    """
    if os.environ.get(_NAME):
        if not path().is_file():
            raise StackError(f"{_NAME} names {path()}, which is not there")
        return
    if not shutil.which("cargo"):
        raise StackError("cargo is needed to build baoctl (or name a built one in BAOCTL)")
    with long_part("building baoctl"):
        done = subprocess.run(
            ["cargo", "build", "--locked", "--release", "--quiet", "--bin", "baoctl"],
            cwd=paths.REPOSITORY, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )
    if done.returncode:
        raise StackError(f"baoctl does not build:\n{done.stderr[-3000:]}")
    os.environ[_NAME] = str(paths.REPOSITORY / _target() / "release" / "baoctl")


def path():
    """Where it is; asked after `prepare`."""
    return Path(os.environ[_NAME]).resolve()


def _target():
    return os.environ.get("CARGO_TARGET_DIR") or "target"
