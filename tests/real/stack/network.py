"""The network of one cluster: a bridge in a namespace of its own, with no way out of it."""

import subprocess
from pathlib import Path

from .errors import StackError

BRIDGE = "cni0"
NODE_IP = "10.244.0.1"
POD_RANGE = "10.244.0.0/24"
SERVICE_RANGE = "10.96.0.0/16"
API_SERVICE_IP = "10.96.0.1"
API_SERVER = f"https://{NODE_IP}:6443"


def set_up():
    """Make the bridge that is both the node's address and the pods' switch."""
    _ip("link", "set", "lo", "up")
    # A fixed hardware address: a bridge otherwise takes its ports' and peers keep a stale one.
    _ip("link", "add", BRIDGE, "address", "02:0a:f4:00:00:01", "type", "bridge")
    _ip("address", "add", f"{NODE_IP}/24", "dev", BRIDGE)
    _ip("link", "set", BRIDGE, "up")
    _ip("route", "add", "default", "dev", BRIDGE)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def write_cni(folder):
    """Write the CNI configuration that puts pods on the bridge."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "10-bridge.conflist").write_text(
        """{
  "cniVersion": "1.0.0",
  "name": "pods",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "%s",
      "isGateway": true,
      "hairpinMode": true,
      "ipam": {
        "type": "host-local",
        "dataDir": "/run/cni-addresses",
        "ranges": [[{"subnet": "%s", "rangeStart": "10.244.0.10", "gateway": "%s"}]],
        "routes": [{"dst": "0.0.0.0/0"}]
      }
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
"""
        % (BRIDGE, POD_RANGE, NODE_IP)
    )


def reset_connections(port):
    """Cut every established TCP connection to or from a port of this namespace; listeners stay."""
    done = subprocess.run(
        ["ss", "--kill", "--tcp", "--no-header", "state", "established", f"( dport = :{port} or sport = :{port} )"],
        capture_output=True, text=True,
    )
    if done.returncode:
        raise StackError(f"ss --kill failed: {done.stderr.strip()}")
    return len(done.stdout.splitlines())


def _ip(*arguments):
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise StackError(f"ip {' '.join(arguments)} failed: {done.stderr.strip()}")
