"""Owns the shape of a scenario's entry in the report, and the summary over the measured ones."""

from collections import Counter
from statistics import median

from . import own_time

# Of part "Done when": medians over the scenarios that measure.
OWN_MS, GAP_RATIO, RSS_KIB, API_REQUESTS = 250, 1.1, 40 * 1024, 200
_TIMES = ("settle", "budget", "terminate", "start", "catch_up", "own")


def entry(frm, to, runs=(), beside=None, replicas=3, leader_ordinal=None, bare=None, **more):
    """One scenario's entry; `runs` are its baoctl processes in their order, the last one decides."""
    results = [run.result for run in runs if run.result and run.result["kind"] == "UpgradeResult"]
    finished = [run for run in runs if run.exit_code is not None and run.exit_code >= 0]
    writer = beside.writer if beside else {}
    gap = beside.gap_at_moves() if beside else None
    return {
        "from": frm, "to": to, "replicas": replicas,
        "order": next((result["order"] for result in results if result.get("order")), None),
        "leader_ordinal": leader_ordinal,
        "exit_code": finished[-1].exit_code if finished else None,
        "acknowledged": writer.get("acknowledged"), "lost": writer.get("lost"),
        "longest_gap_ms": writer.get("longest_gap_ms"), "bare_step_down_gap_ms": bare,
        "leader_moves": beside.leaders["leader_moves"] if beside else None,
        "pods": [pod(*done) for run in runs for done in pods_done(run)],
        "api_requests": requests(beside, results),
        "bao_requests": sum(result["requests"]["bao"] for result in results),
        "peak_rss_kib": max((run.peak_rss_kib for run in runs), default=None),
        "gap_at_leader_move_ms": gap,
        "gap_ratio": round(gap / bare, 3) if gap and bare else None,
        "leaderless_ms": beside.leaders["longest_leaderless_ms"] if beside else None,
        "baoctl_seconds": [run.seconds for run in runs],
        "exit_codes": [run.exit_code for run in runs], **more}


def requests(beside, results):
    """{verb: requests} of all runs: as the API server saw them, killed runs included, or as told."""
    seen = beside.audit.by_verb() if beside else None
    return added(result["requests"]["api"] for result in results) if seen is None else seen


def pods_done(run):
    """(pod, timings, own time as seen) of every pod this run itself brought through."""
    own = own_time.seen(run)
    return [(event.pod, event.body["timings"], own.get(event.pod)) for event in run.events
            if event.type == "podDone" and any(event.body["timings"].values())]


def pod(name, timings, own):
    """One pod's account in the report's own spelling."""
    camel = {"catch_up": "catchUp"}
    return {"pod": name, **{f"{part}_ms": timings[f"{camel.get(part, part)}Ms"] for part in _TIMES},
            "own_seen_ms": own}


def added(counts):
    """{verb: requests} summed over runs."""
    total = Counter()
    for count in counts:
        total.update(count)
    return dict(total)


def summary(entries):
    """The medians over the passed scenarios that measured, each with its limit; None without one."""
    passed = [one for one in entries if one.get("measured") and one.get("result") == "passed"]
    if not passed:
        return None
    own = [done["own_ms"] for one in passed for done in one["pods"]]
    seen = [done["own_seen_ms"] for one in passed for done in one["pods"]
            if done["own_seen_ms"] is not None]
    ratios = [one["gap_ratio"] for one in passed if one["gap_ratio"]]
    memory = [one["peak_rss_kib"] for one in entries if one.get("peak_rss_kib")]
    requests = [sum(one["api_requests"].values()) for one in passed]
    return {
        "measured": len(passed),
        "own_ms": _line(median, own, OWN_MS),
        "own_seen_ms": _line(median, seen, OWN_MS),
        "gap_ratio": _line(median, ratios, GAP_RATIO),
        "gap_at_leader_move_ms": _line(median, [one["gap_at_leader_move_ms"] for one in passed
                                                if one["gap_at_leader_move_ms"]]),
        "bare_step_down_gap_ms": _line(median, [one["bare_step_down_gap_ms"] for one in passed]),
        "peak_rss_kib": _line(max, memory, RSS_KIB),
        "api_requests": _line(max, requests, API_REQUESTS),
        "leader_moves": _line(max, [one["leader_moves"] for one in passed], 1),
        "lost": _line(sum, [one["lost"] for one in entries if one.get("lost") is not None], 0),
    }


def over(found):
    """The names of the lines that are over their limit; a median of a few runs says too little."""
    enough = found["measured"] >= 4
    return [name for name, line in found.items() if isinstance(line, dict)
            and not line.get("within", True) and (enough or name != "gap_ratio")]


def _line(how, values, limit=None):
    if not values:
        return None
    line = {"how": how.__name__, "value": round(how(values), 3), "least": min(values),
            "most": max(values), "of": len(values)}
    return line if limit is None else {**line, "limit": limit, "within": line["value"] <= limit}


def told(found):
    """The summary as lines for people."""
    return [f"{name}: {line['value']} ({line['how']} of {line['of']}, {line['least']} to {line['most']}"
            + (f", at most {line['limit']}: {'yes' if line['within'] else 'NO'}" if "limit" in line else "")
            + ")" for name, line in found.items() if isinstance(line, dict)]
