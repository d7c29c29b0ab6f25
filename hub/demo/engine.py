"""Make the demo city from nothing: road engine, roads, base map, addresses."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import httpx

from hub.demo import address_file, addresses, basemap, clip, join_lines, road_engine
from hub.demo.downloads import LOCK, DownloadFailed, fetch_engine, fetch_extract
from hub.demo.road_engine import engine_command, has_engine

__all__ = ["PreparationFailed", "engine_command", "has_engine", "prepare"]

Say = Callable[[str], None]
_LOCK = ".lock"
STAMP = "stamp"
"""Written last and removed first: while it is missing the folder is not whole."""
_NO_ENGINE = " without an engine"


class PreparationFailed(Exception):
    """The demo city could not be made; the text says why, for people."""


def prepare(folder: Path, say: Say) -> None:
    """Make or complete the demo city in `folder`; returns at once when it is there.

    Made again when the lock or the demo's own code changed. Safe to interrupt and to call from two processes
    at once. Raises PreparationFailed when even the map extract can't be had. Where only the engine is
    missing the city is made without it: drives are then straight lines.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        stamp, recipe = folder / STAMP, _recipe()
        if stamp.exists() and stamp.read_text() == recipe:
            return
        stamp.unlink(missing_ok=True)
        half_made = folder / "new"
        shutil.rmtree(half_made, ignore_errors=True)
        half_made.mkdir()
        _make(half_made, folder, say)
        _move_into_place(half_made, folder)
        stamp.write_text(recipe if has_engine(folder) else recipe + _NO_ENGINE)
    say(f"demo city: ready in {folder}")


def _make(new: Path, old: Path, say: Say) -> None:
    extract = new / "city.osm.pbf"
    say("demo city: fetching the map of central Helsinki …")
    try:
        shutil.copyfile(fetch_extract(new / "extract"), extract)
    except DownloadFailed as fault:
        raise PreparationFailed(f"the demo needs its map extract, which could not be fetched: {fault}") from fault
    shutil.rmtree(new / "extract")
    with_engine = _add_engine(new, old, say)
    drawn = basemap.draw(extract, new / "basemap")
    say("demo city: base map drawn, " + ", ".join(f"{count} {name}" for name, count in drawn.items()))
    chosen = _choose(new, extract, with_engine)
    address_file.save(chosen, new)
    say(f"demo city: {len(chosen)} street addresses chosen")


def _add_engine(new: Path, old: Path, say: Say) -> bool:
    say("demo city: fetching the road engine (OSRM) and preparing the roads …")
    try:
        fetch_engine(new / "engine")
        _run(new, "osrm-extract", "-t", "2", "-p", "engine/osrm/share/profiles/car.lua", "city.osm.pbf")
        _run(new, "osrm-contract", "-t", "2", "city.osrm")
    except (DownloadFailed, PreparationFailed, OSError) as fault:
        say(f"demo city: no road engine for this machine ({fault})")
        say("demo city: it goes on without; technicians travel in straight lines")
        shutil.rmtree(new / "engine", ignore_errors=True)
        return False
    return True


def _run(folder: Path, name: str, *arguments: str) -> None:
    command = [str(road_engine.program(folder, name).absolute()), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise PreparationFailed(f"{name} ended with {done.returncode}: {(done.stdout + done.stderr)[-300:]}")


def _choose(folder: Path, extract: Path, with_engine: bool) -> list[address_file.Address]:
    known = addresses.read(extract)
    if not with_engine:
        return addresses.choose(known, None)
    try:
        with road_engine.running(folder, addresses.ENGINE_OPTIONS) as url:
            return addresses.choose(known, url)
    except (road_engine.EngineFailed, httpx.HTTPError) as fault:
        raise PreparationFailed(f"the road engine was installed but does not answer: {fault}") from fault


def _move_into_place(new: Path, folder: Path) -> None:
    for old in folder.iterdir():
        if old.name not in (new.name, _LOCK):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for made in new.iterdir():
        made.rename(folder / made.name)
    new.rmdir()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _recipe() -> str:
    """Name what the folder is made from."""
    sources = [LOCK, *(Path(module.__file__ or "") for module in (addresses, basemap, clip, join_lines))]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def _end(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def main() -> None:
    """Prepare the folder named on the command line; exit 1 with a plain sentence when that fails."""
    signal.signal(signal.SIGTERM, _end)  # leave by the way that also stops the engine
    try:
        prepare(Path(sys.argv[1]), lambda line: print(line, flush=True))  # noqa: T201 - a command
    except PreparationFailed as fault:
        sys.exit(str(fault))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
