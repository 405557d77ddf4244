"""Owns what the API server itself recorded of somebody's requests."""

import json
from collections import Counter

# Requests that store nothing in the cluster: questions, and ways in.
_QUESTIONS = ("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews")
_WAYS_IN = (("serviceaccounts", "token"), ("pods", "portforward"))
_CHANGES = ("create", "update", "patch", "delete", "deletecollection")


class Audit:
    """The requests of one user from now on; not available on somebody else's cluster.

    `requests()` is every one of them once, as the audit log has it (`verb`, `requestURI`,
    `objectRef`, `user`, `impersonatedUser`, `responseStatus`).
    """

    def __init__(self, stack, user):
        self._log, self._user = stack.audit_log, user
        self._from = self._log.stat().st_size if self._log else None

    @property
    def available(self):
        """Whether there is an audit log to read."""
        return self._log is not None

    def requests(self):
        """Each request once, in the order of their beginning."""
        if self._log is None:
            return []
        found = {}
        with open(self._log, "rb") as log:
            log.seek(self._from)
            for line in log:
                # A line that is being written has no end yet.
                if not line.endswith(b"\n") or self._user.encode() not in line:
                    continue
                entry = json.loads(line)
                if entry["user"].get("username") == self._user:
                    # A watch and a port-forward have two: when answered, when over.
                    found[entry["auditID"]] = entry
        return list(found.values())

    def by_verb(self):
        """{verb: how many}, or None without an audit log."""
        return dict(Counter(entry["verb"] for entry in self.requests())) if self.available else None

    def changes(self):
        """Requests that were meant to change something and were not a dry run, in words."""
        return [words(entry) for entry in self.requests() if is_change(entry)]


def is_change(entry):
    """Whether a request was meant to store something.

    Not: get, list and watch; dry runs of all stages; the access reviews; a token request; a
    port-forward.
    """
    ref = entry.get("objectRef", {})
    where = (ref.get("resource"), ref.get("subresource"))
    return (entry["verb"] in _CHANGES and "dryRun=All" not in entry["requestURI"]
            and where[0] not in _QUESTIONS and where not in _WAYS_IN)


def words(entry):
    """One request in a line."""
    acting = entry.get("impersonatedUser", {}).get("username")
    code = entry.get("responseStatus", {}).get("code")
    return f"{entry['verb']} {entry['requestURI']}{f' as {acting}' if acting else ''} -> {code}"
