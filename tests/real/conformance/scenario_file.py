"""Owns the reading of a scenario file: the part of YAML that these files use, and no more.

Mappings and lists by indentation, `{ a: b }` in a line, comments, plain and quoted words. All
values are text; baoctl itself is the judge of what they mean. What this does not know it refuses.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

_COMMENT = re.compile(r"(^|\s)#.*$")
_KEY = re.compile(r"^([A-Za-z][\w-]*):(?:\s+(.*))?$")
_SPAN = re.compile(r"^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Planned:
    """One fault: its kind, what it is told with, and when it strikes."""

    kind: str
    what: dict
    event: str = ""
    pod: str = ""
    write: int = 0
    after: float = 0.0

    def __str__(self):
        return self.kind


@dataclass(frozen=True)
class File:
    """A scenario: `header` is the comment at its top, `cluster` and `faults` as written."""

    path: Path
    header: str
    name: str
    to: str
    image: str
    order: str
    cluster: dict
    faults: tuple
    expect: dict = field(default_factory=dict)
    # Under blue/green: how long green is watched.
    soak: str = ""
    # What else it says, which the real side does not know.
    more: tuple = ()

    @property
    def blue_green(self):
        """Whether the cluster's servers belong to a revision."""
        return self.cluster.get("strategy") == "blueGreen"


def read(path):
    """Read a scenario file; ValueError says what is not understood."""
    path = Path(path)
    lines = path.read_text().splitlines()
    header = []
    for line in lines:
        if not line.startswith("#"):
            break
        header.append(line[1:].strip())
    try:
        found = load(lines)
        faults = tuple(_planned(one) for one in found.get("faults", ()))
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ValueError(f"{path}: {error}") from error
    known = {"name", "to", "image", "order", "cluster", "faults", "expect", "soak"}
    return File(path, "\n".join(header), found["name"], found["to"], found.get("image", ""),
                found.get("order", ""), found.get("cluster", {}), faults, found.get("expect", {}),
                found.get("soak", ""), tuple(sorted(set(found) - known)))


def seconds(text):
    """A span such as `500ms`, `20s`, `2m`."""
    matched = _SPAN.match(str(text))
    if not matched:
        raise ValueError(f"{text!r} is no span of time")
    return float(matched[1]) * _UNITS[matched[2]]


def _planned(one):
    when, (kind, what) = one["when"], *one["what"].items()
    unknown = set(when) - {"event", "pod", "write", "after"} or set(one) - {"when", "what"}
    if unknown:
        raise ValueError(f"a fault has {', '.join(sorted(unknown))}")
    return Planned(kind, what, when.get("event", ""), when.get("pod", ""), int(when.get("write", 0)),
                   seconds(when.get("after", "0s")))


def load(lines):
    """The mapping that some lines hold."""
    kept = []
    for number, line in enumerate(lines, 1):
        text = _COMMENT.sub("", line).rstrip()
        if text.strip():
            kept.append((len(text) - len(text.lstrip()), text.strip(), number))
    value, left = _block(kept, 0)
    if left:
        raise ValueError(f"line {left[0][2]}: {left[0][1]!r} is out of place")
    return value


def _block(lines, least):
    """The value that begins with the first line; returns it and the lines after it."""
    depth = lines[0][0]
    if depth < least:
        raise ValueError(f"line {lines[0][2]}: something is missing before it")
    return (_list if lines[0][1].startswith("- ") else _mapping)(lines, depth)


def _list(lines, depth):
    found = []
    while lines and lines[0][0] == depth and lines[0][1].startswith("- "):
        # What follows the dash is a block of its own, two columns further in.
        inner = [(depth + 2, lines[0][1][2:].strip(), lines[0][2])]
        lines = lines[1:]
        while lines and lines[0][0] > depth:
            inner.append(lines[0])
            lines = lines[1:]
        if len(inner) == 1 and not _KEY.match(inner[0][1]):
            found.append(_inline(inner[0][1], inner[0][2]))
            continue
        value, left = _block(inner, depth + 2)
        if left:
            raise ValueError(f"line {left[0][2]}: {left[0][1]!r} is out of place")
        found.append(value)
    return found, lines


def _mapping(lines, depth):
    found = {}
    while lines and lines[0][0] == depth:
        _, text, number = lines[0]
        matched = _KEY.match(text)
        if not matched:
            raise ValueError(f"line {number}: {text!r} is no `key: value`")
        key, inline = matched[1], matched[2]
        lines = lines[1:]
        if key in found:
            raise ValueError(f"line {number}: {key} stands there twice")
        if inline:
            found[key] = _inline(inline, number)
        elif lines and (lines[0][0] > depth or lines[0][1].startswith("- ") and lines[0][0] == depth):
            found[key], lines = _block(lines, depth)
        else:
            raise ValueError(f"line {number}: {key} has no value")
    return found, lines


def _inline(text, number):
    value, rest = _flow(text, number)
    if rest.strip():
        raise ValueError(f"line {number}: {rest.strip()!r} is out of place")
    return value


def _flow(text, number):
    """A word, or a mapping in braces; returns it and the text after it."""
    text = text.strip()
    if not text.startswith("{"):
        if text[:1] in "[&*!|>%@`":
            raise ValueError(f"line {number}: {text!r} is more YAML than this reads")
        if text[:1] in "'\"":
            end = text.index(text[0], 1)
            return text[1:end], text[end + 1:]
        return text, ""
    found, rest = {}, text[1:].strip()
    while not rest.startswith("}"):
        key, colon, rest = rest.partition(":")
        if not colon:
            raise ValueError(f"line {number}: a brace is not closed")
        if rest.strip().startswith("{"):
            value, rest = _flow(rest, number)
        else:
            end = min((rest.find(stop) for stop in ",}" if stop in rest), default=-1)
            if end < 0:
                raise ValueError(f"line {number}: a brace is not closed")
            value, rest = rest[:end].strip().strip("'\""), rest[end:]
        found[key.strip()] = value
        rest = rest.strip().removeprefix(",").strip()
    return found, rest[1:]
