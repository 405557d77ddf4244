"""Owns the list of all scenarios, in the order in which they run."""

from . import (blue_disturbed, blue_green, broken, candidates, colours_killed, disturbed, going_back, green_broken,
               hook, interrupted, killed, leading, left_config, locked, pinned, pinned_client, pod_trouble,
               read_replicas, readme, rights, rolling, shapes, shown, snapshots, taken_over, voters, write_gap)


def all_scenarios():
    """Every scenario: those that measure first, then the long ones."""
    return [*rolling.SCENARIOS, *killed.SCENARIOS, *interrupted.SCENARIOS, *shapes.SCENARIOS,
            *snapshots.SCENARIOS, *broken.SCENARIOS, *pod_trouble.SCENARIOS, *going_back.SCENARIOS, *voters.SCENARIOS,
            *candidates.SCENARIOS, *pinned.SCENARIOS, *disturbed.SCENARIOS, *leading.SCENARIOS,
            *rights.SCENARIOS, *shown.SCENARIOS, *locked.SCENARIOS, *taken_over.SCENARIOS, *readme.SCENARIOS,
            *blue_green.SCENARIOS, *green_broken.SCENARIOS, *hook.SCENARIOS, *left_config.SCENARIOS,
            *write_gap.SCENARIOS, *blue_disturbed.SCENARIOS, *pinned_client.SCENARIOS,
            *read_replicas.SCENARIOS, *colours_killed.SCENARIOS]
