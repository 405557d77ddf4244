"""Owns what happens to blue, and to the way to it, while green takes over."""

import signal

from fixture import processes

from .base import Scenario, check
from .blue_green import ONE_WAY, told, two, upgrade, watched
from .events import entered, member, on

TO = ONE_WAY[1]
# The slowest election measured took 18.9 s.
_ELECTION_MS = 20_000


def leader_dies(ctx):
    """The process of blue's leader is killed between two promotions."""
    # In autopilot's own rounds the second is not carried out by then.
    colours, _ = two(ctx, ONE_WAY, autopilot=None)
    cluster = colours.cluster
    leader = cluster.leader()
    server = processes.of(cluster, leader)
    with watched(ctx, colours, colours.green, longest_ms=_ELECTION_MS) as beside:
        run = upgrade(ctx, TO)
        for _ in range(2):
            run.until(member("promote"))
        processes.send(server, signal.SIGKILL)
        ctx.say(f"  the server of {leader} was killed")
        run.finish()
        cluster.shape = colours.green
    check(run.saw(on("leaderLost")), "nobody was told that the leader was lost")
    return told(colours, ONE_WAY, [run], beside, leaders=[one["leader"] for one in beside.leaders["changes"]])


def soaks(event):
    """The run watches green serve."""
    return event.type == "waiting" and any(one["kind"] == "soaking" for one in event.body["blockers"])


soaks.label = "waiting-soaking"
PHASES = (on("podStarted"), entered("syncing"), entered("promoting"), entered("demotingBlue"), soaks)


def restarted(ctx):
    """A pod of blue is deleted by hand in each phase, at last the one that led."""
    colours, _ = two(ctx, ONE_WAY, autopilot=None)
    cluster, blue = colours.cluster, colours.blue
    leader = cluster.leader()
    one, other = (pod for pod in blue.pods() if pod != leader)
    with watched(ctx, colours, colours.green, moves=1) as beside:
        run = upgrade(ctx, TO, "--soak", "20s")
        # Never both standbys at once: while blue alone votes, the leader needs one of them.
        for phase, pod in zip(PHASES, (one, other, one, other, leader)):
            run.until(phase)
            cluster.delete_pod(blue.pods().index(pod))
            ctx.say(f"  {pod} was deleted at {phase.label}")
        run.finish()
        cluster.shape = colours.green
    seen = [event.pod for event in run.events if on("podTerminating")(event) and not event.body["ours"]]
    check(seen == [one, other, one, other, leader], f"told were the deletions of {seen}")
    return told(colours, ONE_WAY, [run], beside)


def apiserver(ctx):
    """The API server restarts while green is being promoted."""
    colours, _ = two(ctx, ONE_WAY, autopilot=None)
    with watched(ctx, colours, colours.green, moves=1) as beside:
        run = upgrade(ctx, TO)
        run.until(member("promote"))
        away = ctx.stack.restart_apiserver(seconds_down=2)
        ctx.say(f"  the API server was away for {away:.1f} s")
        run.finish()
        colours.cluster.shape = colours.green
    return told(colours, ONE_WAY, [run], beside, apiserver_away_s=round(away, 1))


SCENARIOS = [
    Scenario("bg-leader-dies", 10, "blue's leader is killed while green is promoted", leader_dies),
    Scenario("bg-blue-restarted", 10, "a pod of blue deleted by hand in each phase", restarted),
    Scenario("bg-api-server", 10, "the API server restarts while green is promoted", apiserver)]
