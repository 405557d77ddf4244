"""Owns the scenario that types every baoctl command of the README, word for word, at a terminal."""

import os
import pty
import re
import select
import time
from pathlib import Path

from .base import PLAIN_ADMIN, Scenario, built, check, entry, watched

README = Path(__file__).resolve().parents[3] / "README.md"
# Set-up and checks of the repository itself: other stages run them.
_ELSEWHERE = ("tests/real/run", "cargo ")
# Of clusters under the strategy BlueGreen.
_COLOURS = re.compile(r"^baoctl upgrade (bluegreen|promote|abort|rollback) ").match


def commands():
    """The lines of the README's console blocks, in their order."""
    blocks = re.findall(r"^```console\n(.*?)^```$", README.read_text(), re.M | re.S)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def _typed(line, environment, folder, seconds=240):
    """Types one line into a shell at a terminal, says yes when asked; returns (code, screen)."""
    pid, screen = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe("bash", ["bash", "-c", line], environment)
    seen, answered, deadline = b"", False, time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not select.select([screen], [], [], 1)[0]:
            continue
        try:
            got = os.read(screen, 65536)
        except OSError:
            break  # how a terminal says that its program is gone
        if not got:
            break
        seen += got
        if not answered and b"[y/N]" in seen:
            os.write(screen, b"y\n")
            answered = True
    else:
        os.kill(pid, 9)
    os.close(screen)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen.decode(errors="replace")


def _body(ctx):
    cluster, _ = built(ctx, to="2.7.2")
    folder = Path(ctx.workdir)
    tools = folder / "bin"
    tools.mkdir()
    (tools / "baoctl").symlink_to(ctx.baoctl)
    home = folder / "home"
    (home / ".local/share/bash-completion/completions").mkdir(parents=True)
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(home), "TERM": "xterm",
                   "LANG": "C.UTF-8",
                   "KUBECONFIG": str(ctx.stack.kubeconfig_for(PLAIN_ADMIN, ()))}
    typed = [line for line in commands() if not line.startswith(_ELSEWHERE) and not _COLOURS(line)]
    check(len(typed) >= 8, f"the README has only {len(typed)} commands")
    with watched(ctx, cluster, "2.7.2") as beside:
        for line in typed:
            code, screen = _typed(line, environment, folder)
            with open(folder / "terminal.txt", "a") as record:
                record.write(f"$ {line}\n{screen}\n[{code}]\n")
            check(code == 0, f"`{line}` exits {code}: {screen[-600:]}")
            check("panicked" not in screen, f"`{line}` panics")
    return entry("2.6.2", "2.7.2", (), beside)


SCENARIOS = [Scenario("readme", 9, "every command of the README, typed at a terminal", _body, ci=True)]
