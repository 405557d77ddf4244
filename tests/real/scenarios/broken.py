"""Owns group 4: a target that does not start, the halt, and what is typed after it."""

import time

from .base import Scenario, at_rest, built, check, entry, image_of, upgrade, watched
from .events import on, started
from .typed import type_in

FROM, TO = "2.6.2", "2.7.2"
# A slip of the hand in the repository: a version that exists, in a place that does not.
MISSING = f"docker.io/openbao/openbo:{TO}"
CRASHING = "docker.io/openbao/openbao:crash"
LAST_WORDS = "bao: this build ends at once, on purpose"
# Long enough for a status controller that answers every write at once.
_LASTS = 3.0


def halted(ctx, beside, image, reason, evidence):
    """An upgrade to an image that does not start; it must halt with one pod affected."""
    cluster, before = beside.cluster, beside.before
    run = upgrade(ctx, TO, "--image", image).finish(expect=5)
    halt, standing = run.result["halt"], run.result["standing"]
    released = [event.pod for event in run.events if started("release")(event)]
    check(len(released) == 1, f"released were {released}")
    check((halt["reason"], halt.get("pod")) == (reason, released[0]), f"it stopped for {halt}")
    check(any(evidence in line for line in halt["evidence"]), f"{evidence!r} is not in {halt['evidence']}")
    check(image in halt["message"] or any(image in line for line in halt["evidence"])
          or reason == "CrashLoop", f"the image is not named: {halt}")
    check(standing["leader"] and standing["serving"] == 2 and standing["quorum"] == 2
          and standing["voters"] == 3 and not standing["sealed"], f"standing {standing}")
    check(not run.saw(started("stepDown")), "leadership was moved")
    others = {node.name: node.uid for node in cluster.nodes() if node.name != released[0]}
    check(len(others) == 2 and all(before.uids[name] == uid for name, uid in others.items()),
          f"other pods were touched: {before.uids} became {others}")
    check(cluster.leader() == standing["leader"], f"{cluster.leader()} leads")
    stays_degraded(cluster, reason)
    return run


def stays_degraded(cluster, reason):
    """Degraded=True with this reason is on the resource, and no controller writes over it."""
    until = time.monotonic() + _LASTS
    while time.monotonic() < until:
        status = cluster.resource()["status"]
        found = {one["type"]: (one["status"], one["reason"]) for one in status["conditions"]}
        check(found["Degraded"] == ("True", reason), f"Degraded is {found['Degraded']}")
        check(found["Upgrading"] == ("False", reason), f"Upgrading is {found['Upgrading']}")
        upgrading = status["upgrade"]
        check(reason in (upgrading.get("lastErrorReason"), upgrading.get("failure", {}).get("reason")),
              f"status.upgrade {upgrading}")
        time.sleep(0.1)


def missing_forward(ctx):
    """The image does not exist; the right one is named, as the message says; done."""
    cluster, _ = built(ctx, FROM, TO)
    with watched(ctx, cluster, TO) as beside:
        run = halted(ctx, beside, MISSING, "ImagePullFailed", "pull")
        last = type_in(ctx, run, "to go on with another image", TO, IMAGE=image_of(TO)).finish()
    return entry(FROM, TO, [run, last], beside)


def there_and_back(ctx):
    """A crash loop, back to rest on the old version; a missing image, back again; forward."""
    cluster, _ = built(ctx, FROM, (TO, CRASHING))
    with watched(ctx, cluster, TO) as beside:
        runs = []
        for image, reason, words in ((CRASHING, "CrashLoop", LAST_WORDS),
                                     (MISSING, "ImagePullFailed", "pull")):
            run = halted(ctx, beside, image, reason, words)
            back = type_in(ctx, run, "to go back", FROM).finish()
            check(not back.saw(on("leaderChanged")), "leadership moved on the way back")
            at_rest(ctx, beside.before, FROM)
            beside.before.uids = {node.name: node.uid for node in cluster.nodes()}
            runs += [run, back]
        run = halted(ctx, beside, CRASHING, "CrashLoop", LAST_WORDS)
        last = type_in(ctx, run, "to go on with another image", TO, IMAGE=image_of(TO)).finish()
        runs += [run, last]
    return entry(FROM, TO, runs, beside)


SCENARIOS = [
    Scenario("missing-image", 4, "an image that does not exist, then the right one", missing_forward, ci=True),
    Scenario("broken-images", 4, "a crash loop and a missing image, each back to rest; then forward",
             there_and_back)]
