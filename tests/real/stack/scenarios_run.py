"""Running scenarios on a cluster, one after the other, into the report."""

import json
import os
import time
import traceback
from pathlib import Path

from . import paths
from .errors import NotAvailable, StackError
from .progress import say


class Context:
    """What a scenario is given.

    `name` is the scenario's, `following` that of the next one on this cluster (or None),
    `stack` the cluster, `workdir` a folder of the scenario's own (kept with the run's logs),
    `baoctl` the path of the program under test, `say(text)` prints a progress line.
    """

    def __init__(self, name, following, stack, workdir, baoctl):
        self.name = name
        self.following = following
        self.stack = stack
        self.workdir = workdir
        self.baoctl = baoctl
        self.say = say


def registered():
    """Every scenario in the order of the registry; none while there is no registry."""
    try:
        from scenarios.registry import all_scenarios
    except ModuleNotFoundError as error:
        if error.name not in ("scenarios", "scenarios.registry"):
            raise
        return []
    return list(all_scenarios())


def chosen(names, everything):
    """The scenarios to run: the named ones, all, or those of CI."""
    known = registered()
    unknown = set(names) - {scenario.name for scenario in known}
    if unknown:
        raise StackError(f"no scenario {', '.join(sorted(unknown))}; tests/real/run --list shows them")
    if names:
        return [scenario for scenario in known if scenario.name in names]
    return [scenario for scenario in known if everything or scenario.ci]


def baoctl():
    """The program under test: BAOCTL, or the newest build in this repository's target folder."""
    named = os.environ.get("BAOCTL")
    if named:
        return Path(named).resolve()
    target = Path(os.environ.get("CARGO_TARGET_DIR") or paths.REPOSITORY / "target")
    built = [path for kind in ("release", "debug") if (path := target / kind / "baoctl").exists()]
    return max(built, key=lambda path: path.stat().st_mtime, default=target / "release" / "baoctl")


def run(scenarios, stack, workdir):
    """Run each scenario and write the report after each; returns the exit code.

    A scenario returns a dict for the report, raises `NotAvailable` to be skipped, or any other
    exception to fail. Ctrl-C ends the list; what ran before is reported.
    """
    results, interrupted = [], False
    for place, scenario in enumerate(scenarios):
        following = next((after.name for after in scenarios[place + 1:]), None)
        say(f"scenario {scenario.name}: {scenario.summary}")
        folder = Path(workdir) / "scenarios" / scenario.name
        folder.mkdir(parents=True, exist_ok=True)
        begun = time.monotonic()
        entry = {"name": scenario.name}
        try:
            entry.update(scenario.run(Context(scenario.name, following, stack, folder, baoctl())) or {})
            entry["result"] = "passed"
        except NotAvailable as error:
            entry.update(result="skipped", reason=str(error))
        except KeyboardInterrupt:
            entry.update(result="failed", reason="interrupted")
            interrupted = True
        except Exception as error:
            entry.update(result="failed", reason=f"{type(error).__name__}: {error}")
            (folder / "traceback.txt").write_text(traceback.format_exc())
            traceback.print_exc()
        entry["seconds"] = round(time.monotonic() - begun, 1)
        results.append(entry)
        _write(results)
        say(f"scenario {scenario.name}: {entry['result']} in {entry['seconds']} s" + _because(entry))
        if interrupted:
            break
    _summarize(results)
    if interrupted:
        return 130
    return 1 if any(entry["result"] == "failed" for entry in results) else 0


def _write(results):
    report = paths.TARGET / "report.json"
    unfinished = report.with_suffix(f".{os.getpid()}.tmp")
    unfinished.write_text(json.dumps({"scenarios": results}, indent=1, default=str) + "\n")
    os.replace(unfinished, report)


def _because(entry):
    return f": {entry['reason']}" if "reason" in entry else ""


def _summarize(results):
    columns = ("name", "result", "seconds", "from", "to", "replicas", "lost", "longest_gap_ms", "bare_step_down_gap_ms")
    rows = [columns] + [tuple(str(entry.get(column, "-")) for column in columns) for entry in results]
    widths = [max(len(row[i]) for row in rows) for i in range(len(columns))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    count = {kind: sum(entry["result"] == kind for entry in results) for kind in ("passed", "failed", "skipped")}
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped", flush=True)
