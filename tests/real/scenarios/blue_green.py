"""Owns group 10: blue/green upgrades, there, half way and back."""

import contextlib
from functools import partial

from fixture import names
from fixture.waiting import until

from . import colours as of_colours
from .audit import Audit
from .base import ON, Baoctl, Scenario, built, check, consent, entry
from .beside import Beside
from .colours import Colours
from .locked import locked, marks
from .process import PLAIN_ADMIN
from .rest import Before

PATCH, ONE_WAY = ("2.6.1", "2.6.2"), ("2.6.2", "2.7.2")
# By hand the longest time without a write was 1.2 s; one lost election would add 5 s or more.
LONGEST_GAP_MS = 4000
# The operator makes one in each tenant's namespace.
_QUOTA = "openbao-operator-tenant-quota"


def upgrade(ctx, to, *flags, **how):
    """Start `baoctl upgrade bluegreen`, one-way doors accepted."""
    return Baoctl(ctx, "upgrade", "bluegreen", *ON, "--to", to, "--yes", *consent(to, *flags), *flags, **how)


def promote(ctx, *flags):
    """Start `baoctl upgrade promote`."""
    return Baoctl(ctx, "upgrade", "promote", *ON, "--yes", *flags)


def abort(ctx, **how):
    """Start `baoctl upgrade abort`."""
    return Baoctl(ctx, "upgrade", "abort", *ON, "--yes", **how)


def rollback(ctx, **how):
    """Start `baoctl upgrade rollback`."""
    return Baoctl(ctx, "upgrade", "rollback", *ON, "--yes", **how)


@contextlib.contextmanager
def watched(ctx, colours, ends, moves=None, gone=(), longest_ms=LONGEST_GAP_MS):
    """Writer, reader, watch over leaders and operator beside the block; then judges the whole.

    Afterwards the cluster must be at rest on the shape `ends` with no volume of `gone` left,
    nothing lost, nobody without an answer for longer than `longest_ms`, and leadership moved
    so many times, where that is not for the scenario itself to say.
    """
    beside = Beside(colours.cluster)
    beside.before, beside.audit = Before(colours.cluster), Audit(ctx.stack, PLAIN_ADMIN)
    # Blue pods of the old version stay, without a vote, while green leads.
    beside.led_early = True
    with beside:
        yield beside
        of_colours.at_rest(ctx, beside.before, colours, ends, gone)
    if problems := beside.problems():
        raise AssertionError("; ".join(problems))
    seen = [change["leader"] for change in beside.leaders["changes"] if change["leader"]]
    now = beside.leaders["leader_moves"]
    check(moves in (None, now), f"{now} leader moves, not {moves}: {seen}")
    gaps = {"writes": beside.writer["longest_gap_ms"], "reads": beside.writer["reads"]["longest_gap_ms"]}
    check(max(gaps.values()) <= longest_ms, f"the longest times without an answer: {gaps}")


def told(colours, pair, runs, beside, **more):
    """The entry of a scenario."""
    return entry(*pair, runs, beside, order="bluegreen", failed_attempts=beside.writer["failed_attempts"],
                 failures=beside.writer["failures"], reads=beside.writer["reads"],
                 gaps=beside.writer["gaps"], shared=of_colours.shared(colours), **more)


def two(ctx, pair, leader=None, bare=False, **shape):
    """A BlueGreen cluster of the first version that is to go to the second; (colours, bare gap)."""
    cluster, gap = built(ctx, *pair, bare=bare, leader=leader, blue_green=True, **shape)
    return Colours.of(cluster, pair[1]), gap


def straight(ctx, pair, leader=None):
    """One undisturbed upgrade to the end, in autopilot's own rounds of 10 s."""
    colours, bare = two(ctx, pair, leader, bare=True, autopilot=None)
    begins = colours.cluster.leader()
    with watched(ctx, colours, colours.green, moves=1) as beside:
        run = upgrade(ctx, pair[1], "--soak", "5s").finish()
        colours.cluster.shape = colours.green
    check(sorted(colours.claims(colours.blue)), "blue's volumes went without having been asked for")
    return told(colours, pair, [run], beside, bare=bare, leader_ordinal=int(begins.rsplit("-", 1)[1]))


def ready(ctx, colours, to, *flags):
    """A run that ends with green in step and nothing that serves touched."""
    run = upgrade(ctx, to, "--until", "ready", *flags).finish(expect=7)
    _half_way(colours, run, colours.blue)
    return run


def cut_over(ctx, colours, to):
    """A run that ends with green leading and serving, blue without votes beside it."""
    run = upgrade(ctx, to, "--until", "cutover").finish(expect=7)
    _half_way(colours, run, colours.green)
    return run


def _half_way(colours, run, serving):
    until(lambda: not (wrong := colours.both(serving, serving)) or _no(wrong), 10, "both colours stand", every=0.5)
    resource = colours.cluster.resource()
    check(resource["spec"].get("paused") is True, "the operator is not held off")
    check("baoctl.openbao.org/run" in resource["metadata"].get("annotations", {}), "the run record is gone")
    check(run.result.get("next"), "it does not say what next")


def _no(wrong):
    raise AssertionError("; ".join(wrong))


def until_ready(ctx):
    """Stopped with green in step; promoted later, to the end."""
    colours, _ = two(ctx, ONE_WAY)
    with watched(ctx, colours, colours.green, moves=1) as beside:
        before = colours.uids(colours.blue)
        first = ready(ctx, colours, ONE_WAY[1])
        check(colours.uids(colours.blue) == before, "a pod of blue was replaced")
        led = {change["leader"] for change in beside.leader_events() if change["leader"]}
        check(len(led) == 1, f"leadership was moved before the word: {led}")
        last = promote(ctx).finish()
        colours.cluster.shape = colours.green
    return told(colours, ONE_WAY, [first, last], beside)


def aborted(ctx):
    """Stopped with green in step; aborted: nothing of green is left, blue was never touched."""
    colours, _ = two(ctx, PATCH)
    with watched(ctx, colours, colours.blue, moves=0, gone=[colours.green]) as beside:
        first = ready(ctx, colours, PATCH[1])
        last = abort(ctx).finish()
    return told(colours, PATCH, [first, last], beside)


def rolled_back(ctx):
    """Stopped after the cutover; rolled back with everything that was written meanwhile."""
    colours, _ = two(ctx, PATCH)
    with watched(ctx, colours, colours.blue, moves=2, gone=[colours.green]) as beside:
        first = cut_over(ctx, colours, PATCH[1])
        last = rollback(ctx).finish()
    return told(colours, PATCH, [first, last], beside)


def refused(ctx):
    """After a one-way cutover the way back is refused, and the way forward open."""
    colours, _ = two(ctx, ONE_WAY)
    with watched(ctx, colours, colours.green, moves=1) as beside:
        first = cut_over(ctx, colours, ONE_WAY[1])
        audit, pods = Audit(ctx.stack, PLAIN_ADMIN), colours.uids(colours.blue) | colours.uids(colours.green)
        back = rollback(ctx).finish(expect=3)
        check(ONE_WAY[1] in str(back.result["error"]), f"the refusal does not name the version: {back.result['error']}")
        check(not (changes := audit.changes()), f"the refused rollback wrote: {changes}")
        check(colours.uids(colours.blue) | colours.uids(colours.green) == pods, "a pod was replaced")
        if wrong := colours.both(colours.green, colours.green):
            _no(wrong)
        last = promote(ctx).finish()
        colours.cluster.shape = colours.green
    return told(colours, ONE_WAY, [first, back, last], beside)


def leftover(ctx):
    """Volumes of green's name lie there: refused; deleted where that was asked for."""
    colours, _ = two(ctx, PATCH)
    cluster, green = colours.cluster, colours.green
    for claim in colours.list("persistentvolumeclaims"):
        _copied(colours, claim)
    # Only used as names: the refusal is about what might be on them.
    old = colours.claims(green)
    check(len(old) == green.replicas, f"leftover volumes: {old}")
    with watched(ctx, colours, green, moves=1) as beside:
        first = upgrade(ctx, PATCH[1]).finish(expect=3)
        for claim in old:
            check(claim in str(first.result), f"{claim} is not in {first.result['error']}")
        check(not (changes := beside.audit.changes()), f"the refused upgrade wrote: {changes}")
        check(not (changed := beside.before.untouched()), f"the refused upgrade changed: {changed}")
        last = upgrade(ctx, PATCH[1], "--delete-leftover-volumes").finish()
        cluster.shape = green
    kept = {claim for claim, uid in colours.claims(green).items() if old.get(claim) == uid}
    check(not kept, f"green runs on old volumes: {kept}")
    return told(colours, PATCH, [first, last], beside)


def no_room(ctx):
    """A quota that green does not fit into: refused; done once it was raised."""
    colours, _ = two(ctx, PATCH)
    with watched(ctx, colours, colours.green, moves=1) as beside:
        _pods_allowed(colours, "5")
        first = upgrade(ctx, PATCH[1]).finish(expect=3)
        failed = [finding["id"] for finding in first.result["findings"] if finding["verdict"] == "fail"]
        check(failed == ["colours.room"], f"refused for {failed}")
        check(_QUOTA in str(first.result), f"the quota is not named: {first.result['error']}")
        check(not (changes := beside.audit.changes()), f"the refused upgrade wrote: {changes}")
        _pods_allowed(colours, "50")
        last = upgrade(ctx, PATCH[1]).finish()
        colours.cluster.shape = colours.green
    return told(colours, PATCH, [first, last], beside)


def _pods_allowed(colours, count):
    colours.cluster.patch("resourcequotas", _QUOTA, {"spec": {"hard": {"pods": count}}})
    until(lambda: colours.cluster.object("resourcequotas", _QUOTA)["status"]["hard"]["pods"] == count, 30,
          f"the quota allows {count} pods", every=0.2)


def without_blue(ctx):
    """Blue's volumes go with it, where that was asked for."""
    colours, _ = two(ctx, PATCH)
    with watched(ctx, colours, colours.green, moves=1, gone=[colours.blue]) as beside:
        run = upgrade(ctx, PATCH[1], "--delete-blue-volumes").finish()
        colours.cluster.shape = colours.green
    return told(colours, PATCH, [run], beside)


def as_operator(ctx):
    """Under the operator's admission lock: refused; with --as-operator done, nothing left open."""
    colours, _ = two(ctx, PATCH)
    with locked(colours.cluster, "january"), watched(ctx, colours, colours.green, moves=1) as beside:
        first = upgrade(ctx, PATCH[1]).finish(expect=3)
        check("kube.admission" in str(first.result), f"refused for {first.result['error']}")
        check(not (changes := beside.audit.changes()), f"the refused upgrade wrote: {changes}")
        last = upgrade(ctx, PATCH[1], "--as-operator").finish()
        colours.cluster.shape = colours.green
    check(not (left := marks(colours.cluster)), f"left behind: {left}")
    return told(colours, PATCH, [first, last], beside)


def _copied(colours, claim):
    """A volume of green's name, as an earlier try would have left it."""
    blue, green = colours.blue.revision, colours.green.revision
    meta, spec = claim["metadata"], claim["spec"]
    labels = {**meta["labels"], names.REVISION: green}
    colours.cluster.api.create(names.path("persistentvolumeclaims", colours.cluster.namespace), {
        "apiVersion": "v1", "kind": "PersistentVolumeClaim",
        "metadata": {"name": meta["name"].replace(blue, green), "labels": labels},
        "spec": {key: spec[key] for key in ("accessModes", "resources", "storageClassName", "volumeMode")
                 if key in spec}})


SCENARIOS = [
    Scenario("bg-one-way", 10, "blue/green over a one-way door, to the end",
             partial(straight, pair=ONE_WAY), alone=True, ci=True),
    Scenario("bg-patch-leader-1", 10, "blue/green between patch versions, ordinal 1 leads",
             partial(straight, pair=PATCH, leader=1), alone=True),
    Scenario("bg-until-ready-then-promote", 10, "stopped with green in step, then promoted", until_ready),
    Scenario("bg-abort", 10, "stopped with green in step, then aborted", aborted),
    Scenario("bg-rollback", 10, "stopped after the cutover, then rolled back with all writes", rolled_back,
             ci=True),
    Scenario("bg-rollback-refused", 10, "no way back behind a one-way cutover; then to the end", refused),
    Scenario("bg-no-room", 10, "a quota that green does not fit into: refused, then raised", no_room),
    Scenario("bg-leftover-volumes", 10, "green's volumes lie there already: refused, then deleted", leftover),
    Scenario("bg-delete-blue-volumes", 10, "blue's volumes go with it", without_blue),
    Scenario("bg-locked-as-operator", 10, "under the admission lock, as the operator's account", as_operator)]
