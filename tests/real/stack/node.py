"""The node's programs with their configuration: containerd, kubelet, kube-proxy, CoreDNS."""

import json
import shutil
import subprocess

from . import images
from .component import Component
from .errors import StackError
from .network import NODE_IP, POD_RANGE
from .packages import search_path
from .paths import CNI_PLUGINS

NAME = "real"
SOCKET = "/run/containerd/containerd.sock"

_CONTAINERD = """version = 3
root = "{root}"
state = "/run/containerd"
disabled_plugins = ["io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]

[grpc]
address = "{socket}"

[plugins."io.containerd.cri.v1.images"]
snapshotter = "overlayfs"

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "{pause}"

[plugins."io.containerd.cri.v1.runtime"]
disable_apparmor = true
restrict_oom_score_adj = true
netns_mounts_under_state_dir = true

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["{plugins}"]
conf_dir = "{cni}"

[plugins."io.containerd.cri.v1.runtime".containerd]
default_runtime_name = "runc"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
BinaryName = "{runc}"
SystemdCgroup = false
"""

_COREFILE = """cluster.local in-addr.arpa {{
    bind {ip}
    errors
    kubernetes cluster.local in-addr.arpa {{
        kubeconfig {config}
        pods insecure
        ttl 1
    }}
}}
. {{
    bind {ip}
    template ANY ANY {{
        rcode NXDOMAIN
    }}
}}
"""


def containerd(state, logs):
    """The container runtime; its root is in the state folder, everything else below /run."""
    config = state / "containerd.toml"
    config.write_text(
        _CONTAINERD.format(
            root=state / "containerd", socket=SOCKET, pause=images.PAUSE, plugins=CNI_PLUGINS, cni=state / "cni",
            runc=shutil.which("runc", path=search_path()),
        )
    )
    return Component("containerd", ["containerd", "--config", config, "--log-level", "info"], logs)


def containerd_answers():
    return subprocess.run(["ctr", "--address", SOCKET, "version"], capture_output=True).returncode == 0


def import_image(reference, scratch, pause_program):
    """Load an image into containerd's store, where the kubelet finds it."""
    command = ["ctr", "--address", SOCKET, "--namespace", "k8s.io", "images", "import", "--local", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as ctr:
        try:
            images.write(ctr.stdin, reference, scratch, pause_program)
        except BrokenPipeError:
            # ctr has ended early, and says why.
            pass
        _, said = ctr.communicate()
    if ctr.returncode:
        raise StackError(f"importing {reference} failed: {said.decode(errors='replace').strip()[-800:]}")


def tag_by_digest(reference):
    """Give an imported image its name by digest as well; returns the digest."""
    command = ["ctr", "--address", SOCKET, "--namespace", "k8s.io", "images"]
    listed = subprocess.run([*command, "ls", f"name=={reference}"], capture_output=True, text=True, check=True).stdout
    digest = next(word for word in listed.split() if word.startswith("sha256:"))
    by_digest = f"{reference.rsplit(':', 1)[0]}@{digest}"
    subprocess.run([*command, "tag", "--force", reference, by_digest], capture_output=True, check=True)
    return digest


def kubelet(state, logs, certificates, config):
    """The kubelet, for either version of cgroups, with nothing held back for the system."""
    settings = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": NODE_IP,
        "port": 10250,
        "healthzBindAddress": "127.0.0.1",
        "tlsCertFile": str(certificates.kubelet[0]),
        "tlsPrivateKeyFile": str(certificates.kubelet[1]),
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(certificates.authority)},
        },
        "authorization": {"mode": "Webhook"},
        "containerRuntimeEndpoint": f"unix://{SOCKET}",
        "clusterDNS": [NODE_IP],
        "clusterDomain": "cluster.local",
        "resolvConf": "/etc/resolv.conf",
        "failCgroupV1": False,
        "cgroupDriver": "cgroupfs",
        "cgroupsPerQOS": False,
        "enforceNodeAllocatable": [],
        "makeIPTablesUtilChains": False,
        "failSwapOn": False,
        "serializeImagePulls": False,
        "evictionHard": {"memory.available": "0%", "nodefs.available": "0%", "imagefs.available": "0%",
                         "nodefs.inodesFree": "0%", "imagefs.inodesFree": "0%"},
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
    }
    path = state / "kubelet.json"
    path.write_text(json.dumps(settings, indent=1))
    arguments = [
        "kubelet", f"--config={path}", f"--kubeconfig={config}", f"--hostname-override={NAME}",
        f"--node-ip={NODE_IP}", "--root-dir=/var/lib/kubelet",
    ]
    return Component("kubelet", arguments, logs)


def proxy(state, logs, config):
    """kube-proxy; it masquerades everything, because two pods on one bridge would answer past it."""
    settings = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "clientConnection": {"kubeconfig": str(config)},
        "clusterCIDR": POD_RANGE,
        "hostnameOverride": NAME,
        "nftables": {"masqueradeAll": True, "minSyncPeriod": "0s"},
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        "healthzBindAddress": "127.0.0.1:10256",
        "metricsBindAddress": "127.0.0.1:10249",
    }
    path = state / "kube-proxy.json"
    path.write_text(json.dumps(settings, indent=1))
    return Component("kube-proxy", ["kube-proxy", f"--config={path}"], logs)


def dns(state, logs, config):
    """CoreDNS on the node's own address; names outside the cluster do not exist."""
    path = state / "Corefile"
    path.write_text(_COREFILE.format(ip=NODE_IP, config=config))
    return Component("coredns", ["coredns", "-conf", path], logs)
