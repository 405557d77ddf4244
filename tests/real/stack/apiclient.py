"""A small HTTPS client of the Kubernetes API, so that a test need not start kubectl for every look."""

import http.client
import json
import select
import ssl
import threading
import urllib.parse

from .errors import ApiError, StackError

_PATCHES = {
    "merge": "application/merge-patch+json",
    "json": "application/json-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
}


class ApiClient:
    """One identity's connection to one API server; safe to use from several threads."""

    def __init__(self, server, authority, certificate=None, key=None, token=None):
        where = urllib.parse.urlsplit(server)
        self._host, self._port = where.hostname, where.port or 443
        self._tls = ssl.create_default_context(cafile=str(authority))
        if certificate:
            self._tls.load_cert_chain(str(certificate), str(key))
        self._headers = {"Accept": "application/json", "User-Agent": "baoctl-real-stack"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._local = threading.local()

    def request(self, method, path, body=None, content_type=None, headers=None, timeout=30.0):
        """Send one request; returns the decoded answer (text when it is not JSON, None when empty).

        `content_type` is a media type or one of merge, json, strategic, apply; a PATCH without one
        is a merge patch. Raises `ApiError` for status 400 and up, `StackError` when unreachable.
        """
        kind = _PATCHES.get(content_type, content_type)
        kind = kind or (_PATCHES["merge"] if method == "PATCH" else "application/json")
        sent = dict(self._headers, **(headers or {}))
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
            sent["Content-Type"] = kind
        connection = self._connection(timeout)
        try:
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._drop()
            raise StackError(f"{method} {path}: {type(error).__name__}: {error}") from error
        return _decoded(method, path, answer.status, text)

    def watch(self, path, timeout=300, version=None):
        """Yield (type, object) of a watch on a collection's path; ends when the server ends it.

        Without `version` the watch begins with an ADDED for everything that exists.
        """
        query = {"watch": "1", "timeoutSeconds": str(int(timeout))}
        if version:
            query["resourceVersion"] = version
        join = "&" if "?" in path else "?"
        connection = self._fresh(timeout + 10)
        try:
            connection.request("GET", path + join + urllib.parse.urlencode(query), headers=self._headers)
            answer = connection.getresponse()
            if answer.status >= 400:
                _decoded("WATCH", path, answer.status, answer.read())
            for line in answer:
                event = json.loads(line)
                yield event["type"], event["object"]
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise StackError(f"WATCH {path}: {type(error).__name__}: {error}") from error
        finally:
            connection.close()

    def _connection(self, timeout):
        kept = getattr(self._local, "connection", None)
        # A kept connection with something to read was closed by the server: a restart, for instance.
        if kept is not None and kept.sock is not None and not select.select([kept.sock], [], [], 0)[0]:
            kept.sock.settimeout(timeout)
            return kept
        self._drop()
        self._local.connection = self._fresh(timeout)
        return self._local.connection

    def _fresh(self, timeout):
        return http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=self._tls)

    def _drop(self):
        kept = getattr(self._local, "connection", None)
        self._local.connection = None
        if kept is not None:
            kept.close()


def _decoded(method, path, status, text):
    try:
        body = json.loads(text) if text else None
    except ValueError:
        body = text.decode(errors="replace")
    if status >= 400:
        raise ApiError(method, path, status, body)
    return body
