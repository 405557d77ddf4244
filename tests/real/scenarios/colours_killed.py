"""Owns baoctl killed all along a blue/green upgrade and its way back, and resumed each time."""

from functools import partial

from .base import Scenario, check, resume
from .blue_green import ONE_WAY, PATCH, abort, ready, rollback, told, two, upgrade, watched
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
THERE = (
    on("planned"), done("begin"), done("declare"), started("emptySelfInit"), done("createConfig"),
    on("podStarted"), entered("syncing"), member("promote"), started("record"), started("stepDown"),
    done("moveService"), member("demote"))
BACK = (
    on("runStarted"), on("leaseAcquired"), done("begin"), started("changeMember"), member("promote"),
    done("stepDown"), done("moveService"), started("declare"), member("remove"), on("podTerminating"),
    entered("idle"), started("complete"), started("deletePart"), done("deletePart"))

# Killed as it scales green down, baoctl may have had that done or not: what its pods then do
# is over before the next run holds the lease.
GIVEN_UP = (
    on("runStarted"), on("leaseAcquired"), done("begin"), started("declare"), member("remove"),
    started("scaleToNone"), entered("idle"), started("complete"), done("deletePart"), started("relinquish"))


def forward(ctx):
    """One upgrade through a one-way door that takes all the kills, and ends as any other."""
    colours, _ = two(ctx, ONE_WAY)
    with watched(ctx, colours, colours.green, moves=1) as beside:
        runs, died_at, missed = deaths(ctx, FORWARD, _again(ctx, colours, ONE_WAY[1]))
        runs.append(resume(ctx).finish())
        colours.cluster.shape = colours.green
    return told(colours, ONE_WAY, runs, beside, killed_at=died_at, missed=missed)


def back(ctx):
    """There as far as the cutover, and all the way back, with kills on both ways."""
    colours, _ = two(ctx, PATCH)
    with watched(ctx, colours, colours.blue, moves=2, gone=[colours.green]) as beside:
        there, died_at, missed = deaths(
            ctx, THERE, _again(ctx, colours, PATCH[1], "--until", "cutover"))
        there.append(resume(ctx).finish(expect=7))
        home, died_back, missed_back = deaths(ctx, BACK, partial(_home, ctx, rollback))
        home.append(resume(ctx).finish())
    return told(colours, PATCH, there + home, beside, killed_at=died_at + died_back, missed=missed + missed_back)


def given_up(ctx):
    """Green is in step, and is given up with kills all along; blue is never touched."""
    colours, _ = two(ctx, PATCH)
    with watched(ctx, colours, colours.blue, moves=0, gone=[colours.green]) as beside:
        before = colours.uids(colours.blue)
        first = ready(ctx, colours, PATCH[1])
        runs, died_at, missed = deaths(ctx, GIVEN_UP, partial(_home, ctx, abort))
        runs.append(resume(ctx).finish())
        check(colours.uids(colours.blue) == before, "a pod of blue was replaced")
    return told(colours, PATCH, [first, *runs], beside, killed_at=died_at, missed=missed)


def _again(ctx, colours, to, *flags):
    anew = partial(upgrade, ctx, to, *flags)
    return lambda runs, point: again(ctx, colours.cluster, runs, anew, kill_at=point)


def _home(ctx, back, runs, point):
    """Until the record says that it is the way back, that has to be said again."""
    turned = any(done("begin")(event) for run in runs for event in run.events)
    return resume(ctx, kill_at=point) if turned else back(ctx, kill_at=point)


SCENARIOS = [
    Scenario("bg-killed", 10, f"killed at {len(FORWARD)} points, resumed each time", forward),
    Scenario("bg-killed-back", 10, f"killed at {len(THERE)} points there and {len(BACK)} back", back),
    Scenario("bg-killed-abort", 10, f"green is given up with {len(GIVEN_UP)} kills, resumed each time", given_up)]
