"""Owns a second measurement of baoctl's own time per pod, from its events alone."""

from fixture.cluster import SETTLE_SECONDS

# Events of one pass carry one time; what lies between two of them belongs to either side.
_TOLERANCE_MS = 60


def seen(run):
    """{pod: ms} from "next in line" to "released", less what the run had to wait for.

    Next in line is a pod when the one before it is done (the first: when the template has its
    image). Waited for are a leader move with its 12 s, and before the first pod that every
    node is caught up.
    """
    found, begin, waited_until, step_down, settled = {}, None, None, None, None
    for event in run.events:
        kind = event.type
        if (kind, event.action) == ("actionDone", "setImage"):
            begin, waited_until = event.seen, event.seen
        elif begin is None:
            continue
        elif kind in ("nodeCaughtUp", "operatorQuiet") and not found:
            waited_until = event.seen
        elif (kind, event.action) == ("actionStarted", "stepDown"):
            step_down, settled = event.seen, None
        elif kind == "leaderChanged" and step_down:
            settled = event.seen + SETTLE_SECONDS
        elif (kind, event.action) == ("actionDone", "release"):
            spent = event.seen - (waited_until if not found else begin)
            if step_down and settled:
                spent = (step_down - begin) + max(0.0, event.seen - settled)
            found[event.pod] = round(spent * 1000)
        elif kind == "podDone":
            begin, step_down, settled = event.seen, None, None
    return found


def unbalanced(run):
    """Pods whose account does not add up to the time from "next in line" to "done"; in words."""
    found, begin = [], None
    for event in run.events:
        if (event.type, event.action) == ("actionDone", "setImage"):
            begin = event.seen
        elif event.type == "podDone" and any(event.body["timings"].values()):
            wall, told = (event.seen - begin) * 1000, sum(event.body["timings"].values())
            if abs(wall - told) > _TOLERANCE_MS:
                found.append(f"{event.pod}: {wall:.0f} ms passed, {event.body['timings']} are {told} ms")
            begin = event.seen
    return found
