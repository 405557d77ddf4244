"""The first process of the sandbox: buries orphans, and ends everything when its child ends."""

import os
import signal
import sys

from . import cgroups
from .errors import StackError


def main():
    # Ctrl-C goes to the whole process group; the child decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        cgroups.enter(os.environ["BAOCTL_REAL_CGROUP"])
    except (StackError, OSError) as error:
        sys.exit(f"tests/real/run: {error}")
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.execv(sys.executable, [sys.executable, "-m", "stack.inside", *sys.argv[1:]])
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    while True:
        pid, status = os.wait()
        if pid == child:
            # Leaving ends the process namespace: the kernel kills every process still in it.
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
