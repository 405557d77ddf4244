"""Owns the other upgrades of group 1: orders asked for, other shapes, no operator, one replica."""

import shutil

from .base import ON, Baoctl, Before, Scenario, at_rest, built, check, consent, entry, upgrade, watched
from .events import done, on, started
from .rolling import rolled

FROM, TO = "2.6.2", "2.7.2"


def reverse_ordinal(ctx):
    """The operator's order with the leader at ordinal 2: lead first, or stop before any change."""
    cluster, bare = built(ctx, FROM, TO, bare=True, leader=2)
    before = Before(cluster)
    with watched(ctx, cluster, TO, rests=False) as beside:
        run = upgrade(ctx, TO, "--order", "reverse-ordinal")
        code = run.finish(expect=(0, 5)).exit_code
        if code == 0:
            at_rest(ctx, before, TO)
        else:
            check(not (changed := before.untouched()), f"it stopped after a change: {changed}")
    tries = [event for event in run.events if done("stepDown")(event)]
    check(len(tries) <= 5, f"{len(tries)} step-downs")
    if code == 0:
        _led_first(run, beside, cluster)
    else:
        check(run.result["halt"]["reason"] == "LeaderNotFirst", f"it stopped for {run.result['halt']}")
        said = str(run.result["halt"]["next"])
        check("leader-last" in said, f"leader-last is not among what to type next: {said}")
    return entry(FROM, TO, [run], beside, leader_ordinal=2, bare=bare, ended=(
        "upgraded" if code == 0 else "stopped before any change"), step_downs=len(tries))


def _led_first(run, beside, cluster):
    """Ordinal 0 led before the first change to a pod, until every other pod was done."""
    first = run.saw(started("release"))
    leading = [event for event in run.events if event.type == "leaderChanged"
               and event.seq < run.saw(started("declare")).seq]
    check(leading and leading[-1].body["to"] == f"{cluster.name}-0",
          f"the target was declared under {leading and leading[-1].body['to']}")
    at = [change["leader"] for change in beside.leaders["changes"]
          if change["leader"] and change["at"] < first.seen]
    check(at[-1] == f"{cluster.name}-0", f"{first.pod} was released while {at[-1]} led")


def leader_last(ctx):
    """The order leader-last asked for, with the operator scaled to none."""
    cluster, bare = built(ctx, FROM, TO, bare=True, leader=2)

    def judge(run, beside):
        check(beside.leaders["leader_moves"] == 1, f"{beside.leaders['leader_moves']} leader moves")
        quiet = run.saw(on("operatorQuiet"))
        check(quiet and not quiet.body["acknowledged"], "nobody was there to acknowledge")
        check(run.result["order"] == "leader-last", f"the order is {run.result['order']}")

    return rolled(ctx, cluster, FROM, TO, "--order", "leader-last", leader=2, bare=bare,
                  operator=False, judge=judge, operator_present=False)


def five(ctx):
    """Five replicas; the requests to the API server must grow no faster than the pods."""
    cluster, bare = built(ctx, FROM, TO, bare=True, replicas=5)

    def judge(run, beside):
        check(beside.leaders["leader_moves"] == 1, f"{beside.leaders['leader_moves']} leader moves")
        total = sum(run.result["requests"]["api"].values())
        check(total <= 200 * 5 / 3, f"{total} API requests for five pods")

    return rolled(ctx, cluster, FROM, TO, bare=bare, judge=judge)


def read_replica(ctx):
    """Today's shape: the read replica first, and never counted as a voter."""
    cluster, bare = built(ctx, FROM, TO, bare=True, shape="today")

    def judge(run, beside):
        check(beside.leaders["leader_moves"] == 1, f"{beside.leaders['leader_moves']} leader moves")
        check(run.result["standing"]["voters"] == 3, f"standing {run.result['standing']}")
        check(cluster.peers()["prod-read-0"] is False, f"peers {cluster.peers()}")
        first = [event.pod for event in run.events if started("release")(event)][0]
        check(first == "prod-read-0", f"{first} went first")

    return rolled(ctx, cluster, FROM, TO, bare=bare, judge=judge)


def hard_kill(ctx):
    """Servers that die at once on SIGTERM, as under the operator's wrapper."""
    cluster, bare = built(ctx, FROM, TO, bare=True, hard_kill=True)

    def judge(run, beside):
        check(beside.leaders["leader_moves"] == 1, f"{beside.leaders['leader_moves']} leader moves")

    return rolled(ctx, cluster, FROM, TO, bare=bare, judge=judge, hard_kill=True)


def one(ctx):
    """One replica: refused without the waiver, downtime with it, nothing lost."""
    cluster, _ = built(ctx, FROM, TO, replicas=1)
    before = Before(cluster)
    refused = upgrade(ctx, TO).finish(expect=3)
    failed = [finding["id"] for finding in refused.result["findings"] if finding["verdict"] == "fail"]
    check(failed == ["workload.downtime"], f"refused for {failed}")
    check("--allow-downtime" in str(refused.result["error"]), f"{refused.result['error']}")
    check(not (changed := before.untouched()), f"changed: {changed}")
    return rolled(ctx, cluster, FROM, TO, "--allow-downtime")


def job(ctx):
    """Step-down by the operator's executor Job; a finished Job of the same name is in the way."""
    image = "localhost/executor:1"
    cluster, bare = built(ctx, FROM, (TO, image), bare=True, upgrade_spec={"image": image})

    def judge(run, beside):
        check(beside.leaders["leader_moves"] == 1, f"{beside.leaders['leader_moves']} leader moves")
        return {"step_down_via": "job", "step_down_ms": run.saw(done("stepDown")).body["ms"]}

    return rolled(ctx, cluster, FROM, TO, "--step-down-via", "job", bare=bare, judge=judge)


def dry_run(ctx):
    """A dry run, preflight and status store nothing: the audit log is the witness."""
    cluster, _ = built(ctx, FROM, TO)
    before, told = Before(cluster), {}
    with watched(ctx, cluster, TO, rests=False) as beside:
        plan = Baoctl(ctx, "upgrade", "rolling", *ON, "--to", TO, *consent(TO), "--dry-run", output="json").finish()
        human = Baoctl(ctx, "upgrade", "rolling", *ON, "--to", TO, *consent(TO), "--dry-run", output="human").finish()
        checks = Baoctl(ctx, "preflight", *ON, "--to", TO, *consent(TO), output="json").finish()
        status = Baoctl(ctx, "status", *ON, output="json").finish()
        changes = beside.audit.changes()
        told["requests_by_verb"] = beside.audit.by_verb()
    check(not changes, f"it wrote: {changes}")
    check(not (changed := before.untouched()), f"changed: {changed}")
    check(plan.result["kind"] == "UpgradePlan" and plan.result["plan"]["to"] == TO, plan.stdout)
    for word in (*cluster.shape.pods(), cluster.leader(), "step", TO, "no return"):
        check(word in human.stdout, f"the plan does not say {word!r}: {human.stdout}")
    check(checks.result["kind"] == "PreflightReport", checks.stdout)
    check(not [f for f in checks.result["findings"] if f["verdict"] in ("fail", "unknown")], checks.stdout)
    check(status.result["kind"] == "UpgradeStatus", status.stdout)
    shutil.copy(human.stdout_path, ctx.workdir / "plan.txt")
    return entry(FROM, TO, [plan, human, checks, status], beside, **told)


SCENARIOS = [
    Scenario("reverse-ordinal-leader-2", 1, "the operator's order, asked for with the leader at 2",
             reverse_ordinal),
    Scenario("leader-last-leader-2", 1, "leader-last asked for, the operator scaled to none", leader_last),
    Scenario("five-replicas", 1, "five replicas, order auto", five),
    Scenario("read-replica", 1, "today's shape with a read replica", read_replica),
    Scenario("hard-kill", 1, "servers that die at once on SIGTERM", hard_kill),
    Scenario("one-replica", 1, "one replica, refused and then with --allow-downtime", one),
    Scenario("step-down-job", 1, "step-down by the operator's executor Job", job),
    Scenario("dry-run", 1, "dry run, preflight and status write nothing", dry_run, ci=True)]
