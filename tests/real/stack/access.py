"""What a test does with any cluster, its own or somebody else's: requests, kubectl, identities."""

import json
import subprocess

from . import kubeconfig
from .apiclient import ApiClient
from .errors import NotAvailable, StackError
from .waiting import until


class Access:
    """The part of the interface that both kinds of cluster share.

    Attributes: `kubeconfig` (path, of an administrator), `workdir` (folder for files of this run),
    `server` (URL), `authority` (path of the CA certificate), `audit_log` (path, or None).
    """

    audit_log = None
    local = False

    def __init__(self, workdir, server, authority, admin_config, admin_client):
        self.workdir = workdir
        self.server = server
        self.authority = authority
        self.kubeconfig = admin_config
        self._clients = {None: admin_client}
        self._identities = workdir / "identities"
        self._identities.mkdir(parents=True, exist_ok=True)

    def api(self, method, path, body=None, content_type=None, user=None, headers=None, timeout=30.0):
        """Send one request to the API server and return the decoded answer; safe from any thread.

        `body` is an object (sent as JSON), text or bytes. `content_type` is a media type, or one of
        `merge` (what a PATCH is by default), `json`, `strategic`, `apply`. `user` is a name given to
        `kubeconfig_for` or `service_account_kubeconfig` before, or None for the administrator.
        Raises `ApiError` (`.status`, `.reason`, `.message`, `.body`) or `StackError` (unreachable).
        """
        if user not in self._clients:
            raise StackError(f"no identity {user}: call kubeconfig_for first")
        return self._clients[user].request(method, path, body, content_type, headers, timeout)

    def watch(self, path, timeout=300, version=None):
        """Yield (type, object) of a watch on a collection; ends when the server ends it."""
        return self._clients[None].watch(path, timeout, version)

    def kubectl(self, *arguments, input=None, check=True, timeout=120.0):
        """Run kubectl as the administrator; returns the finished process with `.stdout`, `.stderr`.

        `input` is the text of standard input. With `check`, an exit code other than 0 raises
        `StackError` with what kubectl said.
        """
        command = ["kubectl", f"--kubeconfig={self.kubeconfig}", *map(str, arguments)]
        done = subprocess.run(command, input=input, capture_output=True, text=True, timeout=timeout)
        if check and done.returncode:
            raise StackError(f"kubectl {' '.join(map(str, arguments))}: {done.stderr.strip() or done.stdout.strip()}")
        return done

    def apply(self, *objects):
        """`kubectl apply --server-side` of objects, in one call, as the field manager `fixture`."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        self.kubectl("apply", "--server-side", "--force-conflicts", "--field-manager=fixture", "-f", "-", input=text)

    def service_account_kubeconfig(self, namespace, name, seconds=3600):
        """Mint a token for a ServiceAccount; returns the path of a kubeconfig with it.

        The identity's name for `api(user=...)` is `system:serviceaccount:NAMESPACE:NAME`.
        """
        answer = self.api(
            "POST", f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token",
            {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": seconds}},
        )
        token = answer["status"]["token"]
        user = f"system:serviceaccount:{namespace}:{name}"
        self._clients[user] = self._client(token=token)
        path = self._identities / f"{namespace}-{name}.token.kubeconfig"
        return kubeconfig.write(path, self.server, self.authority, user, token=token)

    def delete_namespace(self, name, seconds=60.0):
        """Delete a namespace and wait until it is gone; one that does not exist is fine."""
        self.kubectl("delete", "namespace", name, "--ignore-not-found", "--wait=false")

        def gone():
            return self.kubectl("get", "namespace", name, check=False).returncode != 0

        until(f"namespace {name} to be gone", gone, seconds, every=0.25)

    def kubeconfig_for(self, user, groups=()):
        """Mint a client certificate for any user and groups; returns the path of its kubeconfig."""
        raise NotImplementedError

    def ensure_image(self, reference):
        """Make an image available to the node."""
        raise NotAvailable(f"images cannot be put on an external cluster ({reference})")

    def restart_apiserver(self, seconds_down=0.0):
        """End the API server and start it again; returns when it is ready."""
        raise NotAvailable("the API server of an external cluster cannot be restarted")

    def stop_apiserver(self):
        """End the API server, without starting it again."""
        raise NotAvailable("the API server of an external cluster cannot be stopped")

    def start_apiserver(self):
        """Start the API server after `stop_apiserver`; returns when it is ready."""
        raise NotAvailable("the API server of an external cluster cannot be started")

    def cut_port_forwards(self):
        """Cut every open port-forward, exec and log stream; returns how many connections were cut."""
        raise NotAvailable("the connections of an external cluster cannot be cut")

    def _client(self, certificate=None, key=None, token=None):
        return ApiClient(self.server, self.authority, certificate, key, token)


def file_name(user):
    """A user's name as part of a file's name."""
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in user)
