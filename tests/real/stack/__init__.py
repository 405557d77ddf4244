"""A whole Kubernetes on this machine, as one object: `stack.up(workdir)` gives a `Stack`."""

from .errors import ApiError, NotAvailable, StackError
from .waiting import until

__all__ = ["ApiError", "NotAvailable", "StackError", "until", "up"]


def up(workdir):
    """Bring the cluster up inside the current namespaces; see `cluster.up`."""
    from .cluster import up as bring_up

    return bring_up(workdir)
