"""Owns one baoctl process: started, watched line by line, signalled at a point, collected."""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

from .events import Stream

PLAIN_ADMIN = "plain-admin"
_NUMBER = itertools.count(1)
_LOOK = 0.05
_all = []


def end_all():
    """End whatever a scenario left running."""
    for run in _all:
        run.kill()
    _all.clear()


class Baoctl:
    """A run of baoctl in a session of its own, so that no terminal's signal reaches it.

    By default as the cluster's `plain-admin` and with `-o ndjson`; `output` is another format
    (`result` is then the whole document), `user` another identity the stack knows. `kill_at`
    is a predicate: the first event that matches it is answered with `by` (SIGKILL) at once,
    by the thread that reads. stdout and stderr stay as files in the scenario's folder.
    """

    def __init__(self, ctx, *arguments, output="ndjson", user=PLAIN_ADMIN, groups=(),
                 kubeconfig=None, environment=None, kill_at=None, by=signal.SIGKILL):
        config = kubeconfig or ctx.stack.kubeconfig_for(user, groups)
        self.arguments = [*map(str, arguments), "-o", output]
        self.name = f"{next(_NUMBER):03d}-" + "-".join(
            part for part in self.arguments[:2] if not part.startswith("-"))
        self.stdout_path = Path(ctx.workdir) / f"{self.name}.stdout"
        self.stderr_path = Path(ctx.workdir) / f"{self.name}.stderr"
        (Path(ctx.workdir) / f"{self.name}.arguments").write_text(
            " ".join(["baoctl", *self.arguments]) + "\n")
        self._stream, self._json = Stream(), output == "json"
        self._kill_at, self._by, self.killed_at = kill_at, by, None
        self._news = threading.Condition()
        self._cursor, self._reading_over = 0, False
        self.exit_code, self.peak_rss_kib, self.seconds = None, 0, None
        home = Path(ctx.workdir) / "home"
        home.mkdir(exist_ok=True)
        self.began = time.monotonic()
        with open(self.stderr_path, "wb") as errors:
            self._process = subprocess.Popen(
                [str(ctx.baoctl), *self.arguments], cwd=ctx.workdir, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=errors, start_new_session=True,
                env={"PATH": os.environ["PATH"], "HOME": str(home), "KUBECONFIG": str(config),
                     "RUST_BACKTRACE": "1", **(environment or {})})
        self.pid = self._process.pid
        _all.append(self)
        # Read as long as anybody runs: the event of interest may be any.
        self._threads = [threading.Thread(target=self._read, args=(output == "ndjson",)),
                         threading.Thread(target=self._reap)]
        for thread in self._threads:
            thread.daemon = True
            thread.start()

    # --- what it says --------------------------------------------------------------------

    @property
    def events(self):
        """The events so far."""
        return list(self._stream.events)

    @property
    def result(self):
        """The last document: of the stream's last line, or all of stdout with `json`."""
        if self._json and self._stream.result is None and self._reading_over:
            self._stream.result = json.loads(self.stdout)
        return self._stream.result

    @property
    def stdout(self):
        """All of stdout so far."""
        return self.stdout_path.read_text(errors="replace")

    @property
    def stderr(self):
        """All of stderr so far."""
        return self.stderr_path.read_text(errors="replace")

    def saw(self, matches):
        """The first event that matches, or None."""
        return next((event for event in self.events if matches(event)), None)

    @property
    def running(self):
        """Whether it has not ended."""
        return self.exit_code is None

    # --- waiting and signals -------------------------------------------------------------

    def until(self, matches, seconds=180):
        """Wait for an event after the last one waited for; returns it."""
        deadline = time.monotonic() + seconds
        what = getattr(matches, "label", "an event")
        with self._news:
            while True:
                for place in range(self._cursor, len(self._stream.events)):
                    if matches(self._stream.events[place]):
                        self._cursor = place + 1
                        return self._stream.events[place]
                if self._reading_over:
                    raise AssertionError(f"{self.name} ended before {what}; {self.account()}")
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{self.name}: no {what} in {seconds} s; {self.account()}")
                self._news.wait(left)

    def signal(self, number):
        """Send a signal, as `kill` would."""
        os.kill(self.pid, number)

    def kill(self):
        """End it, if it has not ended; for the clean-up of a scenario that failed."""
        if self.running:
            self.signal(signal.SIGKILL)
        for thread in self._threads:
            thread.join(10)

    def finish(self, expect=0, seconds=420):
        """Wait for its end; another exit code than `expect` (or these) is an error."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if self.running:
            said = self.account()
            self.kill()
            raise AssertionError(f"{self.name} did not end within {seconds} s; {said}")
        if self.exit_code not in (expect if isinstance(expect, tuple) else (expect,)):
            raise AssertionError(f"{self.name}: exit code {self.exit_code}, not {expect}; {self.account()}")
        if self._stream.events and self.exit_code >= 0:
            if complaints := self._stream.complaints():
                raise AssertionError(f"{self.name}: {complaints}")
            if self.result["exitCode"] != self.exit_code:
                raise AssertionError(f"{self.name}: the result says exit code {self.result['exitCode']}")
        return self

    def killed(self, seconds=300):
        """Wait until its `kill_at` came and it is dead; returns the event."""
        try:
            self.finish(-self._by, seconds)
        except AssertionError as error:
            if self.killed_at is None:
                label = getattr(self._kill_at, "label", "its point")
                raise AssertionError(f"{label} never came: {error}") from None
            raise
        return self.killed_at

    def account(self):
        """What there is to say about it when something is wrong."""
        error = (self._stream.result or {}).get("error") or {}
        last = " ".join(map(repr, self._stream.events[-8:]))
        blockers = next((event.body["blockers"] for event in reversed(self._stream.events)
                         if event.type in ("waiting", "heartbeat")), None)
        return (f"exit code {self.exit_code}, error {error.get('code')}: {error.get('message')}; "
                f"last events: {last}; last wait: {blockers}; stderr ends: {self.stderr[-600:]!r}; "
                f"all of it: {self.stdout_path}")

    # --- threads -------------------------------------------------------------------------

    def _read(self, ndjson):
        with open(self.stdout_path, "wb") as copy:
            for line in self._process.stdout:
                seen = time.monotonic()
                copy.write(line)
                copy.flush()
                if not ndjson:
                    continue
                with self._news:
                    event = self._stream.take(line.decode(errors="replace"), seen)
                    if event and self._kill_at and not self.killed_at and self._kill_at(event):
                        self.killed_at = event
                        with contextlib.suppress(ProcessLookupError):
                            os.kill(self.pid, self._by)
                    self._news.notify_all()
        with self._news:
            self._reading_over = True
            self._news.notify_all()

    def _reap(self):
        # The kernel's ru_maxrss also counts the forked copy of this interpreter; the high
        # water mark of the program's own memory does not.
        ended = 0
        while not ended:
            self.peak_rss_kib = max(self.peak_rss_kib, _high_water(self.pid))
            time.sleep(_LOOK)
            ended, status = os.waitpid(self.pid, os.WNOHANG)
        self.seconds = round(time.monotonic() - self.began, 1)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._threads[0].join()
        own = (self._stream.result or {}).get("peakRssKib") or 0
        self.peak_rss_kib = max(self.peak_rss_kib, own)
        self.exit_code = self._process.returncode


def _high_water(pid):
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
