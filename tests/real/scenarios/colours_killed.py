"""Owns baoctl killed all along a blue/green upgrade, and resumed each time."""

from functools import partial

from .base import Scenario, resume
from .blue_green import ONE_WAY, told, two, upgrade, watched
from .events import done, entered, member, on, started
from .killed import again, deaths

# In the order in which they come; each run is killed at the next one. A kill once the lease is
# held costs the next run its 15 s of watching it, and whatever was under way goes on meanwhile:
# pods start, votes are given and taken.
FORWARD = (
    on("preflightDone"), on("leaseAcquired"), done("takeLock"), started("begin"), on("operatorQuiet"),
    started("declare"), entered("deployingGreen"), done("emptySelfInit"), started("createConfig"),
    done("createStatefulSet"), on("podReady"), on("nodeCaughtUp"), started("changeMember"),
    entered("demotingBlue"), done("record"), done("stepDown"), started("moveService"),
    member("demote"), entered("cleanup"), member("remove"), done("scaleToNone"), done("complete"),
    done("deletePart"))


def forward(ctx):
    """One upgrade through a one-way door that takes all the kills, and ends as any other."""
    colours, _ = two(ctx, ONE_WAY)
    with watched(ctx, colours, colours.green, moves=1) as beside:
        runs, died_at, missed = deaths(ctx, FORWARD, _again(ctx, colours, ONE_WAY[1]))
        runs.append(resume(ctx).finish())
        colours.cluster.shape = colours.green
    return told(colours, ONE_WAY, runs, beside, killed_at=died_at, missed=missed)


def _again(ctx, colours, to, *flags):
    anew = partial(upgrade, ctx, to, *flags)
    return lambda runs, point: again(ctx, colours.cluster, runs, anew, kill_at=point)


SCENARIOS = [
    Scenario("bg-killed", 10, f"killed at {len(FORWARD)} points, resumed each time", forward)]
