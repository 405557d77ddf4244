"""What a person sees while the long parts run: plain lines with the time since the start."""

import contextlib
import os
import sys
import threading
import time

_START = time.monotonic()
# Which of several sandboxes side by side this is.
_LANE = f"{lane}: " if (lane := os.environ.get("BAOCTL_REAL_LANE")) else ""
# A line this often says that a long part is still at work.
_EVERY = 30.0


def say(text):
    """Print one line, with the seconds since the start, to standard error."""
    print(f"[{time.monotonic() - _START:6.1f} s] {_LANE}{text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def long_part(text):
    """Announce a part, repeat it every half minute while it runs, and tell how long it took."""
    begun = time.monotonic()
    done = threading.Event()

    def repeat():
        while not done.wait(_EVERY):
            say(f"{text}: {time.monotonic() - begun:.0f} s so far")

    say(text)
    ticker = threading.Thread(target=repeat, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()
    say(f"{text}: done in {time.monotonic() - begun:.1f} s")
