"""Owns the list of all scenarios, in the order in which they run."""

from . import interrupted, killed, readme, rolling, shapes, snapshots


def all_scenarios():
    """Every scenario: those that measure first, then the long ones."""
    return [*rolling.SCENARIOS, *killed.SCENARIOS, *interrupted.SCENARIOS, *shapes.SCENARIOS,
            *snapshots.SCENARIOS, *readme.SCENARIOS]
