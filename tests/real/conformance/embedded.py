"""Owns the embedded side: `baoctl rehearse` run on a scenario file, with one seed after another."""

import json
import os
import subprocess
from dataclasses import dataclass

from . import compare, trace

# Seeds differ in chance alone: latencies, and who is elected. So many are tried for the elections
# of the real run, two moves of which come out in six ways; and so many that had them, before a
# difference counts as one.
SEEDS, SAME_ELECTIONS = 72, 5
_SECONDS = 300


@dataclass(frozen=True)
class Death:
    """Where a process was killed: the act event it told last, and the how-manieth of its like."""

    event: str
    act: str
    nth: int


def command(baoctl, file, seed):
    """How it is rehearsed."""
    kind = "bluegreen" if file.blue_green else "rolling"
    return [str(baoctl), "rehearse", kind, "--scenario", str(file.path), "--seed", str(seed),
            "--speed", "max", "-o", "ndjson"]


def lines(baoctl, file, seed, folder=None):
    """The event stream of one rehearsal; RuntimeError when there is none."""
    words = command(baoctl, file, seed)
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=_SECONDS, env={"PATH": os.environ.get("PATH", "")})
    found = done.stdout.splitlines()
    if not any('"seq"' in line for line in found):
        raise RuntimeError(f"{' '.join(words)}: exit code {done.returncode}: "
                           f"{(done.stderr or done.stdout).strip()[-800:]}")
    if folder:
        (folder / f"embedded-{seed}.ndjson").write_text(done.stdout)
    return found


def objection(found):
    """What the rehearsal itself objects to (the oracle, an expectation that was not met), or None."""
    result = json.loads(found[-1]).get("result", {})
    if result.get("exitCode") != 1:
        return None
    return (result.get("error") or {}).get("message") or "exit code 1"


def deaths(found):
    """Where each process but the last was killed."""
    places = []
    for process in trace.processes(found)[:-1]:
        counts, last = {}, None
        for event in (line.get("event", {}) for line in process):
            if event.get("type") in ("actionStarted", "actionDone"):
                key = (event["type"], trace.act(event["action"]))
                counts[key] = counts.get(key, 0) + 1
                last = Death(*key, counts[key])
        places.append(last)
    return places


def likest(real, rehearse):
    """The seed whose trace agrees with the real one, else the nearest; (seed, trace, diff, tried).

    `rehearse(seed)` gives the lines of one rehearsal.
    """
    best, had = None, 0
    for seed in range(1, SEEDS + 1):
        found = trace.read(rehearse(seed))
        diff = compare.differences(real, found)
        if not diff:
            return seed, found, [], seed
        same = found.moves == real.moves
        had += same
        if best is None or (not same, compare.distance(diff)) < best[0]:
            best = ((not same, compare.distance(diff)), seed, found, diff)
        if had >= SAME_ELECTIONS:
            break
    return (*best[1:], seed)
