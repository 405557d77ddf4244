"""Owns the decision trace: what one run of baoctl decided, read from its event stream.

A trace is a list of steps. A step is an act (its kind, its target, by which write), the beginning
of a process, or its end (exit code, halt, standing). Each step carries the waits that were told
after it and before the next one: blocker kind and pod, without numbers.

Two things that chance decides make no step of their own. An act that met somebody else's write is
decided anew: refused and repeated it is one step. And progress that is taken back and published
again, because a look fell into the moment between a pod's end and its successor's beginning, is
left out, as most looks miss that moment. One thing has no order: the members of a colour that goes
are removed as the leader lists them, which is as they once joined; removals next to one another are
sorted.

Beside the steps a trace holds its facts: the plan, preflight's objections, the leader moves, the
point of no return, the warnings. They are facts of the run and have no place among the steps,
because what was seen first of two things that happen at once is chance.

At the end of a process stand its exit code, its halt and how the cluster stood: who serves is left
out while a pod that the halt is not about was on its way, for it may be back by then or not.

Of a process that was killed, what came after its last act is left out but for the end itself, and
so is an act that was only begun: the kill comes a moment sooner or later.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from .acts import act, anonymous

# A wait that goes on after an act is not told again. Shorter gaps are the act's own time.
_UNTOLD = 1.0
# Waits for a pod that comes and goes.
_UNDER_WAY = ("podTerminating", "podMissing", "podNotReady", "awaitingReplacement", "nodeSilent", "nodeSealed")
# In the error of an act whose precondition somebody else's write had made untrue.
_MET = "changed meanwhile"


@dataclass
class Wait:
    """One blocker between two steps: when it was told first and last, how long it stood in all."""

    first: float
    last: float
    seconds: float


@dataclass
class Step:
    """A decision, and what was waited for after it: {blocker in words: Wait}."""

    text: str
    waits: dict = field(default_factory=dict)
    # The ordinals that a `publish` calls done.
    published: frozenset = None
    # It makes a member none.
    removal: bool = False

    def take(self, waits):
        """Adds waits that were told later."""
        for name, wait in waits.items():
            before = self.waits.get(name, Wait(wait.first, wait.last, 0.0))
            self.waits[name] = Wait(before.first, wait.last, before.seconds + wait.seconds)


@dataclass
class Trace:
    """The steps and the facts of one scenario's run, all its processes together."""

    steps: list = field(default_factory=list)
    facts: list = field(default_factory=list)

    @property
    def moves(self):
        """The leader moves, in words: chance decides who is elected."""
        return [fact for fact in self.facts if fact.startswith("leader ")]


def read(lines):
    """The trace of a whole event stream; several processes follow one another in it."""
    trace = Trace()
    for number, process in enumerate(processes(lines)):
        _Process(trace, first=number == 0).take(process)
    trace.steps = _with_removals_sorted(_without_relapses(trace.steps))
    return trace


def processes(lines):
    """The decoded events and results of each process of a stream.

    A real process begins with its schema. The rehearsal numbers the events of all its processes in
    one row, and a fault may strike before the first of them says a word: each has one preflight.
    """
    found, examined = [[]], False
    for text in lines:
        try:
            line = json.loads(text)
        except ValueError:
            # The last line of a process that was killed in the middle of it.
            continue
        preflight = line.get("event", {}).get("type") == "preflightDone"
        if "schema" in line or (preflight and examined):
            found.append([])
            examined = False
        examined |= preflight
        if "seq" in line or "result" in line:
            found[-1].append(line)
    return [process for process in found if process]


def _without_relapses(steps):
    """Without the pairs `publish less`, `publish as before`; their waits go to the step before."""
    kept = []
    for step in steps:
        kept.append(step)
        if step.published is None:
            continue
        told = [one for one in kept if one.published is not None]
        if len(told) >= 3 and told[-1].published == told[-3].published > told[-2].published and kept[-2] is told[-2]:
            again, less = kept.pop(), kept.pop()
            for one in (less, again):
                kept[-1].take(one.waits)
    return kept


def _with_removals_sorted(steps):
    """Removals of members next to one another by name; what was waited for stands with the last."""
    found = []
    for removal, row in groupby(steps, key=lambda step: step.removal):
        row = list(row)
        if removal:
            together = Step("")
            for one in row:
                together.take(one.waits)
                one.waits = {}
            row.sort(key=lambda step: step.text)
            row[-1].waits = together.waits
        found += row
    return found


def _undialled(one):
    """A node that was not asked, because the attempt before it took too long.

    The rehearsal speaks to the nodes above the connections (src/bao/connections.rs), so there is
    no pause between two dials in it, and nothing to compare.
    """
    return one["kind"] == "nodeSilent" and "not dialled again yet" in one.get("why", "")


def blocker(one):
    """A blocker in words: its kind, and the pod it is about."""
    pod = one.get("pod") or one.get("node") or one.get("leader") or one.get("pool")
    if one["kind"] == "unseen":
        pod = one["what"]
    return f"{one['kind']} {pod}" if pod else one["kind"]


def seconds(stamp):
    """An event's time in seconds; it has nanoseconds, Python has not."""
    whole, _, rest = stamp.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{whole}+00:00").timestamp() + float(f"0.{rest or 0}")


class _Process:
    """The fold over the lines of one process."""

    def __init__(self, trace, first):
        self._trace, self._first = trace, first
        self._steps, self._facts = [Step("start")], []
        # What had been told when the last act began: all that counts of a killed process.
        self._kept = 0
        self._open, self._told, self._since = [], [], None
        self._failed, self._conflict, self._under_way = None, False, False
        # The latest step is an act whose end was not told yet.
        self._begun = False

    def take(self, lines):
        result, now = None, None
        for line in lines:
            if "result" in line:
                result = line["result"]
                continue
            now, event = seconds(line["at"]), line["event"]
            self._event(event["type"], event, now)
        if now is not None:
            self._close(now)
        if result is None:
            del self._facts[self._kept:]
            if self._begun:
                self._steps.pop()
            self._steps[-1].waits.clear()
        self._refused()
        self._steps.append(Step(_end(result, self._under_way)))
        if result is not None and result.get("halt") is None and result.get("error"):
            self._steps[-1].text += f", {result['error'].get('code')}"
        self._trace.steps += self._steps
        self._trace.facts += self._facts

    def _event(self, kind, event, now):
        if kind == "actionStarted":
            self._close(now)
            self._begin(event["action"])
        elif kind == "actionDone":
            self._failed, self._since, self._begun = None, now, False
        elif kind == "actionFailed":
            self._begun = False
            self._failed, self._since = act(event["action"]), now
            self._conflict = _MET in event["error"]
        elif kind == "waiting":
            self._close(now)
            self._open = self._told = [blocker(one) for one in event["blockers"] if not _undialled(one)]
            self._under_way = any(one["kind"] in _UNDER_WAY for one in event["blockers"])
            self._since = now
        elif kind == "runStarted":
            self._steps[0].text = "resume" if event["resumed"] else "start"
            self._steps[0].text += f" {event['from']} to {event['to']}"
        elif kind in ("halted", "finished"):
            self._close(now)
        elif kind == "podReady":
            # What is told of it next is something else, however long that takes.
            self._told = [one for one in self._told if one != f"podNotReady {event['pod']}"]
        else:
            self._facts += _facts(kind, event, self._first)

    def _begin(self, action):
        text = act(action)
        if self._failed == text:
            self._failed = None
        else:
            self._refused()
            published = frozenset(action["completedPods"]) if action["kind"] == "publish" else None
            self._steps.append(Step(text, published=published, removal=action.get("change") == "remove"))
            self._begun = True
        self._kept = len(self._facts)

    def _refused(self):
        """An act that failed and was not repeated; one that met another's write was overtaken by it."""
        if self._failed is not None and not self._conflict:
            self._steps[-1].text += ", refused"
        self._failed = None

    def _close(self, now):
        """Adds the wait that ends now to the step it followed."""
        waited = self._open
        if not waited and self._since is not None and now - self._since >= _UNTOLD:
            waited = self._told
        if waited and self._since is not None:
            self._steps[-1].take({one: Wait(self._since, now, now - self._since) for one in waited})
        self._open, self._since = [], None


def _facts(kind, event, first):
    if kind == "planned":
        plan = event["plan"]
        return [f"plan: order {plan['order']} ({plan['orderReason']}), {plan['leader']} leads, "
                f"{plan['leaderMoves']} leader moves, {len(plan['steps'])} steps, "
                f"no return after step {plan.get('pointOfNoReturn')}"]
    if kind == "preflightDone" and first:
        # Later processes look at a cluster in the middle of a change.
        return [f"preflight: {one['id']} {one['verdict']}" for one in event["findings"]
                if one["verdict"] not in ("pass", "skipped")]
    if kind == "leaderChanged":
        how = "as planned" if event["planned"] else "unasked"
        return [f"leader {event['from']} to {event['to']} {event['version']}, {how}"]
    if kind == "pointOfNoReturn":
        return [f"no return: {event['node']} {event['version']}, older: {sorted(event['olderVoters'])}"]
    if kind == "warning":
        return [f"warning: {anonymous(event['message'])}"]
    if kind == "operatorQuiet":
        return ["the operator acknowledged" if event["acknowledged"] else "the operator left no trace"]
    return []


def _end(result, under_way):
    if result is None:
        return "killed"
    text = f"exit {result['exitCode']}, {result['outcome']}"
    if halt := result.get("halt"):
        text += f", {halt['reason']}" + (f" {halt['pod']}" if halt.get("pod") else "")
    if standing := result.get("standing"):
        text += f", {'a' if standing['leader'] else 'no'} leader"
        if not (under_way and halt and not halt.get("pod")):
            text += f", {standing['serving']} of {standing['voters']} serving, sealed: {standing['sealed']}"
    return text
