"""Owns the disturbances of group 5 that concern who leads, and a leader that cannot let go."""

import socket
import ssl
import time

from fixture.waiting import until

from .base import Scenario, built, check, entry, upgrade, watched
from .events import done, on, started
from .snapshots import filled

FROM, TO = "2.6.2", "2.7.2"
DOWNLOAD = "sys/storage/raft/snapshot"
# Longer than a step-down that was accepted may take before it counts as forgotten.
_HELD = 20.0


def old_ones_only(run):
    """Every step-down was sent to a node that ran the old version then."""
    versions = {}
    for event in run.events:
        if event.type == "nodeUnsealed":
            versions[event.pod] = event.body["version"]
        elif started("stepDown")(event):
            version = versions.get(event.pod, FROM)
            check(version == FROM, f"{event.pod} of version {version} was stepped down")


def leadership(ctx):
    """Somebody steps the leader down before the first pod goes; then somebody deletes the leader."""
    cluster, _ = built(ctx, FROM, TO)
    with watched(ctx, cluster, TO) as beside:
        beside.led_early = True
        run = upgrade(ctx, TO)
        run.until(done("hold"))
        stepped = cluster.leader()
        cluster.admin("PUT", "sys/step-down")
        moved = run.until(on("leaderChanged")).body
        check(moved["from"] == stepped and not moved["planned"], f"told of {moved}")
        run.until(on("podDone"))
        leader = cluster.leader()
        cluster.delete_pod(int(leader.rsplit("-", 1)[1]))
        ctx.say(f"  {stepped} was stepped down and {leader} deleted by somebody else")
        run.finish()
    old_ones_only(run)
    return entry(FROM, TO, [run], beside)


def early(ctx):
    """The first new node leads with two old voters left: no step-down any more, and forward."""
    cluster, _ = built(ctx, FROM, TO)
    with watched(ctx, cluster, TO) as beside:
        beside.led_early = True
        run = upgrade(ctx, TO)
        new = run.until(on("nodeUnsealed")).pod
        old = cluster.leader()
        rival = next(pod for pod in cluster.shape.pods() if pod not in (new, old))
        # With its only rival out of the vote for a moment, the new node must win.
        cluster.let_vote([rival], False)
        run.until(on("podReady", pod=new))
        until(cluster.caught_up, 15, f"{new} is caught up", every=0.1)
        leader = cluster.step_down()
        check(leader == new, f"{leader} leads instead of {new}")
        cluster.let_vote([rival], True)
        ctx.say(f"  {new} leads, {rival} and {old} are old")
        run.finish()
    passed = run.saw(on("pointOfNoReturn"))
    # It may be told before the rival has its vote back.
    check(passed and passed.body["node"] == new and {old} <= set(passed.body["olderVoters"]) <= {rival, old},
          f"the point of no return: {passed and passed.body}")
    check(not run.saw(started("stepDown")), "a leader of the new version was stepped down")
    check(beside.leaders["leader_moves"] == 1, f"{beside.leaders['leader_moves']} leader moves")
    return entry(FROM, TO, [run], beside)


class SlowDownload:
    """A snapshot download whose reader has gone to lunch: it holds the leader until it is closed."""

    def __init__(self, cluster):
        leader = cluster.node(cluster.leader_ordinal())
        plain = socket.socket()
        # Small, so that the server soon has nowhere to put its bytes.
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.settimeout(10)
        plain.connect((leader.address, 8200))
        tls = ssl.create_default_context(cadata=cluster.ca)
        self._stream = tls.wrap_socket(plain, server_hostname=leader.host)
        self._stream.sendall(f"GET /v1/{DOWNLOAD} HTTP/1.1\r\nHost: {leader.host}\r\n"
                             f"X-Vault-Token: {cluster.token()}\r\n\r\n".encode())
        first = self._stream.recv(512)
        check(first.startswith(b"HTTP/1.1 200"), f"the download was answered with {first[:80]!r}")

    def close(self):
        """Hang up."""
        self._stream.close()


def download(ctx):
    """A snapshot download is held open on the leader across its step-down: wait, say so, go on."""
    cluster, _ = built(ctx, FROM, TO)
    filled(cluster)
    cluster.wait()
    with watched(ctx, cluster, TO) as beside:
        run = upgrade(ctx, TO)
        for _ in range(2):
            run.until(on("podTerminating"))
        slow = SlowDownload(cluster)
        asked = run.until(done("stepDown"))
        warned = run.until(on("warning"), 60)
        check("snapshot download" in warned.body["message"], f"it warns of {warned.body}")
        while run.running and time.monotonic() < asked.seen + _HELD:
            time.sleep(0.2)
        check(run.running and not run.saw(on("leaderChanged")), f"it did not wait: {run.account()}")
        slow.close()
        closed = time.monotonic()
        moved = run.until(on("leaderChanged"), 30)
        run.finish()
    check(moved.body["planned"], f"told of {moved.body}")
    check(len([event for event in run.events if started("stepDown")(event)]) == 1, "more than one step-down")
    check(any("snapshot download" in text for text in run.result["warnings"]), f"warnings {run.result['warnings']}")
    return entry(FROM, TO, [run], beside, held_s=_HELD, moved_after_s=round(moved.seen - closed, 1))


SCENARIOS = [
    Scenario("leader-meddled-with", 5, "the leader stepped down, then deleted, by somebody else", leadership),
    Scenario("new-version-leads-early", 5, "a new node made active while two old voters remain", early),
    Scenario("slow-download", 5, "a snapshot download held open on the leader across its step-down", download)]
