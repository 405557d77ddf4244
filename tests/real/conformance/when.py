"""Owns the moments of a scenario on the real side: which fault strikes when, by the run's own words.

The words mean what they mean in `baoctl rehearse`: `event` is the first event of that name (and
about that pod) since the beginning, `after` counts from it, and `after` alone from the start of
the first process. `write` is known for a crash alone: the embedded run says which act the k-th
write belonged to, and the real process is killed when it tells of the same one.
"""

import threading
import time

from . import trace


class Schedule:
    """The faults of one scenario. `strike(planned)` does one and returns how to end it, or None.

    `heard` is given every event by the thread that reads the stream, and answers whether the
    process must be killed for it at once. `deaths` are the places of crashes at a write.
    """

    def __init__(self, faults, strike, deaths=()):
        self._strike = strike
        self._waiting = [one for one in faults if one.event]
        self._timed = [one for one in faults if not one.event and not one.write]
        self._at_writes = [one for one in faults if one.write]
        crashes = [one for one in faults if one.kind == "crash"]
        # One for each process that dies, in their order; None for one that dies of an event.
        self._deaths = [death if one.write else None for one, death in zip(crashes, deaths)]
        self._counts, self._begun = {}, False
        self._lock, self._timers, self._reliefs = threading.Lock(), [], []
        self._over = False
        self.kill = None
        self.struck, self.problems = [], []

    def before(self):
        """What is so from the beginning, before the first process is started."""
        for planned in [one for one in self._timed if not one.after]:
            self._now(planned)

    def begin(self, kill):
        """A process was started; `kill` ends it."""
        if self._begun and self._deaths and self._deaths[0] is None:
            self._deaths.pop(0)
        self.kill, self._counts, self._begun = kill, {}, True
        timed, self._timed = [one for one in self._timed if one.after], []
        for planned in timed:
            self._later(planned.after, planned)

    def heard(self, event):
        """One event of the process; returns whether it dies of it."""
        dies = self._dies_at_write(event)
        with self._lock:
            now = [one for one in self._waiting if one.event == event.type
                   and one.pod in ("", event.body.get("pod"))]
            self._waiting = [one for one in self._waiting if one not in now]
        for planned in now:
            if planned.kind == "crash" and not planned.after:
                self.struck.append(str(planned))
                dies = True
            else:
                self._later(planned.after, planned)
        return dies

    def end(self):
        """The run is over: nothing strikes any more, and what lasts is ended."""
        with self._lock:
            self._over = True
        for timer in self._timers:
            timer.cancel()
        for timer in self._timers:
            timer.join(60)
        for relief in self._reliefs:
            self._relieve(relief)
        self.problems += [f"{one} never struck: its moment did not come"
                          for one in (*self._waiting, *self._at_writes)]

    def _dies_at_write(self, event):
        if event.type not in ("actionStarted", "actionDone") or not self._deaths:
            return False
        key = (event.type, trace.act(event.body["action"]))
        self._counts[key] = self._counts.get(key, 0) + 1
        due = self._deaths[0]
        if due is None or (*key, self._counts[key]) != (due.event, due.act, due.nth):
            return False
        self._deaths.pop(0)
        self.struck.append(str(self._at_writes.pop(0)))
        return True

    def _later(self, seconds, planned):
        timer = threading.Timer(seconds, self._now, [planned])
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def _now(self, planned):
        with self._lock:
            if self._over:
                return
        self.struck.append(str(planned))
        try:
            if planned.kind == "crash":
                self.kill()
                return
            began = time.monotonic()
            relief = self._strike(planned)
        except Exception as error:  # noqa: B902
            # In a thread of its own; the scenario fails with it at its end.
            self.problems.append(f"{planned}: {type(error).__name__}: {error}")
            return
        if relief is not None:
            lasts, undo = relief
            self._reliefs.append(undo)
            if lasts is not None:
                timer = threading.Timer(max(0.0, lasts - (time.monotonic() - began)), self._relieve, [undo])
                timer.daemon = True
                self._timers.append(timer)
                timer.start()

    def _relieve(self, undo):
        with self._lock:
            if undo not in self._reliefs:
                return
            self._reliefs.remove(undo)
        try:
            undo()
        except Exception as error:  # noqa: B902
            self.problems.append(f"the end of a fault: {type(error).__name__}: {error}")
