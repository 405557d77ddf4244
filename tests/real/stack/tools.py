"""The pinned programs: built from source by Go, once per pin."""

import os
import re
import subprocess

from . import cache
from .errors import StackError
from .paths import PINS
from .progress import long_part

_VERSION = "k8s.io/component-base/version"


def _kubernetes_flags(version):
    # Without these the server calls itself v0.0.0 and clients misjudge the version skew.
    major, minor = version.lstrip("v").split(".")[:2]
    values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    return " ".join(f"-X {_VERSION}.{name}={value}" for name, value in values.items())


# Folder below pins/, module whose version is told, packages, build tags, what it takes from cold.
_TOOLS = [
    (
        "kubernetes",
        "k8s.io/kubernetes",
        [
            f"k8s.io/kubernetes/cmd/{name}"
            for name in (
                "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet", "kubectl",
            )
        ],
        "",
        "about 7 minutes on 2 cores",
    ),
    ("etcd", "go.etcd.io/etcd/server/v3", ["go.etcd.io/etcd/server/v3"], "", "about half a minute"),
    (
        "containerd",
        "github.com/containerd/containerd/v2",
        [f"github.com/containerd/containerd/v2/cmd/{name}" for name in ("containerd", "containerd-shim-runc-v2", "ctr")],
        "no_btrfs,no_zfs,no_devmapper",
        "about 2 minutes",
    ),
    ("coredns", "github.com/coredns/coredns", ["github.com/coredns/coredns"], "", "about 1.5 minutes"),
    ("pause", None, ["."], "", "seconds"),
]


def build_all():
    """Build what the cache lacks; return the folders that hold the programs, in no special order."""
    return [_build(*tool) for tool in _TOOLS]


def _build(name, module, packages, tags, cost):
    source = PINS / name
    version = _pinned(source, module) if module else ""
    linker = "-s -w " + (_kubernetes_flags(version) if name == "kubernetes" else "")
    # etcd's main package is called `server`: name the program ourselves when there is one.
    single = {"etcd": "etcd", "coredns": "coredns", "pause": "pause"}.get(name)
    files = [(source / file).read_bytes() for file in ("go.mod", "go.sum", "main.go") if (source / file).exists()]
    pins = cache.key(linker, tags, *packages, *files)

    def build(folder):
        target = f"{folder}/{single}" if single else f"{folder}/"
        command = ["go", "build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", linker]
        command += ["-tags", tags] if tags else []
        command += ["-o", target, *packages]
        environment = dict(os.environ, CGO_ENABLED="0", GOFLAGS="", GOWORK="off")
        with long_part(f"building {name} {version} from source ({cost})"):
            done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise StackError(f"building {name} failed:\n{done.stderr[-4000:]}")

    return cache.entry(name, pins, build)


def _pinned(source, module):
    found = re.search(rf"^\s*(?:require )?{re.escape(module)} (v\S+)", (source / "go.mod").read_text(), re.M)
    if not found:
        raise StackError(f"{source / 'go.mod'} does not pin {module}")
    return found.group(1)
