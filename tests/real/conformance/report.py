"""Owns how conformance is told: a table, the differences, and a file for machines."""

import json
import os
import sys

_COLUMNS = ("scenario", "agree", "differences", "steps", "waits", "leader moves", "seed", "seconds")


def write(path, entries):
    """target/real/conformance.json; nobody sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    agreed = sum(bool(entry.get("agree")) for entry in entries)
    unfinished.write_text(json.dumps({"agreed": agreed, "of": len(entries), "scenarios": entries}, indent=1) + "\n")
    os.replace(unfinished, path)


def tell(entries, out=None):
    """The differences first, the table last: what is read first stands at the end."""
    out = out or sys.stderr
    for entry in entries:
        for line in _against(entry):
            print(line, file=out)
    rows = [_COLUMNS] + [_row(entry) for entry in entries]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip(), file=out)
    agreed = sum(bool(entry.get("agree")) for entry in entries)
    print(f"{agreed} of {len(entries)} agree", file=out, flush=True)


def failed(entries):
    """Whether anything differs or could not be compared."""
    return any(not entry.get("agree") for entry in entries)


def _against(entry):
    if entry.get("agree"):
        return []
    lines = ["", f"== {entry['name']}"]
    lines += [f"{problem}" for problem in entry.get("problems", ())]
    if entry.get("reason"):
        lines.append(entry["reason"])
    return lines + entry.get("diff", [])


def _row(entry):
    compared = "agree" in entry
    word = ("yes" if entry["agree"] else "NO") if compared else entry.get("result", "not begun")
    return tuple(str(value) for value in (
        entry["name"], word, entry.get("changed", "-"), entry.get("steps", "-"), entry.get("waits", "-"),
        entry.get("leader_moves", "-"), entry.get("seed", "-"), entry.get("seconds", "-")))
