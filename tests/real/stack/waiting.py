"""Waiting for a condition, with a deadline."""

import time

from .errors import StackError


def until(what, check, seconds=30.0, every=0.05):
    """Call `check` until it returns something true, and return that.

    `what` completes the sentence "gave up waiting for ...". Exceptions of `check` that are
    `StackError` or `OSError` count as "not yet"; the last one is told when time runs out.
    """
    deadline = time.monotonic() + seconds
    last = None
    while True:
        try:
            answer = check()
            if answer:
                return answer
        except (StackError, OSError) as error:
            last = error
        if time.monotonic() >= deadline:
            reason = f" (last: {last})" if last else ""
            raise StackError(f"gave up waiting for {what} after {seconds:g} s{reason}")
        time.sleep(every)
