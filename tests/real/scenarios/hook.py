"""Owns the hook that has to succeed before green gets its first vote."""

from .base import Scenario, check, resume
from .blue_green import PATCH, abort, told, two, upgrade, watched
from .events import done, member, on

FROM, TO = PATCH
NAME = "prod-validation-hook"
IMAGE = f"docker.io/openbao/openbao:{FROM}"
WORDS = "green was looked at"
COMPLAINT = "green is not what it should be"


def _with(words, code):
    """The resource's part: a hook of the servers' own image that says this and ends so."""
    return {"verification": {"minSyncDuration": "2s", "prePromotionHook": {
        "image": IMAGE, "command": ["sh"], "args": ["-c", f"bao version && echo {words!r}; exit {code}"],
        "timeoutSeconds": 120}}}


def _first(run, matches):
    """The place of the first such event in the run; none is an error."""
    found = next((event.seq for event in run.events if matches(event)), None)
    check(found is not None, f"no {matches.label} in {run.events}")
    return found


def passing(ctx):
    """The hook runs once, in a pod that the tenant's PodSecurity lets in, before the first vote."""
    colours, _ = two(ctx, PATCH, upgrade_spec={"blueGreen": _with(WORDS, 0)})
    with watched(ctx, colours, colours.green, moves=1) as beside:
        run = upgrade(ctx, TO).finish()
        colours.cluster.shape = colours.green
    order = [_first(run, matches) for matches in (
        done("runHook"), on("waiting"), member("promote"), done("deleteHook"))]
    check(order[0] < order[2] < order[3], f"hook, vote, removal at {order}")
    made = [event for event in run.events if done("runHook")(event)]
    check(len(made) == 1, f"it ran {len(made)} times")
    check(NAME not in colours.names("jobs"), f"{NAME} is left")
    return told(colours, PATCH, [run], beside)


def failing(ctx):
    """The hook fails: a halt with its words; fails again on `resume`; aborted, blue as it was."""
    colours, _ = two(ctx, PATCH, upgrade_spec={"blueGreen": _with(COMPLAINT, 3)})
    with watched(ctx, colours, colours.blue, moves=0, gone=[colours.green]) as beside:
        before = colours.serving(colours.blue)
        first = upgrade(ctx, TO).finish(expect=5)
        _halted(colours, first, before)
        again = resume(ctx).finish(expect=5)
        _halted(colours, again, before)
        gone, made = (_first(again, done(act)) for act in ("deleteHook", "runHook"))
        check(gone < made, f"it was not made anew: {again.events}")
        last = abort(ctx).finish()
        check(colours.serving(colours.blue) == before, f"{before} became {colours.serving(colours.blue)}")
    check(NAME not in colours.names("jobs"), f"{NAME} is left")
    return told(colours, PATCH, [first, again, last], beside)


def _halted(colours, run, before):
    """The run has halted with the hook's own words, and nothing that serves was touched."""
    halt = run.result["halt"]
    check(halt["reason"] == "HookFailed" and NAME in halt["message"], f"it stopped for {halt}")
    check(any(COMPLAINT in line for line in halt["evidence"]), f"its words are not in {halt['evidence']}")
    check(not any(done("changeMember")(event) for event in run.events), "a vote was touched")
    # Green is among the members by now, without a vote.
    now = {**colours.serving(colours.blue), "members": before["members"]}
    check(now == before, f"{before} became {now}")
    if wrong := colours.both(colours.blue, colours.blue):
        raise AssertionError("; ".join(wrong))
    check(NAME in colours.names("jobs"), f"{NAME} is not there to be looked at")


SCENARIOS = [
    Scenario("bg-hook", 10, "a hook succeeds before green gets votes", passing),
    Scenario("bg-hook-fails", 10, "the hook before promotion fails, and again on resume; aborted", failing)]
