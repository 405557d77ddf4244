"""What several sandboxes share of one run: who runs which scenario, and what came of each."""

import json
import os
from pathlib import Path

from . import paths


class Board:
    """A folder with a claim and an entry per scenario; every process of a run opens its own."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self._claims, self._entries = self.folder / "claims", self.folder / "entries"
        for part in (self._claims, self._entries):
            part.mkdir(parents=True, exist_ok=True)

    def claim(self, name):
        """Whether the scenario is the caller's to run: true for the first who asks."""
        try:
            (self._claims / name).mkdir()
            return True
        except FileExistsError:
            return False

    def record(self, entry):
        """Note what came of a scenario; nobody sees half an entry."""
        _write(self._entries / f"{entry['name']}.json", entry)

    def entries(self, names):
        """The entries in the order of `names`; a scenario that was begun and never noted failed."""
        found = []
        for name in names:
            file = self._entries / f"{name}.json"
            if file.exists():
                found.append(json.loads(file.read_text()))
            elif (self._claims / name).exists():
                found.append({"name": name, "result": "failed", "reason": "it did not come to its end"})
        return found


def write_report(entries, summary):
    """target/real/report.json."""
    paths.TARGET.mkdir(parents=True, exist_ok=True)
    _write(paths.TARGET / "report.json", {"scenarios": entries, "summary": summary})


def _write(file, value):
    unfinished = file.with_suffix(f".{os.getpid()}.tmp")
    unfinished.write_text(json.dumps(value, indent=1, default=str) + "\n")
    os.replace(unfinished, file)
