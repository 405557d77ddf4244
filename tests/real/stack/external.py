"""Any other disposable cluster, named by a kubeconfig, behind the interface of `Stack`."""

import base64
import json
import shutil
import subprocess
import time
from pathlib import Path

from . import kubeconfig
from .access import Access, file_name
from .apiclient import ApiClient
from .errors import ApiError, NotAvailable, StackError
from .waiting import until

_REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"


class ExternalStack(Access):
    """A cluster somebody else runs (kind, k3d): no logs, no restarts, images are its own business."""

    def __init__(self, path, workdir):
        if not shutil.which("kubectl"):
            raise StackError("--kubeconfig needs kubectl on the search path")
        shown = subprocess.run(
            ["kubectl", f"--kubeconfig={path}", "config", "view", "--raw", "--minify", "--flatten", "-o", "json"],
            capture_output=True, text=True,
        )
        if shown.returncode:
            raise StackError(f"cannot read {path}: {shown.stderr.strip()}")
        config = json.loads(shown.stdout)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        folder = Path(workdir) / "external"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

        def unpacked(holder, field):
            if field not in holder:
                return None
            (folder / field).write_bytes(base64.b64decode(holder[field]))
            return folder / field

        authority = unpacked(cluster, "certificate-authority-data")
        certificate, key = unpacked(user, "client-certificate-data"), unpacked(user, "client-key-data")
        if not authority or not (certificate or user.get("token")):
            raise StackError(f"{path} must hold a CA and a client certificate or token (no login programs)")
        self._folder = folder
        client = ApiClient(cluster["server"], authority, certificate, key, user.get("token"))
        super().__init__(Path(workdir), cluster["server"], authority, Path(path).resolve(), client)

    def kubeconfig_for(self, user, groups=()):
        """As for `Stack`, by a certificate request that is approved at once; not for system:masters."""
        if "system:masters" in groups:
            raise NotAvailable("an external cluster signs no certificate for system:masters")
        path = self._identities / f"{file_name(user)}.kubeconfig"
        if user in self._clients:
            return path
        key, request = self._folder / f"{file_name(user)}.key", self._folder / f"{file_name(user)}.csr"
        subject = "".join(f"/O={group}" for group in groups) + f"/CN={user}"
        made = subprocess.run(
            ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", key, "-out", request, "-subj", subject],
            capture_output=True, text=True,
        )
        if made.returncode:
            raise StackError(f"openssl req failed: {made.stderr.strip()}")
        name = f"baoctl-real-{time.time_ns()}"
        asked = self.api("POST", _REQUESTS, {
            "metadata": {"name": name},
            "spec": {
                "signerName": "kubernetes.io/kube-apiserver-client",
                "usages": ["client auth"],
                "request": base64.b64encode(request.read_bytes()).decode(),
            },
        })
        asked["status"] = {"conditions": [{"type": "Approved", "status": "True", "reason": "Test", "message": "test"}]}
        self.api("PUT", f"{_REQUESTS}/{name}/approval", asked)
        signed = until(
            f"the certificate of {user}",
            lambda: self.api("GET", f"{_REQUESTS}/{name}").get("status", {}).get("certificate"),
        )
        certificate = self._folder / f"{file_name(user)}.crt"
        certificate.write_bytes(base64.b64decode(signed))
        self.api("DELETE", f"{_REQUESTS}/{name}")
        kubeconfig.write(path, self.server, self.authority, user, certificate, key)
        self._clients[user] = self._client(certificate, key)
        return path

    def ensure_image(self, reference):
        """Published OpenBao versions come from the cluster's registry; the stack's own images do not exist."""
        if not reference.startswith("docker.io/openbao/openbao:") or reference.endswith(":crash"):
            raise NotAvailable(f"{reference} exists only on the stack's own node")

    def digest(self, reference):
        """Not to be had without the node's image store."""
        raise NotAvailable(f"the digest of {reference} is not known on an external cluster")

    def ensure_images(self, *references):
        """`ensure_image` for several."""
        for reference in references:
            self.ensure_image(reference)

    def grant_plain_admin(self):
        """The user `plain-admin`, as on `Stack`: cluster-admin by RBAC, not in system:masters."""
        binding = {
            "metadata": {"name": "plain-admin"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "plain-admin"}],
        }
        try:
            self.api("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding)
        except ApiError as error:
            if error.status != 409:
                raise
        return self.kubeconfig_for("plain-admin")
