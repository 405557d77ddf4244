"""Owns what a user does after a halt: the lines the message says to type, typed as they stand."""

import re
import shlex

from .base import Baoctl, check

_LINE = re.compile(r"^(?P<why>[^:]+): (?P<command>(?:baoctl|kubectl) .+)$")


def told(run):
    """{why: [the commands of that line]} of a halted run, in the words of its message."""
    found = {}
    for line in run.result["halt"]["next"]:
        matched = _LINE.match(line)
        check(matched, f"not fit for typing: {line!r}")
        found[matched["why"]] = [shlex.split(part) for part in matched["command"].split(", then ")]
    return found


def type_in(ctx, run, why, to=None, **instead):
    """Type what the line `why` says; returns the process of its last command, which is running.

    `to` is compared with the line's own words as a safeguard; `instead` replaces a
    placeholder (IMAGE) of the line. The question of an upgrade is answered with --yes.
    """
    lines, last = told(run), None
    check(why in lines, f"there is no advice {why!r}, only {list(lines)}")
    for words in lines[why]:
        words = [instead.get(word, word) for word in words]
        check(to is None or any(to in word for word in words), f"{words} does not name {to}")
        to = None
        ctx.say(f"  typing: {shlex.join(words)}")
        program, *words = words
        if program == "kubectl":
            ctx.stack.kubectl(*words)
        else:
            last = Baoctl(ctx, *words, "--yes")
    return last
