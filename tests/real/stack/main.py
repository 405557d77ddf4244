"""The command line of tests/real/run."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from . import gateway, images, packages, program, sandbox, scenarios_run, tools
from .board import Board
from .errors import StackError
from .external import ExternalStack
from .paths import TARGET
from .progress import say


def main(arguments):
    options = _parse(arguments)
    try:
        if options.list:
            return _list(options.conformance)
        if options.embedded_only:
            return _embedded_only(options)
        scenarios = scenarios_run.chosen(options.scenarios, options.all, options.conformance)
        if not scenarios and not (options.keep or options.exec):
            raise StackError("there is no scenario to run")
        program.prepare()
        if options.kubeconfig:
            return _elsewhere(options, scenarios)
        environment = _prepared()
        if options.keep or options.exec:
            return _one(options, environment)
        return _all(scenarios, options, environment)
    except StackError as error:
        print(f"tests/real/run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parse(arguments):
    parser = argparse.ArgumentParser(
        prog="tests/real/run",
        description="Runs baoctl's scenarios on a real Kubernetes with real OpenBao servers, brought up on this "
        "machine for the purpose and taken down again. Without arguments: the scenarios marked ci.",
    )
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="run these")
    parser.add_argument("--list", action="store_true", help="list the scenarios")
    parser.add_argument("--all", action="store_true", help="run all of them")
    parser.add_argument(
        "--lanes", metavar="N", type=int, default=2,
        help="how many clusters at once for the scenarios that do not measure times (2)",
    )
    parser.add_argument(
        "--conformance", action="store_true",
        help="play scenario files on real servers and on the embedded cluster, and compare what baoctl decides; "
        "without names: those marked ci, with --all: every one",
    )
    parser.add_argument(
        "--embedded-only", action="store_true",
        help="with --conformance: only print what it decides on the embedded cluster; needs no real one",
    )
    parser.add_argument("--keep", action="store_true", help="leave a cluster running, and say how to use it")
    parser.add_argument("--kubeconfig", metavar="PATH", help="use this disposable cluster instead")
    parser.add_argument(
        "--exec", metavar="FILE", help="run a Python file beside the cluster, with the variable `stack`"
    )
    options = parser.parse_args(arguments)
    if options.embedded_only and not options.conformance:
        parser.error("--embedded-only goes with --conformance")
    return options


def _embedded_only(options):
    from conformance import cases

    program.prepare()
    return cases.embedded_only(options.scenarios, options.all, program.path())


def _list(conformance):
    for scenario in scenarios_run.registered(conformance):
        print(f"{scenario.name:40} {'ci' if scenario.ci else '  '}  {scenario.summary}")
    return 0


def _elsewhere(options, scenarios):
    folder = TARGET / "external"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    stack, board = ExternalStack(options.kubeconfig, folder), Board(folder / "board")
    stack.grant_plain_admin()
    code = scenarios_run.run(scenarios, stack, folder, board)
    concluded = scenarios_run.conclude(scenarios, board, options.conformance)
    return code or concluded


def _prepared():
    """Everything that is built and fetched before the first sandbox; returns its environment."""
    sandbox.sweep()
    packages.install_missing()
    programs = tools.build_all()
    images.prepare()
    find = {program.name: program for folder in programs for program in folder.iterdir()}
    environment = dict(os.environ)
    environment["PATH"] = ":".join(map(str, programs)) + ":" + packages.search_path()
    environment["BAOCTL_REAL_PAUSE"] = str(find["pause"])
    environment["BAOCTL_REAL_KUBECTL"] = str(find["kubectl"])
    return environment


def _one(options, environment):
    """A cluster for a person, or for a script."""
    run = sandbox.Run()
    listener = gateway.listen() if options.keep else None
    plan = {
        "conformance": False,
        "script": str(Path(options.exec).resolve()) if options.exec else None,
        "gateway": listener.fileno() if listener else None,
    }
    try:
        return sandbox.attend(lambda: [run.begin(plan, environment, listener)])[0]
    finally:
        run.clean()
        say(f"everything is down; logs: {run.folder / 'logs'}")


def _all(scenarios, options, environment):
    """First what measures, with nothing beside it; then the rest, in several clusters at once."""
    holder = sandbox.Run()
    try:
        board = Board(holder.folder / "board")
        alone = [scenario.name for scenario in scenarios if scenario.alone]
        others = [scenario.name for scenario in scenarios if not scenario.alone]
        plan = {"board": str(board.folder), "conformance": options.conformance, "script": None, "gateway": None}
        code = _lanes(alone, 1, plan, environment)
        if code != 130:
            code = _lanes(others, min(options.lanes, len(others)), plan, environment) or code
        concluded = scenarios_run.conclude(scenarios, board, options.conformance)
        return code or concluded
    finally:
        holder.clean()
        say("everything is down")


def _lanes(names, count, plan, environment):
    """Run scenarios in `count` sandboxes, each taking the next one; returns the worst exit code."""
    if not names:
        return 0
    runs = [sandbox.Run() for _ in range(count)]
    plan = {**plan, "scenarios": names}
    letters = [{"BAOCTL_REAL_LANE": chr(ord("a") + lane)} if count > 1 else {} for lane in range(count)]
    try:
        return max(sandbox.attend(lambda: (
            run.begin(plan, {**environment, **letter}) for run, letter in zip(runs, letters))))
    finally:
        for run in runs:
            run.clean()
        say(f"logs: {', '.join(str(run.folder) for run in runs)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
