"""Owns what a cutover costs the writers, against the same step-down without a Service between.

One step-down is not like another: a server that leads for the first time since it started
takes 365-455 ms until it does, one that has led before 314-367 ms, whoever asks for it. So
each cutover is held against itself: beside the writer whose Service is moved, one that knows
every server tries them in turn, which is what a bare step-down costs.
"""

from functools import partial
from statistics import median

from fixture import Writer, gap_within

from .base import Scenario, check
from .beside import MARGIN
from .blue_green import ONE_WAY, PATCH, cut_over, promote, rollback, told, two, watched
from .report import GAP_RATIO

# Bare step-downs among green, to show what is usual.
_BARE = 2


def _measured(ctx, pair, finish, ends):
    """The cutover, some bare step-downs of green, and the end of it: back, or on."""
    colours, _ = two(ctx, pair)
    back = ends == "blue"
    moves = 1 + _BARE + (1 if back else 0)
    with watched(ctx, colours, getattr(colours, ends), moves=moves, gone=[colours.green] if back else ()) as beside:
        with Writer(colours.cluster, service=False) as direct:
            first = cut_over(ctx, colours, pair[1])
            for _ in range(_BARE):
                colours.cluster.step_down()
            last = finish(ctx).finish()
        colours.cluster.shape = getattr(colours, ends)
    check(not direct.report["lost"], f"{direct.report['lost']} acknowledged writes are lost")
    pairs = [(through, gap_within(direct.report, begin - MARGIN, end + MARGIN))
             for through, (begin, end) in zip(beside.gaps_at_moves(), beside.moves())]
    cutovers = [pairs[0], *pairs[1 + _BARE:]]
    bare = pairs[1:1 + _BARE]
    ctx.say(f"  writes stop for [through the Service, at every server in turn] ms: "
            f"{cutovers} at a cutover, {bare} at a bare step-down")
    for through, without in cutovers:
        check(through <= GAP_RATIO * without,
              f"a cutover stops writes for {through} ms, and for {without} ms where no Service is between")
    return told(colours, pair, [first, last], beside, cutovers_ms=cutovers, bare_ms=bare,
                ratio_of_medians=round(median(through / without for through, without in cutovers), 3))


SCENARIOS = [
    Scenario("bg-write-gap", 10, "there and back, and bare step-downs between",
             partial(_measured, pair=PATCH, finish=rollback, ends="blue"), alone=True),
    Scenario("bg-write-gap-one-way", 10, "over a one-way door, and bare step-downs behind it",
             partial(_measured, pair=ONE_WAY, finish=promote, ends="green"), alone=True)]
