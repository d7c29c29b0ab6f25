"""Keep the documentation true: what exists is told, and what is told exists."""

from __future__ import annotations

import argparse
import inspect
import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase

from hub.cli import COMMANDS
from hub.domain.roles import PERMISSIONS, Permission, Role, allows
from hub.services import measures
from hub.services.background import Background
from hub.services.readiness import Readiness
from hub.settings import Settings, variables
from hub.store.database import Database
from hub.store.live_channel import LiveChannel
from hub.store.redis_client import connect_redis
from hub.store.tables import metadata
from tests.unit.reading_docs import (
    ROOT,
    anchors,
    decisions,
    links,
    our_files,
    our_pages,
    page,
    section,
)

OPERATIONS_PAGE, ARCHITECTURE_PAGE = "docs/operations.md", "docs/architecture.md"
SECTIONS = ["Status", "Context", "Decision", "Consequences", "Rejected alternatives"]
METRICS = [metric for _, metric in inspect.getmembers(measures) if isinstance(metric, MetricWrapperBase)]


@pytest.mark.parametrize("name", variables())
@pytest.mark.parametrize("where", ["README.md", OPERATIONS_PAGE])
def test_every_setting_is_told_with_its_default_and_meaning(name: str, where: str) -> None:
    default, meaning = _default(name), variables()[name]
    told = {
        "README.md": f"| `{name}` | {default} | {meaning} |\n",
        OPERATIONS_PAGE: f"- `{name}` (default: {default}). {meaning}.\n",
    }
    assert told[where] in page(where)


def test_no_setting_is_told_that_does_not_exist() -> None:
    for path in our_pages():
        assert set(re.findall(r"\bHUB_[A-Z_]+", path.read_text())) <= set(variables()), path.name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_told_with_its_options(name: str) -> None:
    told = section(page(OPERATIONS_PAGE), f"### hub {name}")
    assert told
    assert [option for option in _options(name) if f"`{option}" not in told] == []
    assert set(re.findall(r"`(--[a-z-]+)", told)) <= _options(name)


def test_no_command_is_told_that_does_not_exist() -> None:
    for path in our_pages():
        told = set(re.findall(r"(?:`|^    )hub ([a-z-]+)", path.read_text(), re.MULTILINE))
        assert told <= set(COMMANDS), path.name


def test_the_procfile_starts_what_exists() -> None:
    for line in page("Procfile").splitlines():
        name, _, command = line.partition(": ")
        program, what, *arguments = shlex.split(command)
        assert (program, what) == ("hub", name)
        assert {argument for argument in arguments if argument.startswith("--")} <= _options(what)


def test_every_metric_is_told() -> None:
    told = set(re.findall(r"^\| `(hub_\w+)`", section(page(OPERATIONS_PAGE), "## Metrics"), re.MULTILINE))
    assert told == {
        family.name + ("_total" if family.type == "counter" else "")
        for metric in METRICS
        for family in metric.collect()
    }


async def test_every_check_of_readiness_is_told(tmp_path: Path) -> None:
    database, redis = Database.open(f"sqlite:///{tmp_path / 'none.db'}"), connect_redis(f"unix://{tmp_path / 'none'}")
    checks = await Readiness(database, redis, LiveChannel(redis), Background()).checks()
    await redis.aclose()
    await database.close()
    told = re.findall(r"^\| `(\w+)` \|", section(page(OPERATIONS_PAGE), "## Health"), re.MULTILINE)
    assert told == list(checks)


def test_what_each_role_may_do_is_told() -> None:
    assert list(PERMISSIONS) == list(Role)
    for permission in Permission:
        answers = " | ".join("yes" if allows(role, permission) else "no" for role in Role)
        assert f"| `{permission}` | {answers} |\n" in page(OPERATIONS_PAGE)


def test_every_table_is_told() -> None:
    assert [name for name in metadata.tables if f"`{name}`" not in page(ARCHITECTURE_PAGE)] == []


def test_every_make_target_is_told() -> None:
    targets = re.findall(r"^([a-z-]+):.*##", page("Makefile"), re.MULTILINE)
    told = page("README.md") + page("CONTRIBUTING.md")
    assert targets
    assert [target for target in targets if f"make {target}" not in told] == []
    assert set(re.findall(r"(?:`|^    )make ([a-z]+)", told, re.MULTILINE)) <= {*targets, "lock"}


@pytest.mark.parametrize("path", our_pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    targets = [path.parent / target for target in links(path.read_text())]
    pictures = ROOT / "docs" / "images"  # the browser test takes them
    assert [target for target in targets if target.parent != pictures and not target.exists()] == []


def test_every_link_to_a_heading_leads_somewhere() -> None:
    for path in our_pages():
        for target, anchor in re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", path.read_text()):
            assert anchor in anchors((path.parent / target if target else path).read_text()), (path.name, anchor)


@pytest.mark.parametrize("path", [ROOT / "CONTRIBUTING.md", ROOT / ARCHITECTURE_PAGE], ids=lambda path: path.name)
def test_every_file_that_is_named_exists(path: Path) -> None:
    folders = ("hub", "workers", "tests", "static", "locales", "docs", "templates")
    named = re.findall(rf"`((?:{'|'.join(folders)})/[\w./-]+)`", path.read_text())
    invented = re.compile(r"hub/x/|tests/\w+/x/")  # made up for the sake of an example
    assert [name for name in named if not invented.match(name) and not (ROOT / name).exists()] == []


def test_decisions_are_numbered_without_gaps() -> None:
    assert [path.name[:4] for path in decisions()] == [f"{number:04}" for number in range(len(decisions()))]


@pytest.mark.parametrize("path", decisions(), ids=lambda path: path.stem)
def test_every_decision_has_all_sections(path: Path) -> None:
    text = path.read_text()
    assert text.startswith(f"# {path.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    assert [name for name in SECTIONS if not section(text, f"## {name}").strip()] == []


def test_no_file_names_a_machine_or_a_registry() -> None:
    folders = "|".join(("work", "root", "home", "Users"))
    hosts = "|".join((r"pypi\.", r"pythonhosted\.", r"npmjs\.", r"proxy\.golang\."))
    foreign = re.compile(rf"(?<![\w.)}}\]>*…])/(?:{folders})/\w|\b(?:{hosts})(?:org|com)")
    found = []
    for path in our_files():
        text = path.read_bytes()
        if b"\0" not in text and (match := foreign.search(text.decode())):
            found.append((str(path.relative_to(ROOT)), match[0]))
    assert found == []


def _default(name: str) -> str:
    value = getattr(Settings(), name.removeprefix("HUB_").lower())
    if isinstance(value, str):
        return f"`{value}`" if value else "unset"
    return f"`{value:g}`"


def _options(command: str) -> set[str]:
    """Find the options of a command and of its actions."""
    parser = argparse.ArgumentParser(add_help=False)
    import_module(f"hub.commands.{command.replace('-', '_')}").add_arguments(parser)
    parsers = [parser]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            parsers += action.choices.values()
    found = {option for one in parsers for action in one._actions for option in action.option_strings}
    return {option for option in found if option.startswith("--")} - {"--help"}
