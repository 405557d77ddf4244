"""The command line of tests/real/run."""

import argparse
import os
import sys
from pathlib import Path

from . import gateway, images, packages, sandbox, scenarios_run, tools
from .errors import StackError
from .external import ExternalStack
from .paths import TARGET
from .progress import say


def main(arguments):
    options = _parse(arguments)
    try:
        if options.list:
            return _list()
        scenarios = scenarios_run.chosen(options.scenarios, options.all)
        if not scenarios and not (options.keep or options.exec):
            raise StackError("there is no scenario to run")
        if options.kubeconfig:
            TARGET.mkdir(parents=True, exist_ok=True)
            stack = ExternalStack(options.kubeconfig, TARGET / "external")
            stack.grant_plain_admin()
            return scenarios_run.run(scenarios, stack, TARGET / "external")
        return _on_own_stack(options)
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
    parser.add_argument("--keep", action="store_true", help="leave a cluster running, and say how to use it")
    parser.add_argument("--kubeconfig", metavar="PATH", help="use this disposable cluster instead")
    parser.add_argument(
        "--exec", metavar="FILE", help="run a Python file beside the cluster, with the variable `stack`"
    )
    return parser.parse_args(arguments)


def _list():
    for scenario in scenarios_run.registered():
        print(f"{scenario.name:40} {'ci' if scenario.ci else '  '}  {scenario.summary}")
    return 0


def _on_own_stack(options):
    sandbox.sweep()
    packages.install_missing()
    programs = tools.build_all()
    images.prepare()
    find = {program.name: program for folder in programs for program in folder.iterdir()}
    environment = dict(os.environ)
    environment["PATH"] = ":".join(map(str, programs)) + ":" + packages.search_path()
    environment["BAOCTL_REAL_PAUSE"] = str(find["pause"])
    environment["BAOCTL_REAL_KUBECTL"] = str(find["kubectl"])
    run = sandbox.Run()
    listener = gateway.listen() if options.keep else None
    plan = {
        "folder": str(run.folder),
        "scenarios": options.scenarios,
        "everything": options.all,
        "script": str(Path(options.exec).resolve()) if options.exec else None,
        "gateway": listener.fileno() if listener else None,
    }
    try:
        return run.inside(plan, environment, listener)
    finally:
        run.clean()
        say(f"everything is down; logs: {run.folder / 'logs'}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
