"""Owns the comparison of two traces, and how a difference is shown.

Steps must be the same in the same order. After each step the same waits must have been told, but
for those that one side may miss (`passing`). Of two waits that both sides told, both sides must
not disagree about which was over before the other began. Facts must be the same, those of one
kind in the same order.
"""

import difflib

from .passing import may_be_missed

_NAMES = ("real servers", "embedded cluster")


def differences(real, embedded):
    """The lines of a unified diff from the real run to the embedded one; none when they agree."""
    left, right = _facts(real), _facts(embedded)
    for ours, theirs in _pairs(real.steps, embedded.steps):
        told, also = _waits(ours, theirs)
        left += _shown(ours, told)
        right += _shown(theirs, also)
    return list(difflib.unified_diff(left, right, *_NAMES, lineterm="", n=3))


def shown(trace):
    """A whole trace as lines for people: facts, steps, and how long each wait was told."""
    lines = _facts(trace)
    for step in trace.steps:
        lines.append(step.text)
        lines += [f"    {name} ({wait.seconds:.1f} s)" for name, wait in
                  sorted(step.waits.items(), key=lambda item: (item[1].first, item[0]))]
    return lines


def distance(lines):
    """How far apart two traces are: the changed lines of their diff."""
    return sum(1 for line in lines[2:] if line[:1] in "+-")


def _facts(trace):
    return sorted(trace.facts, key=lambda fact: fact.split(" ", 1)[0].rstrip(":"))


def _pairs(real, embedded):
    """Steps side by side; None where one side has no such step."""
    match = difflib.SequenceMatcher(None, [step.text for step in real],
                                    [step.text for step in embedded], autojunk=False)
    for kind, begin, end, start, stop in match.get_opcodes():
        if kind == "equal":
            yield from zip(real[begin:end], embedded[start:stop])
        else:
            yield from ((step, None) for step in real[begin:end])
            yield from ((None, step) for step in embedded[start:stop])


def _waits(ours, theirs):
    """The waits of two paired steps as lines, without what either side may miss."""
    mine, other = (step.waits if step else {} for step in (ours, theirs))
    left, right = _kept(mine, other), _kept(other, mine)
    for first in sorted(mine.keys() & other.keys()):
        for then in sorted(mine.keys() & other.keys()):
            if _before(mine, first, then) and _before(other, then, first):
                left.append(f"    {first} before {then}")
                right.append(f"    {then} before {first}")
    return left, right


def _kept(waits, other):
    """One side's waits: the common ones, and those that the other side must not miss."""
    return [f"    {name}" for name, wait in sorted(waits.items())
            if name in other or not may_be_missed(name, wait.seconds)]


def _before(waits, first, then):
    return waits[first].last <= waits[then].first


def _shown(step, waits):
    return [] if step is None else [step.text, *waits]
