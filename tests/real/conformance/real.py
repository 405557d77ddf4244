"""Owns the real side: a scenario file played on a real Kubernetes with real OpenBao servers."""

import contextlib
import json
import signal
import time
from dataclasses import dataclass, field

from scenarios.base import Baoctl, Beside, built
from scenarios.locked import locked

from . import faults, shape
from .when import Schedule

# As in the rehearsal: until whoever started a process that was killed has started the next.
_RESTART = 1.0
_MOST = 20
_KILLED = -9
_ANY = (*range(256), _KILLED)


@dataclass
class Played:
    """What came of it: the event streams one after the other, and what speaks against the run."""

    lines: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    runs: list = field(default_factory=list)
    lost: int = 0
    struck: list = field(default_factory=list)


def play(ctx, file, deaths):
    """Play it; `deaths` are the places of its crashes at a write."""
    cluster = _cluster(ctx, file)
    faults.prepare(cluster, file)
    played, world = Played(), faults.World(ctx, cluster)
    schedule = Schedule(file.faults, world.strike, deaths)
    admission, operator = shape.of(file)["lock"], shape.of(file)["operator"]
    with contextlib.ExitStack() as stack:
        if admission:
            stack.enter_context(locked(cluster, admission))
        beside = stack.enter_context(Beside(cluster, operator != "absent"))
        try:
            schedule.before()
            for _ in range(_MOST):
                run = _process(ctx, file, world, schedule)
                played.runs.append(run)
                played.lines += _told(run)
                if run.exit_code != _KILLED:
                    break
                time.sleep(_RESTART)
        finally:
            schedule.end()
        _whole(cluster, file, run)
    played.problems, played.struck = schedule.problems, schedule.struck
    played.lost = beside.writer["lost"]
    if played.lost:
        played.problems.append(f"{played.lost} acknowledged writes are lost")
    return played


def _cluster(ctx, file):
    images = [file.image or file.to]
    if any(planned.kind == "imageMissing" for planned in file.faults):
        images = []
    cluster, _ = built(ctx, to=images, **shape.built_with(file))
    return cluster


def _process(ctx, file, world, schedule):
    schedule.begin(lambda: world.run.signal(signal.SIGKILL))
    world.run = Baoctl(ctx, *shape.command(file), kill_at=_heard(schedule))
    return world.run.finish(expect=_ANY, seconds=600)


def _heard(schedule):
    def heard(event):
        return schedule.heard(event)

    heard.label = "the place of a crash"
    return heard


def _told(run):
    """The lines of one process; of one that was killed up to the event it was killed at."""
    lines = run.stdout.splitlines()
    if run.exit_code != _KILLED:
        return lines
    last = run.killed_at.seq if run.killed_at else None
    kept = []
    for text in lines:
        with contextlib.suppress(ValueError):
            line = json.loads(text)
            if last is None or line.get("seq", 0) <= last:
                kept.append(text)
    return kept


def _whole(cluster, file, run):
    """Lets a pod that was on its way come back before the writer is judged."""
    if run.exit_code == 0:
        if file.blue_green:
            # Blue is gone: from here on the cluster's servers are green's.
            cluster.shape = cluster.shape.of(file.to, file.image)
        cluster.wait()
