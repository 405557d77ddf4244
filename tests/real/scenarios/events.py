"""Owns one line of baoctl's event stream, and the questions asked of it."""

import json


class Event:
    """One event: `type`, `action` (its kind, for the three action events), `pod`, `body`.

    `seen` is when the line arrived, on the clock of time.monotonic().
    """

    def __init__(self, line, seen):
        self.seq, self.seen, self.body = line["seq"], seen, line["event"]
        self.type = self.body["type"]
        action = self.body.get("action") or {}
        self.action = action.get("kind")
        where = action.get("pod") or action.get("node") or {}
        self.pod = self.body.get("pod") or where.get("name")

    @property
    def label(self):
        """The event in a few words, for messages and file names."""
        return "-".join(part for part in (self.type, self.action, self.pod) if part)

    def __repr__(self):
        return f"{self.seq}:{self.label}"


def on(kind, action=None, pod=None):
    """A predicate: events of this type, action and pod. Its `label` names it."""
    def matches(event):
        return (event.type == kind and action in (None, event.action)
                and pod in (None, event.pod))

    matches.label = "-".join(part for part in (kind, action, pod) if part)
    return matches


def started(action, pod=None):
    """An act is about to be performed."""
    return on("actionStarted", action, pod)


def done(action, pod=None):
    """An act was performed."""
    return on("actionDone", action, pod)


def entered(phase):
    """A phase of a blue/green upgrade was written."""
    return _of(done("writePhase"), "writePhase", phase, lambda action: action["status"].get("phase"))


def member(change):
    """A member was promoted, demoted or removed, as far as that was asked for."""
    return _of(done("changeMember"), "changeMember", change, lambda action: action["change"])


def _of(act, kind, wanted, told):
    """A predicate: this act, where it tells this."""
    def matches(event):
        return act(event) and told(event.body["action"]) == wanted

    matches.label = f"actionDone-{kind}-{wanted}"
    return matches


def first_of(points):
    """A predicate: whichever of these comes first."""
    def matches(event):
        return any(point(event) for point in points)

    matches.label = " or ".join(point.label for point in points)
    return matches


class Stream:
    """Takes the lines of `-o ndjson` in: schema, events, result; anything else is a fault."""

    SCHEMA = "baoctl.openbao.org/events/v1"

    def __init__(self):
        self.schema, self.result, self.events, self.faults = None, None, [], []

    def take(self, text, seen):
        """Take one line; returns its event, if it is one."""
        try:
            line = json.loads(text)
            if not isinstance(line, dict):
                raise ValueError("no object")
        except ValueError as error:
            self.faults.append(f"not JSON ({error}): {text[:200]}")
            return None
        if self.result is not None:
            self.faults.append(f"a line after the result: {text[:200]}")
        if "schema" in line:
            if self.schema or self.events:
                self.faults.append("the schema is not the first line")
            self.schema = line["schema"]
        elif "result" in line:
            self.result = line["result"]
        elif "seq" in line:
            event = Event(line, seen)
            if event.seq != len(self.events) + 1:
                self.faults.append(f"event {event.seq} where {len(self.events) + 1} was due")
            self.events.append(event)
            return event
        else:
            self.faults.append(f"an unknown line: {text[:200]}")
        return None

    def complaints(self):
        """What is wrong with a stream that has come to its end."""
        found = list(self.faults)
        if self.schema != self.SCHEMA:
            found.append(f"the first line names the schema {self.schema}")
        if self.result is None:
            found.append("the last line is no result")
        return found
