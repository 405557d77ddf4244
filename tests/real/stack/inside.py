"""The sandbox's own program: brings the cluster up, then does what the plan says with it."""

import json
import os
import resource
import runpy
import signal
import socket
import sys
import traceback
from pathlib import Path

from . import cluster, gateway, kubeconfig, privacy, program, scenarios_run
from .board import Board
from .errors import StackError
from .progress import long_part, say


def main(plan_path):
    plan = json.loads(Path(plan_path).read_text())
    folder = Path(plan["folder"])
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        privacy.hide_host(folder)
        with long_part("bringing the cluster up"):
            stack = cluster.up(folder)
        if plan["script"]:
            runpy.run_path(plan["script"], init_globals={"stack": stack}, run_name="__main__")
            return 0
        if plan["gateway"] is not None:
            return _keep(stack, folder, plan["gateway"])
        scenarios = scenarios_run.chosen(plan["scenarios"], False, plan["conformance"])
        return scenarios_run.run(scenarios, stack, folder, Board(plan["board"]))
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    except StackError as error:
        say(f"failed: {error}")
        say(f"logs: {folder / 'logs'}")
        return 1
    except Exception:
        traceback.print_exc()
        return 1


def _keep(stack, folder, descriptor):
    listener = socket.socket(fileno=descriptor)
    port = listener.getsockname()[1]
    gateway.serve(listener)
    admin = stack.admin_certificate
    config = kubeconfig.write(folder / "kubeconfig", f"https://127.0.0.1:{port}", stack.authority, "admin", *admin)
    built = _demo(stack)
    programs = f"{program.path().parent}:{Path(os.environ['BAOCTL_REAL_KUBECTL']).parent}"
    lines = [f"export PATH={programs}:$PATH", f"export KUBECONFIG={config}", "kubectl get pods -A"]
    if built:
        lines += [
            "baoctl status prod -n vault",
            "baoctl upgrade rolling prod -n vault --to 2.7.2 --dry-run",
            "baoctl upgrade rolling prod -n vault --to 2.7.2 --accept-one-way --snapshot prod.snap",
        ]
    print("\nThe cluster is up. In another terminal:\n")
    print("\n".join("    " + line for line in lines))
    print(f"\nLogs: {stack.logs}\nCtrl-C here takes everything down.", flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        pass
    return 0


def _demo(stack):
    try:
        import fixture

        demo = fixture.demo
    except (ModuleNotFoundError, AttributeError) as error:
        say(f"no demonstration cluster: {error}")
        return False
    with long_part("building the OpenBao cluster prod in the namespace vault"):
        demo(stack)
    return True


if __name__ == "__main__":
    code = main(sys.argv[1])
    # Threads still at work must not hold up the end.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
