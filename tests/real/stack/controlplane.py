"""The control plane's programs with their arguments: etcd, API server, controllers, scheduler."""

from . import kubeconfig
from .component import Component
from .network import API_SERVER, API_SERVICE_IP, NODE_IP, SERVICE_RANGE

_AUDIT_POLICY = """apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: Metadata}]
"""


class Certificates:
    """Every certificate that the control plane and the node need, made by one authority."""

    def __init__(self, authority):
        self.authority = authority.certificate
        names = "kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local localhost"
        addresses = [API_SERVICE_IP, NODE_IP, "127.0.0.1"]
        self.server = authority.leaf(
            "apiserver", "kube-apiserver", [],
            [f"DNS:{name}" for name in names.split()] + [f"IP:{address}" for address in addresses], server=True,
        )
        self.kubelet = authority.leaf("kubelet", "kubelet", [], [f"IP:{NODE_IP}"], server=True)
        self.admin = authority.leaf("admin", "admin", ["system:masters"])
        self.service_accounts = authority.service_account_keys()
        self.clients = {
            "controller-manager": authority.leaf("controller-manager", "system:kube-controller-manager"),
            "scheduler": authority.leaf("scheduler", "system:kube-scheduler"),
            "node": authority.leaf("node", "system:node:real", ["system:nodes"]),
            "proxy": authority.leaf("proxy", "system:kube-proxy"),
            "coredns": authority.leaf("coredns", "system:coredns", ["system:masters"]),
        }

    def write_kubeconfigs(self, folder):
        """One kubeconfig per client; returns name -> path."""
        return {
            name: kubeconfig.write(folder / f"{name}.kubeconfig", API_SERVER, self.authority, name, *pair)
            for name, pair in self.clients.items()
        }


def etcd(state, logs):
    arguments = [
        "etcd", "--name=real", f"--data-dir={state / 'etcd'}", "--unsafe-no-fsync", "--log-level=warn",
        "--listen-client-urls=http://127.0.0.1:2379", "--advertise-client-urls=http://127.0.0.1:2379",
        "--listen-peer-urls=http://127.0.0.1:2380", "--initial-advertise-peer-urls=http://127.0.0.1:2380",
        "--initial-cluster=real=http://127.0.0.1:2380",
    ]
    return Component("etcd", arguments, logs)


def apiserver(state, logs, certificates, audit_log):
    policy = state / "audit-policy.yaml"
    policy.write_text(_AUDIT_POLICY)
    private, public = certificates.service_accounts
    arguments = [
        "kube-apiserver", "--etcd-servers=http://127.0.0.1:2379", f"--advertise-address={NODE_IP}",
        f"--bind-address={NODE_IP}", "--secure-port=6443", f"--service-cluster-ip-range={SERVICE_RANGE}",
        "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--allow-privileged=true",
        f"--client-ca-file={certificates.authority}",
        f"--tls-cert-file={certificates.server[0]}", f"--tls-private-key-file={certificates.server[1]}",
        f"--kubelet-client-certificate={certificates.admin[0]}", f"--kubelet-client-key={certificates.admin[1]}",
        f"--kubelet-certificate-authority={certificates.authority}",
        # Without it, logs and port-forward would try to resolve the node's name.
        "--kubelet-preferred-address-types=InternalIP",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-signing-key-file={private}", f"--service-account-key-file={public}",
        f"--audit-policy-file={policy}", f"--audit-log-path={audit_log}",
        # Blocking: a line is in the file before the client has its answer. One file, never rotated.
        "--audit-log-mode=blocking", "--audit-log-maxsize=100000",
        # A stop in a test should not wait for the watches of the whole cluster to end by themselves.
        "--shutdown-delay-duration=0s", "--shutdown-send-retry-after=false",
    ]
    return Component("kube-apiserver", arguments, logs)


def controller_manager(logs, certificates, config):
    arguments = [
        "kube-controller-manager", f"--kubeconfig={config}", "--leader-elect=false", "--bind-address=127.0.0.1",
        "--use-service-account-credentials=true", f"--root-ca-file={certificates.authority}",
        f"--service-account-private-key-file={certificates.service_accounts[0]}",
        f"--authentication-kubeconfig={config}", f"--authorization-kubeconfig={config}",
    ]
    return Component("kube-controller-manager", arguments, logs, restarts=True)


def scheduler(logs, config):
    arguments = [
        "kube-scheduler", f"--kubeconfig={config}", "--leader-elect=false", "--bind-address=127.0.0.1",
        f"--authentication-kubeconfig={config}", f"--authorization-kubeconfig={config}",
    ]
    return Component("kube-scheduler", arguments, logs, restarts=True)
