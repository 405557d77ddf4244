"""The few Debian packages the stack needs."""

import os
import shutil
import subprocess

from .errors import StackError
from .paths import CNI_PLUGINS
from .progress import long_part

# Package, and a path or program whose presence says that it is there.
_NEEDED = [
    ("runc", "runc"),
    ("containernetworking-plugins", str(CNI_PLUGINS / "bridge")),
    ("nftables", "nft"),
    ("busybox-static", "/bin/busybox"),
    ("iproute2", "ip"),
    ("util-linux", "unshare"),
    ("openssl", "openssl"),
    ("mount", "mount"),
]


def _present(sign):
    return os.path.exists(sign) if sign.startswith("/") else shutil.which(sign, path=search_path())


def search_path():
    """The search path with the folders of system programs, which not every root shell has."""
    return os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"


def install_missing():
    """Install what is missing; nothing at all happens when everything is there."""
    missing = [package for package, sign in _NEEDED if not _present(sign)]
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise StackError(f"these programs are missing, and apt-get is not here to install them: {', '.join(missing)}")
    with long_part(f"installing Debian packages: {' '.join(missing)}"):
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
        ):
            done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if done.returncode:
                raise StackError(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-3000:]}")
