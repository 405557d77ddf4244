"""Owns the conformance cases: every scenario file beside this one, and some of `examples/`."""

import sys
from functools import partial
from pathlib import Path

from . import embedded, report, scenario_file, trace
from .compare import distance, shown

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[2] / "examples"
# Of the examples these can be made to happen on real servers as they stand.
_EXAMPLES = ("operator-unpaused", "slow-snapshot")
# The quick ones, for every change: a whole upgrade, a halt, a node that is slow to go, and a halt of
# blue/green.
CI = ("plain-patch", "image-missing", "stepped-down-then-gone", "bg-crash-loop")


def files():
    """{name: path} of every case, in the order in which they run."""
    found = {path.stem: path for path in sorted(HERE.glob("*.yaml"))}
    found.update({name: EXAMPLES / f"{name}.yaml" for name in _EXAMPLES})
    return {**{name: found[name] for name in CI}, **found}


def all_cases():
    """Every case in the form of a scenario of tests/real/run."""
    from scenarios.base import Scenario

    found = []
    for name, path in files().items():
        summary = scenario_file.read(path).name
        found.append(Scenario(name, 10, summary, partial(_body, path=path), ci=name in CI))
    return found


def embedded_only(names, everything, baoctl):
    """Print the embedded traces; returns the exit code."""
    known = files()
    wanted = names or [name for name in known if everything or name in CI]
    if unknown := set(wanted) - set(known):
        print(f"tests/real/run: no conformance scenario {', '.join(sorted(unknown))}; "
              f"there are: {', '.join(known)}", file=sys.stderr)
        return 1
    code = 0
    for name in wanted:
        file = scenario_file.read(known[name])
        found = embedded.lines(baoctl, file, 1)
        print(f"== {name}: {file.name}")
        print("\n".join(shown(trace.read(found))))
        for line in _unknown(file, True):
            print(f"!! {line}")
            code = 1
        if objection := embedded.objection(found):
            print(f"!! the rehearsal objects: {objection}")
            code = 1
        print(flush=True)
    return code


def _unknown(file, local):
    from . import faults, shape

    return shape.unknown(file) + faults.unknown(file, local)


def _body(ctx, path):
    from . import real

    file = scenario_file.read(path)
    if unknown := _unknown(file, getattr(ctx.stack, "local", False)):
        raise AssertionError(f"{path.name}: {'; '.join(unknown)}")
    first = embedded.lines(ctx.baoctl, file, 1, ctx.workdir)
    problems = [f"the rehearsal objects: {text}" for text in [embedded.objection(first)] if text]
    played = real.play(ctx, file, embedded.deaths(first) if any(one.write for one in file.faults) else ())
    (ctx.workdir / "real.ndjson").write_text("\n".join(played.lines) + "\n")
    found = trace.read(played.lines)

    def rehearse(seed):
        return first if seed == 1 else embedded.lines(ctx.baoctl, file, seed, ctx.workdir)

    seed, likest, diff, tried = embedded.likest(found, rehearse)
    return told(found, likest, diff, problems + played.problems, seed=seed, seeds_tried=tried,
                struck=played.struck, exit_codes=[run.exit_code for run in played.runs])


def told(real, likest, diff, problems, **more):
    """The entry of one comparison."""
    return {"agree": not diff and not problems, "changed": distance(diff) if diff else 0, "diff": diff,
            "problems": problems, "steps": len(real.steps), "waits": sum(len(step.waits) for step in real.steps),
            "leader_moves": len(real.moves), "real": shown(real), "embedded": shown(likest), **more}


def conclude(cases, board, path):
    """Write conformance.json, print what came of it, and return the exit code."""
    entries = board.entries([case.name for case in cases])
    begun = {entry["name"] for entry in entries}
    entries += [{"name": case.name, "result": "not begun"} for case in cases if case.name not in begun]
    report.write(path, entries)
    report.tell(entries)
    return 1 if report.failed(entries) else 0
