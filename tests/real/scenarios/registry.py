"""Owns the list of all scenarios, in the order in which they run."""

from . import (broken, disturbed, interrupted, killed, leading, locked, readme, rights, rolling, shapes,
               snapshots, taken_over)


def all_scenarios():
    """Every scenario: those that measure first, then the long ones."""
    return [*rolling.SCENARIOS, *killed.SCENARIOS, *interrupted.SCENARIOS, *shapes.SCENARIOS,
            *snapshots.SCENARIOS, *broken.SCENARIOS, *disturbed.SCENARIOS, *leading.SCENARIOS,
            *rights.SCENARIOS, *locked.SCENARIOS, *taken_over.SCENARIOS, *readme.SCENARIOS]
