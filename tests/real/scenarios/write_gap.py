"""Owns what a cutover costs the writers, against bare step-downs of the same six servers."""

from functools import partial
from statistics import median

from .base import Scenario, check
from .blue_green import ONE_WAY, PATCH, cut_over, promote, rollback, told, two, watched
from .report import GAP_RATIO

# One bare step-down takes 550-750 ms on one machine, so one alone says little.
_BARE = 4


def _measured(ctx, pair, finish, ends):
    """Cut over, some bare step-downs among green, and the end of it: back, or on.

    Bare ones before green came would have half as many servers beside them, and no pod of
    the version that leads afterwards.
    """
    colours, _ = two(ctx, pair)
    back = ends == "blue"
    moves = _BARE + (2 if back else 1)
    with watched(ctx, colours, getattr(colours, ends), moves=moves, gone=[colours.green] if back else ()) as beside:
        first = cut_over(ctx, colours, pair[1])
        for _ in range(_BARE):
            colours.cluster.step_down()
        last = finish(ctx).finish()
        colours.cluster.shape = getattr(colours, ends)
    gaps = beside.gaps_at_moves()
    bare = gaps[1:1 + _BARE]
    cutovers = [gaps[0], *gaps[1 + _BARE:]]
    ctx.say(f"  writes stop for {cutovers} ms at a cutover, for {bare} ms at bare step-downs")
    limit = GAP_RATIO * max(bare)
    check(max(cutovers) <= limit, f"a cutover stops writes for {cutovers} ms, bare step-downs for {bare} ms")
    return told(colours, pair, [first, last], beside, cutovers_ms=cutovers, bare_ms=bare,
                ratio_of_medians=round(median(cutovers) / median(bare), 3))


SCENARIOS = [
    Scenario("bg-write-gap", 10, "there and back, and bare step-downs between",
             partial(_measured, pair=PATCH, finish=rollback, ends="blue"), alone=True),
    Scenario("bg-write-gap-one-way", 10, "over a one-way door, and bare step-downs behind it",
             partial(_measured, pair=ONE_WAY, finish=promote, ends="green"), alone=True)]
