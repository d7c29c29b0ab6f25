"""Read the documentation as tests need it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {"node_modules", "build", "var", "test-results", "__pycache__"}
"""Folders of what is installed, built or left by tests; so are those whose names begin with a dot, but for `.ci`."""

_EXAMPLE = re.compile(r"<!-- example: (?P<kind>\w+) -->\n```json\n(?P<text>.*?)\n```", re.DOTALL)
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
_CURL = re.compile(r"^curl (?P<rest>(?:.*\\\n)*.*)$", re.MULTILINE)


def page(name: str) -> str:
    """Read one file of the repository."""
    return (ROOT / name).read_text()


def our_files() -> Iterator[Path]:
    """Find every file that is ours."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name == ".ci" or (name[0] != "." and name not in NOT_OURS)]
        folders[:] = [name for name in folders if not name.endswith(".egg-info")]
        yield from (Path(folder, name) for name in files)


def our_pages() -> list[Path]:
    """Find every page of documentation."""
    return sorted(path for path in our_files() if path.suffix == ".md")


def decisions() -> list[Path]:
    """Find the decision records, the template first."""
    return sorted((ROOT / "docs" / "decisions").glob("*.md"))


def section(text: str, heading: str) -> str:
    """Take the part of a page from a heading to the next one of its level; empty where there is none."""
    level = heading.split()[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^{level} |\Z)", text, re.DOTALL | re.MULTILINE)
    return found[1] if found else ""


def examples(text: str) -> list[tuple[str, str]]:
    """Find the JSON examples of a page, each with its kind."""
    return [(found["kind"], found["text"]) for found in _EXAMPLE.finditer(text)]


def links(text: str) -> list[str]:
    """Find the targets of a page's links within the repository, without their fragments."""
    targets = (found["target"] for found in _LINK.finditer(text))
    return [target.partition("#")[0] for target in targets if "://" not in target and not target.startswith("#")]


def anchors(text: str) -> set[str]:
    """Name a page's headings as links do."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def curl_calls(text: str) -> list[tuple[str, str, str | None]]:
    """Find the calls of a page by curl: method, path (variables as they stand), JSON body."""
    calls = []
    for found in _CURL.finditer(text):
        call = found["rest"]
        path = re.search(r"http://127\.0\.0\.1:8000([^\s\"?]*)", call)
        method = re.search(r"-X (\w+)", call)
        body = re.search(r"-d '([^']*)'", call)
        calls.append((method[1] if method else "GET", path[1] if path else "", body[1] if body else None))
    return calls
