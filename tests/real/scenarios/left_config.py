"""Owns a configuration of green's name that lies there already, in the form of a colour that serves."""

from fixture import coloured, names

from .base import Scenario
from .blue_green import PATCH, promote, ready, told, two, watched


def votes(ctx):
    """By it green would join with votes: it gets none before its time, and waits where it was asked to."""
    colours, _ = two(ctx, PATCH)
    cluster, green = colours.cluster, colours.green
    with watched(ctx, colours, green, moves=1) as beside:
        cluster.api.create(names.path("configmaps", cluster.namespace), {
            "apiVersion": "v1", "kind": "ConfigMap", "data": {"config.hcl": coloured.server(green)},
            "metadata": {"name": coloured.config_map(green), "labels": green.labels,
                         "ownerReferences": [green.owner()]}})
        first = ready(ctx, colours, PATCH[1])
        last = promote(ctx).finish()
        cluster.shape = green
    return told(colours, PATCH, [first, last], beside)


SCENARIOS = [
    Scenario("bg-left-config", 10, "green's configuration lies there already, and gives it votes", votes)]
