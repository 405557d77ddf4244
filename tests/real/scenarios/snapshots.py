"""Owns the pre-upgrade snapshot of group 1: demanded, cut short, and whole."""

import base64
import hashlib
import io
import json
import os
import tarfile
import threading
import time

from fixture import build
from fixture.node import Node
from fixture.waiting import until

from .base import ON, Baoctl, Before, Scenario, at_rest, built, check, entry, upgrade, watched
from .events import done, on, started

FROM, TO = "2.6.2", "2.7.2"
# Enough that a download is still on its way when its first bytes have been told.
_FILLING = 96
_PIECE = 600_000


def filled(cluster):
    """Put some data into the cluster that does not compress."""
    for number in range(_FILLING):
        text = base64.b64encode(os.urandom(_PIECE)).decode()
        cluster.admin("POST", f"kv/data/filling/{number}", {"data": {"text": text}})


def members(path):
    """{member: bytes} of a snapshot, read by other code than baoctl's."""
    with tarfile.open(path, "r:gz") as archive:
        return {one.name: archive.extractfile(one).read() for one in archive}


def whole(path, record):
    """What is wrong with a snapshot file that baoctl calls verified; one line each."""
    found, inside = [], members(path)
    if set(inside) != {"meta.json", "state.bin", "SHA256SUMS", "SHA256SUMS.sealed"}:
        return [f"members {sorted(inside)}"]
    sums = dict(reversed(line.split(None, 1)) for line in inside["SHA256SUMS"].decode().splitlines())
    for name in ("meta.json", "state.bin"):
        if hashlib.sha256(inside[name]).hexdigest() != sums.get(name):
            found.append(f"the digest of {name}")
    if json.loads(inside["meta.json"])["Index"] != record["index"]:
        found.append(f"index {record['index']} recorded, {inside['meta.json']} written")
    content = path.read_bytes()
    if (len(content), hashlib.sha256(content).hexdigest()) != (record["bytes"], record["sha256"]):
        found.append("size or digest of the file are not the recorded ones")
    if path.stat().st_mode & 0o077:
        found.append(f"others may read it: {path.stat().st_mode:o}")
    return found


def snapshot(ctx):
    """Demanded by the resource and not asked for: refused. Cut: no change. Whole: upgraded."""
    cluster, bare = built(ctx, FROM, TO, bare=True, upgrade_spec={"preUpgradeSnapshot": True})
    filled(cluster)
    cluster.wait()
    before = Before(cluster)
    for flags, wanted in (((), ["backup.snapshot", "version.one-way-pair"]),
                          (("--accept-one-way",), ["backup.snapshot"]),
                          (("--allow-no-snapshot",), ["version.one-way-pair"])):
        missing = Baoctl(ctx, "upgrade", "rolling", *ON, "--to", TO, "--yes", *flags).finish(expect=3)
        failed = [finding["id"] for finding in missing.result["findings"] if finding["verdict"] == "fail"]
        check(sorted(failed) == wanted, f"refused for {failed} with {flags}")
    check(not (changed := before.untouched()), f"changed: {changed}")

    cut_file, file = ctx.workdir / "cut.snap", ctx.workdir / "whole.snap"
    with watched(ctx, cluster, TO, rests=False) as beside:
        cut = upgrade(ctx, TO, "--snapshot", cut_file)
        cut.until(on("snapshotProgress"), 60)
        cuts = ctx.stack.cut_port_forwards()
        cut.finish(expect=5)
        check(cut.result["halt"]["reason"] == "SnapshotFailed", f"it stopped for {cut.result['halt']}")
        check(not cut.saw(on("snapshotVerified")), "the cut snapshot counts as verified")
        check(not cut.saw(started("release")) and not cut.saw(started("hold")), "it went on")
        left = [path.name for path in ctx.workdir.iterdir() if path.name.startswith("cut.snap")]
        check(not left, f"left behind: {left}")
        check(before.uids == Before(cluster).uids, "pods were replaced")
        changed = before.untouched()
        check(not changed, f"changed after the cut: {changed}")
        run = upgrade(ctx, TO, "--snapshot", file).finish()
        at_rest(ctx, before, TO)
    record = run.saw(on("snapshotVerified")).body["snapshot"]
    check(not (wrong := whole(file, record)), f"the snapshot: {wrong}")
    first = run.saw(started("declare"))
    check(run.saw(on("snapshotVerified")).seq < first.seq, "the target was declared before the snapshot was there")
    check(done("takeSnapshot")(run.saw(done("takeSnapshot"))), "no snapshot was taken")
    return entry(FROM, TO, [cut, run], beside, bare=bare, snapshot_bytes=record["bytes"], connections_cut=cuts)


def restored(ctx):
    """Past the door the way back is printed; gone by hand, it leads to the old secrets."""
    cluster, _ = built(ctx, FROM, TO)
    cluster.admin("POST", "kv/data/kept", {"data": {"text": "of before"}})
    cluster.wait()
    token, file = cluster.token(), ctx.workdir / "before.snap"
    with watched(ctx, cluster, TO) as beside:
        run = upgrade(ctx, TO, "--snapshot", file).finish()
    back = Baoctl(ctx, "upgrade", "rolling", *ON, "--to", FROM, "--yes").finish(expect=3)
    refused = [one for one in back.result["findings"] if one["id"] == "version.no-downgrade"]
    steps = refused[0]["remedy"].splitlines()
    check([line[:2] for line in steps[1:]] == ["1.", "2.", "3.", "4.", "5."], f"the way back: {steps}")
    older = build(ctx.stack, name="older", namespace="vault-older", version=FROM, seal=cluster)
    try:
        _restore(ctx, older, token, file)
    finally:
        older.delete()
    return entry(FROM, TO, [run, back], beside)


def _restore(ctx, older, token, file):
    older.admin("POST", "sys/storage/raft/snapshot-force", file.read_bytes())

    def kept():
        leader = older.leader()
        found = [one for one in older.nodes() if one.name == leader]
        answer = found[0].ask("GET", "kv/data/kept", token=token) if found else None
        return answer is not None and answer.status == 200 and answer.data["data"]["text"] == "of before"

    began = time.monotonic()
    until(kept, 120, "the restored cluster serves the old secret for the old token", every=0.2)
    ctx.say(f"  the old secret is there {time.monotonic() - began:.1f} s after the restore")
    until(lambda: all((health or {}).get("sealed") is False for health in map(Node.health, older.nodes())), 60,
          "every node of the restored cluster is unsealed", every=0.2)


SCENARIOS = [Scenario("restored", 1, "the way back past the door, by the snapshot, as it is printed", restored),
             Scenario("snapshot", 1, "a snapshot demanded, cut short, and then whole", snapshot)]
