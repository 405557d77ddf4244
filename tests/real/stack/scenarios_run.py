"""Running scenarios on a cluster, and the report of what came of them."""

import time
import traceback
from pathlib import Path

from . import paths, program
from .board import write_report
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


def registered(conformance=False):
    """Every scenario in the order of the registry, or every conformance case; none without a registry."""
    if conformance:
        from conformance.cases import all_cases

        return all_cases()
    try:
        from scenarios.registry import all_scenarios
    except ModuleNotFoundError as error:
        if error.name not in ("scenarios", "scenarios.registry"):
            raise
        return []
    return list(all_scenarios())


def chosen(names, everything, conformance=False):
    """The scenarios to run: the named ones, all, or those of CI."""
    known = registered(conformance)
    unknown = set(names) - {scenario.name for scenario in known}
    if unknown:
        raise StackError(f"no scenario {', '.join(sorted(unknown))}; "
                         f"tests/real/run {'--conformance ' if conformance else ''}--list shows them")
    if names:
        return [scenario for scenario in known if scenario.name in names]
    return [scenario for scenario in known if everything or scenario.ci]


def run(scenarios, stack, workdir, board):
    """Run those of the scenarios that nobody else has claimed, one after the other.

    Each entry goes to the board. A scenario returns a dict for the report, raises
    `NotAvailable` to be skipped, or any other exception to fail. Returns 130 after Ctrl-C,
    which ends the list, else 0: what came of the scenarios is for `conclude` to judge.
    """
    left = list(scenarios)
    while left:
        scenario = left.pop(0)
        if not board.claim(scenario.name):
            continue
        say(f"scenario {scenario.name}: {scenario.summary}")
        folder = Path(workdir) / "scenarios" / scenario.name
        folder.mkdir(parents=True, exist_ok=True)
        begun = time.monotonic()
        entry, interrupted = {"name": scenario.name}, False
        try:
            following = left[0].name if left else None
            entry.update(scenario.run(Context(scenario.name, following, stack, folder, program.path())) or {})
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
        board.record(entry)
        say(f"scenario {scenario.name}: {entry['result']} in {entry['seconds']} s" + _because(entry))
        if interrupted:
            return 130
    return 0


def conclude(scenarios, board, conformance=False):
    """Write the report, print what came of it, and return the exit code."""
    if conformance:
        from conformance import cases

        return cases.conclude(scenarios, board, paths.TARGET / "conformance.json")
    from scenarios import report

    entries = board.entries([scenario.name for scenario in scenarios])
    found = report.summary(entries)
    write_report(entries, found)
    _table(entries)
    over = []
    if found:
        print("\n".join(report.told(found)))
        over = report.over(found)
    count = {kind: sum(entry["result"] == kind for entry in entries) for kind in ("passed", "failed", "skipped")}
    missing = len(scenarios) - len(entries)
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped"
          + (f", {missing} not begun" if missing else "")
          + (f"; over their limit: {', '.join(over)}" if over else ""), flush=True)
    return 1 if count["failed"] or missing or over else 0


def _because(entry):
    return f": {entry['reason']}" if "reason" in entry else ""


def _table(entries):
    columns = ("name", "result", "seconds", "from", "to", "replicas", "exit_code", "acknowledged", "lost",
               "longest_gap_ms", "bare_step_down_gap_ms", "leader_moves", "peak_rss_kib")
    rows = [columns] + [tuple(str(entry.get(column, "-")) for column in columns) for entry in entries]
    widths = [max(len(row[i]) for row in rows) for i in range(len(columns))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
