"""One program of the cluster as a process: its start, log, readiness, end."""

import os
import signal
import subprocess
import threading
from pathlib import Path

from .errors import StackError
from .waiting import until


class Component:
    """A program that runs until it is stopped; its output is appended to `<logs>/<name>.log`.

    With `restarts` it is started again when it ends by itself, as the kubelet does with the
    scheduler of a real control plane: that one ends itself when an API server that was killed
    has confused its cache.
    """

    def __init__(self, name, arguments, logs, environment=None, restarts=False):
        self.name = name
        self.log = Path(logs) / f"{name}.log"
        self._arguments = [str(argument) for argument in arguments]
        self._environment = environment
        self._process = None
        self._restarts, self._wanted = restarts, False

    @property
    def running(self):
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self):
        return self._process.pid if self._process else None

    def start(self):
        """Start the program in a session of its own, so that Ctrl-C reaches only the tests."""
        self._wanted = True
        self._launch()
        if self._restarts:
            threading.Thread(target=self._keep, args=(self._process,), daemon=True).start()
        return self

    def _launch(self):
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                self._arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=dict(os.environ, **(self._environment or {})), start_new_session=True,
            )

    def _keep(self, process):
        while True:
            process.wait()
            # Ended on request, or started again by somebody else meanwhile.
            if not self._wanted or process is not self._process:
                return
            self._launch()
            process = self._process

    def stop(self, number=signal.SIGTERM, seconds=20.0):
        """Send a signal and wait for the end; after `seconds` it is killed."""
        self._wanted = False
        if not self.running:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def ready(self, check, seconds=60.0):
        """Wait until `check` is true; fails at once, with the end of the log, if the program ended."""

        def alive_and_ready():
            if not self.running:
                raise RuntimeError(f"{self.name} ended with {self._process.returncode}; {self.log} ends:\n{self._tail()}")
            return check()

        try:
            until(f"{self.name} to be ready", alive_and_ready, seconds)
        except RuntimeError as error:
            raise StackError(str(error)) from None
        except StackError as error:
            raise StackError(f"{error}; {self.log} ends:\n{self._tail()}") from None

    def _tail(self):
        lines = self.log.read_text(errors="replace").splitlines()[-12:]
        return "\n".join("    " + line[:400] for line in lines)
