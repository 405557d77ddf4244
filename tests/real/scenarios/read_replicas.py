"""Owns a BlueGreen cluster of today's shape with a read replica: it has no colour, and moves all the same."""

from .base import Scenario, check
from .blue_green import ONE_WAY, PATCH, cut_over, ready, rollback, told, two, upgrade, watched


def forward(ctx):
    """Upgraded with the voters, across the one-way door."""
    colours, _ = two(ctx, ONE_WAY, shape="today")
    with watched(ctx, colours, colours.green, moves=1) as beside:
        run = upgrade(ctx, ONE_WAY[1]).finish()
        colours.cluster.shape = colours.green
    _run(colours, ONE_WAY[1])
    return told(colours, ONE_WAY, [run], beside)


def there_and_back(ctx):
    """Left alone while green is in step, upgraded before the cutover, put back by the rollback."""
    colours, _ = two(ctx, PATCH, shape="today")
    with watched(ctx, colours, colours.blue, moves=2, gone=[colours.green]) as beside:
        first = ready(ctx, colours, PATCH[1])
        _run(colours, PATCH[0])
        second = cut_over(ctx, colours, PATCH[1])
        _run(colours, PATCH[1])
        last = rollback(ctx).finish()
    _run(colours, PATCH[0])
    return told(colours, PATCH, [first, second, last], beside)


def _run(colours, version):
    found = colours.cluster.versions(read_replicas=True)
    replicas = {name: runs for name, runs in found.items() if name.startswith(f"{colours.cluster.name}-read-")}
    check(replicas, f"there is no read replica among {sorted(found)}")
    check(set(replicas.values()) == {version}, f"the read replicas run {replicas}, not {version}")


SCENARIOS = [
    Scenario("bg-today-read-replica", 10, "today's shape: a read replica is upgraded too", forward),
    Scenario("bg-today-read-replica-back", 10, "a read replica there and back", there_and_back)]
