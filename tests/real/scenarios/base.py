"""Owns what a scenario is, and the steps every scenario is made of: build, run, judge, report."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from fixture import bare_step_down_gap, build, names
from fixture.shape import IMAGES

from . import process
from .audit import Audit
from .beside import Beside
from .process import PLAIN_ADMIN, Baoctl
from .report import entry
from .rest import Before, at_rest

NAME, NAMESPACE = "prod", "vault"
ON = (NAME, "-n", NAMESPACE)

__all__ = ["Audit", "Baoctl", "Before", "Beside", "NAME", "NAMESPACE", "ON", "PLAIN_ADMIN",
           "Scenario", "at_rest", "built", "check", "consent", "entry", "image_of", "keep",
           "resume", "upgrade", "watched"]


@dataclass(frozen=True)
class Scenario:
    """One scenario. `body(ctx)` returns its entry for the report, or raises.

    `ci`: runs when nothing is named, too. `alone`: it measures times, nothing runs beside it.
    """

    name: str
    group: int
    summary: str
    body: Callable
    ci: bool = False
    alone: bool = False

    def run(self, ctx):
        """Run it, and remove what it made, whatever comes of it."""
        try:
            return {"group": self.group, **self.body(ctx)}
        except Exception:
            for cluster in _clusters.made:
                _describe(ctx, cluster)
            _clusters.kept = None
            raise
        finally:
            process.end_all()
            _clusters.remove(ctx)


class _Clusters:
    """The clusters of the scenario at hand, and the one kept for the next."""

    def __init__(self):
        self.made, self.kept = [], None

    def taken(self, name, version):
        """The cluster that was kept for this scenario, if it is of this version."""
        kept, self.kept = self.kept, None
        if kept is None:
            return None
        wanted, cluster = kept
        if wanted == name and cluster.resource()["spec"]["version"] == version:
            return cluster
        cluster.delete()
        return None

    def remove(self, ctx):
        """Remove what was made, but for the one that is kept."""
        for cluster in self.made:
            if self.kept and self.kept[1] is cluster:
                continue
            try:
                cluster.delete()
            except Exception as error:  # noqa: B902
                # It must not hide why the scenario failed.
                ctx.say(f"the cluster could not be removed: {type(error).__name__}: {error}")
        self.made = []


_clusters = _Clusters()


def check(holds, what):
    """Raise AssertionError unless it holds."""
    if not holds:
        raise AssertionError(what)


def image_of(version):
    """The image of an OpenBao version; an image's name stays as it is."""
    return version if "/" in version else f"{IMAGES}:{version}"


def built(ctx, version="2.6.2", to=(), bare=False, leader=None, **shape):
    """A cluster at rest for this scenario, removed after it; returns (cluster, bare gap in ms).

    `to` is the version or image it will be asked to run, or several. With `bare` one step-down
    is measured first; with `leader` leadership is placed on that ordinal. What else there is
    to say goes to `fixture.build`.
    """
    cluster = _clusters.taken(ctx.name, version)
    if cluster is None:
        ctx.say(f"  building a cluster of {version}")
        cluster = build(ctx.stack, name=NAME, namespace=NAMESPACE, version=version, **shape)
    _clusters.made.append(cluster)
    ctx.stack.ensure_images(*map(image_of, [to] if isinstance(to, str) else to))
    gap = None
    if bare:
        gap = bare_step_down_gap(cluster)
        ctx.say(f"  a bare step-down stops writes for {gap} ms")
    if leader is not None:
        cluster.place_leader(leader)
    return cluster, gap


def keep(ctx, cluster, wanted):
    """Leave the cluster to the scenario `wanted`, if that comes next."""
    if ctx.following == wanted:
        _clusters.kept = (wanted, cluster)


def consent(to, *flags):
    """The flags that a way to version `to` through a one-way door needs beside these."""
    if not to.startswith("2.7.") or "--accept-one-way" in flags:
        return ()
    return ("--accept-one-way",) if "--snapshot" in flags else ("--accept-one-way", "--allow-no-snapshot")


def upgrade(ctx, to, *flags, **how):
    """Start `baoctl upgrade rolling`, one-way doors accepted; `how` is for `Baoctl`.

    With `--accept-one-way` among the flags nothing is added: the scenario says all of it.
    """
    return Baoctl(ctx, "upgrade", "rolling", *ON, "--to", to, "--yes", *consent(to, *flags), *flags, **how)


def resume(ctx, *flags, **how):
    """Start `baoctl resume`."""
    return Baoctl(ctx, "resume", *ON, "--yes", *flags, **how)


@contextlib.contextmanager
def watched(ctx, cluster, to, operator=True, image=None, secrets=(), held=False, rests=True, running=None):
    """Writer, watch over leaders and operator beside the block; then judges the whole.

    After the block the cluster must be at rest on version `to` (unless `rests` is false: a
    scenario that ends elsewhere judges that itself), no acknowledged write lost, no newer
    version active beside an older voter, the operator not refused. Yields the `Beside`, which
    also has `before` and `audit` (baoctl's requests as the API server saw them).
    """
    beside = Beside(cluster, operator)
    beside.before, beside.audit = Before(cluster, operator), Audit(ctx.stack, PLAIN_ADMIN)
    with beside:
        yield beside
        if rests:
            at_rest(ctx, beside.before, to, image, secrets, held=held, running=running)
    if problems := beside.problems():
        raise AssertionError("; ".join(problems))


def _describe(ctx, cluster):
    """What the cluster looked like when the scenario failed, into its folder."""
    for plural in ("openbaoclusters", "statefulsets", "pods", "jobs", "events", "leases"):
        where = (f"/apis/coordination.k8s.io/v1/namespaces/{cluster.namespace}/leases"
                 if plural == "leases" else names.path(plural, cluster.namespace))
        with contextlib.suppress(Exception):
            found = cluster.api.get(where)
            (ctx.workdir / f"{plural}.json").write_text(json.dumps(found, indent=1))
    with contextlib.suppress(Exception):
        seen = {"leader": cluster.leader(), "versions": cluster.versions()}
        (ctx.workdir / "servers.json").write_text(json.dumps(seen, indent=1))
