"""The cluster of this machine: brought up inside the sandbox's namespaces, and the object to use it."""

import os
import signal
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import controlplane, images, kubeconfig, network, node, pki
from .access import Access, file_name
from .apiclient import ApiClient
from .errors import ApiError, NotAvailable, StackError
from .progress import say
from .volumes import FolderProvisioner
from .waiting import until

_KUBELET_PORT = 10250
PLAIN_ADMIN = "plain-admin"


def up(workdir):
    """Bring the whole cluster up below `workdir`; returns a `Stack` whose node is Ready.

    Needs namespaces of its own (the sandbox gives them) and the pinned programs on the search
    path. Raises `StackError` with the end of the log of whatever did not start.
    """
    return Stack(Path(workdir))._up()


class Stack(Access):
    """A running cluster. Logs are in `logs`, the audit log in `audit_log`; see `Access` for the rest.

    Everything ends with the process namespace it runs in: there is no `down`.
    """

    local = True

    def __init__(self, workdir):
        self.logs = workdir / "logs"
        self._state = workdir / "state"
        for folder in (self.logs, self._state):
            folder.mkdir(parents=True, exist_ok=True)
        self._authority = pki.Authority(workdir / "pki")
        self._certificates = controlplane.Certificates(self._authority)
        authority, admin = self._certificates.authority, self._certificates.admin
        config = kubeconfig.write(workdir / "admin.kubeconfig", network.API_SERVER, authority, "admin", *admin)
        super().__init__(workdir, network.API_SERVER, authority, config, ApiClient(network.API_SERVER, authority, *admin))
        self.audit_log = self.logs / "audit.log"
        self.admin_certificate = admin
        self._imported = set()
        self._components = []

    def _up(self):
        network.set_up()
        network.write_cni(self._state / "cni")
        configs = self._certificates.write_kubeconfigs(self._state)
        etcd = self._start(controlplane.etcd(self._state, self.logs))
        containerd = self._start(node.containerd(self._state, self.logs))
        self._apiserver = self._start(
            controlplane.apiserver(self._state, self.logs, self._certificates, self.audit_log)
        )
        containerd.ready(node.containerd_answers)
        self.ensure_image(images.PAUSE)
        self._apiserver.ready(self._apiserver_ready)
        if not etcd.running:
            raise StackError(f"etcd ended; see {etcd.log}")
        say("the API server is ready")
        self._start(controlplane.controller_manager(self.logs, self._certificates, configs["controller-manager"]))
        self._start(controlplane.scheduler(self.logs, configs["scheduler"]))
        kubelet = self._start(node.kubelet(self._state, self.logs, self._certificates, configs["node"]))
        self._start(node.proxy(self._state, self.logs, configs["proxy"]))
        self._start(node.dns(self._state, self.logs, configs["coredns"]))
        self._grant_plain_admin()
        FolderProvisioner(self._clients[None], self._state / "volumes").start()
        kubelet.ready(self._node_ready)
        until("the default ServiceAccount", lambda: self.api("GET", "/api/v1/namespaces/default/serviceaccounts/default"))
        self.kubeconfig_for(PLAIN_ADMIN)
        say("the node is ready")
        return self

    def kubeconfig_for(self, user, groups=()):
        """Mint a client certificate for any user and groups; returns the path of its kubeconfig.

        The same user is `api(user=...)` from then on. Asking again gives the same file.
        """
        path = self._identities / f"{file_name(user)}.kubeconfig"
        if user not in self._clients:
            pair = self._authority.leaf(f"user-{file_name(user)}", user, groups)
            kubeconfig.write(path, self.server, self.authority, user, *pair)
            self._clients[user] = self._client(*pair)
        return path

    def ensure_image(self, reference):
        """Put an image on the node, unless that was done before (1 to 2 s for a server).

        Knows `docker.io/openbao/openbao:<version>` for every pinned version, the same with the tag
        `crash`, and `localhost/executor:1`. Raises `StackError` for any other reference.
        """
        if reference not in self._imported:
            with tempfile.TemporaryDirectory(dir=self._state) as scratch:
                node.import_image(reference, Path(scratch), os.environ["BAOCTL_REAL_PAUSE"])
            self._imported.add(reference)

    def digest(self, reference):
        """The digest of an image, by which the node knows it from then on, too."""
        self.ensure_image(reference)
        return node.tag_by_digest(reference)

    def ensure_images(self, *references):
        """`ensure_image` for several, two at a time."""
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self.ensure_image, references))

    def stop_apiserver(self, kill=False):
        """End the API server (SIGTERM; SIGKILL with `kill`), without starting it again."""
        self._apiserver.stop(signal.SIGKILL if kill else signal.SIGTERM)

    def start_apiserver(self):
        """Start the API server after `stop_apiserver`; returns when it is ready."""
        self._apiserver.start().ready(self._apiserver_ready)

    def restart_apiserver(self, seconds_down=0.0, kill=True):
        """End the API server, leave it down for a while, start it; returns when it is ready again.

        Killed by default: asked politely, it first waits for its clients' watches. Returns the
        seconds during which it did not answer.
        """
        begun = time.monotonic()
        self.stop_apiserver(kill)
        time.sleep(seconds_down)
        self.start_apiserver()
        return time.monotonic() - begun

    def cut_port_forwards(self):
        """Cut every connection to the kubelet: open port-forward, exec and log streams end at once.

        Clients keep their connection to the API server and see the stream break, as after a
        network fault between API server and node. Returns how many connections were cut. Raises
        `NotAvailable` where the kernel cannot destroy sockets.
        """
        count = network.reset_connections(_KUBELET_PORT)
        if not count:
            raise NotAvailable("no connection to the kubelet was open, or this kernel cannot destroy sockets")
        return count

    def component(self, name):
        """A program of the cluster by name (kubelet, containerd, ...), with start, stop, ready, log."""
        for component in self._components:
            if component.name == name:
                return component
        raise StackError(f"no component {name}; there are: {', '.join(c.name for c in self._components)}")

    def _start(self, component):
        self._components.append(component)
        return component.start()

    def _apiserver_ready(self):
        return self.api("GET", "/readyz", timeout=2.0) == "ok"

    def _node_ready(self):
        conditions = self.api("GET", f"/api/v1/nodes/{node.NAME}")["status"].get("conditions", [])
        return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)

    def _grant_plain_admin(self):
        # A cluster admin by RBAC alone: unlike system:masters, admission policies can hold it.
        binding = {
            "metadata": {"name": PLAIN_ADMIN},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": PLAIN_ADMIN}],
        }
        try:
            self.api("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding)
        except ApiError as error:
            if error.status != 409:
                raise
