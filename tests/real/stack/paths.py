"""Where everything lives: the repository, its target folder, the cache."""

import os
from pathlib import Path

REAL = Path(__file__).resolve().parent.parent
REPOSITORY = REAL.parent.parent
PINS = REAL / "pins"
TARGET = REPOSITORY / "target" / "real"
CNI_PLUGINS = Path("/usr/lib/cni")


def cache():
    """The folder of built tools and images, shared by every checkout on this machine."""
    named = os.environ.get("BAOCTL_REAL_CACHE")
    if named:
        return Path(named).resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "baoctl-real"
