"""A way from the host to the API server in the sandbox, for `--keep`."""

import socket
import threading

from .network import NODE_IP

_API_PORT = 6443


def listen():
    """A listening socket on the host's loopback; it keeps its network when the sandbox inherits it."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.set_inheritable(True)
    return listener


def serve(listener):
    """Pass every connection on to the API server, in threads, until the process ends."""
    threading.Thread(target=_accept, args=(listener,), daemon=True).start()


def _accept(listener):
    while True:
        near, _ = listener.accept()
        try:
            far = socket.create_connection((NODE_IP, _API_PORT), timeout=5)
        except OSError:
            near.close()
            continue
        far.settimeout(None)
        for source, target in ((near, far), (far, near)):
            threading.Thread(target=_pass, args=(source, target), daemon=True).start()


def _pass(source, target):
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        # One side is gone: end both directions.
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
