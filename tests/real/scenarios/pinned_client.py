"""Owns a client that stays with one server for as long as that answers at all."""

import threading
import time

from fixture import node

from .base import Scenario, check
from .blue_green import LONGEST_GAP_MS, ONE_WAY, told, two, upgrade, watched
from .events import done, entered, on

_PERIOD, _TIMEOUT = 0.05, 1.0
_KEYS = "kv/data/pinned"


class PinnedClient(threading.Thread):
    """Numbered writes over one kept connection; the same number again until it is acknowledged.

    A connection that breaks is opened anew to the same server. Once that cannot be done the
    client goes to the public Service, for good.
    """

    def __init__(self, cluster, pod):
        super().__init__(daemon=True, name="pinned")
        self._cluster = cluster
        self._server = next(one for one in cluster.nodes() if one.name == pod)
        self._token, self._over = cluster.token(), threading.Event()
        self._connection = None
        # When each number was acknowledged; when something else was answered, and what.
        self.acknowledged, self.refusals = [], []
        self.left_at = None

    def run(self):
        while not self._over.is_set():
            number = len(self.acknowledged)
            try:
                self._connection = self._connection or self._connect()
                answer = node.exchange(self._connection, "POST", f"{_KEYS}/{number}",
                                       {"data": {"n": number}}, self._token)
            except OSError as error:
                self._refused(type(error).__name__)
                self._connection = None
            else:
                if answer.status == 200:
                    self.acknowledged.append(time.monotonic())
                else:
                    self._refused(str(answer.status))
            self._over.wait(_PERIOD)

    def _connect(self):
        made = (self._cluster.connect_to_service(_TIMEOUT) if self.left_at
                else self._server.connect(_TIMEOUT))
        try:
            made.connect()
        except OSError:
            self.left_at = self.left_at or time.monotonic()
            raise
        return made

    def _refused(self, why):
        self.refusals.append((time.monotonic(), why))

    def stop(self):
        """End it."""
        self._over.set()
        self.join(10)

    def longest_gap_ms(self):
        """The longest time without an acknowledged write."""
        return max((round((late - early) * 1000, 1) for early, late in
                    zip(self.acknowledged, self.acknowledged[1:])), default=0.0)

    def lost(self):
        """The acknowledged numbers that the leader does not have."""
        leader = self._cluster.leader()
        asked = next(one for one in self._cluster.nodes() if one.name == leader).connect()
        kept = [node.exchange(asked, "GET", f"{_KEYS}/{number}", token=self._token).data.get("data")
                for number in range(len(self.acknowledged))]
        asked.close()
        return [number for number, data in enumerate(kept) if data != {"n": number}]


def pinned(ctx):
    """A client stays with the old leader until that is removed, and then finds the new one."""
    colours, _ = two(ctx, ONE_WAY)
    cluster = colours.cluster
    client = PinnedClient(cluster, cluster.leader())
    with watched(ctx, colours, colours.green, moves=1) as beside:
        client.start()
        try:
            run = upgrade(ctx, ONE_WAY[1], "--soak", "10s")
            moved = run.until(done("moveService"))
            leaves = run.until(entered("cleanup"))
            run.finish()
        finally:
            client.stop()
        cluster.shape = colours.green
        lost = client.lost()
    check(not lost, f"acknowledged and lost: {lost}")
    account = {"acknowledged": len(client.acknowledged), "longest_gap_ms": client.longest_gap_ms(),
               "left_s": client.left_at and round(client.left_at - moved.seen, 2),
               "refusals": [(round(at - moved.seen, 2), why) for at, why in client.refusals]}
    check(any(moved.seen < at < leaves.seen for at in client.acknowledged),
          f"the old leader served nobody after the cutover: {account}")
    check(client.left_at and client.left_at > leaves.seen, f"it left before the old leader was removed: {account}")
    check(client.acknowledged[-1] > run.saw(on("finished")).seen - 1.0, f"it is served no more: {account}")
    check(client.longest_gap_ms() <= LONGEST_GAP_MS, f"too long without a write: {account}")
    return told(colours, ONE_WAY, [run], beside, pinned=account)


SCENARIOS = [
    Scenario("bg-pinned-client", 10, "a client that stays with the old leader until it is removed", pinned)]
