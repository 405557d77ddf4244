"""Owns what may differ at the end of a run because the scenario itself, not baoctl, put it there."""

from .base import Before


def owner(before, manager):
    """A field manager of the resource's spec that came to stay: a user typed `kubectl patch`."""
    _managers(before, [*_of(before), f"{manager} "])


def found_later(before, cluster):
    """Objects that exist now and did not: what somebody else's upgrade has left lying about."""
    now = Before(cluster).resting
    before.resting.update({path: value for path, value in now.items() if path.startswith("objects.")})


def _of(before):
    return [value for path, value in before.resting.items() if path.startswith("managers[")]


def _managers(before, managers):
    for path in [path for path in before.resting if path.startswith("managers[")]:
        del before.resting[path]
    before.resting.update({f"managers[{place}]": name for place, name in enumerate(sorted(managers))})
