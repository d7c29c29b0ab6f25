"""Rules that every template, stylesheet and catalogue keeps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = sorted((ROOT / "templates" / "pages").rglob("*.html"))
STYLESHEETS = sorted((ROOT / "static" / "ui").rglob("*.css"))
CATALOGUES = sorted((ROOT / "locales").glob("*/LC_MESSAGES/messages.po"))

PHYSICAL = re.compile(
    r"(?<![-\w])((margin|padding|border|scroll-margin)-(left|right|top|bottom)[\w-]*|left|right|top|bottom"
    r"|width|height|(min|max)-(width|height)|text-align:\s*(left|right)|float:\s*(left|right))\s*[:;]"
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_nothing_inline_that_the_policy_forbids(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=|javascript:", text)
    for attributes in re.findall(r"<script\b([^>]*)>", text):
        assert "src=" in attributes or 'type="application/json"' in attributes


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_asks_nobody_else_for_anything(path: Path) -> None:
    assert not re.search(r"(src|href)=\"(https?:)?//", path.read_text())


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_a_stylesheet_uses_logical_properties_only(path: Path) -> None:
    rules = re.sub(r"/\*.*?\*/|@media[^{]*", "", path.read_text(), flags=re.DOTALL)
    assert [found[0] for found in PHYSICAL.finditer(rules)] == []


def test_the_template_catalogue_is_up_to_date() -> None:
    """When this fails: run the extraction that `locales/README.md` names."""
    with (ROOT / "locales" / "babel.cfg").open() as config:
        methods, options = parse_mapping_cfg(config)  # type: ignore[no-untyped-call]
    found = {entry[2] for entry in extract_from_dir(ROOT, methods, options)}
    with (ROOT / "locales" / "messages.pot").open("rb") as catalogue:
        listed = {message.id for message in read_po(catalogue) if message.id}
    assert found == listed


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_catalogue_translates_everything_and_keeps_the_blanks(path: Path) -> None:
    with (ROOT / "locales" / "messages.pot").open("rb") as template:
        wanted = {message.id for message in read_po(template) if message.id}
    with path.open("rb") as source:
        translated = {message.id: message.string for message in read_po(source) if message.id}
    assert {message for message, text in translated.items() if all(_forms(text))} >= wanted
    for message, text in translated.items():
        for form in _forms(text):
            assert _blanks(form) == _blanks(_forms(message)[0])


def _forms(text: Any) -> tuple[str, ...]:
    """List the forms of a message that may have a plural."""
    return (text,) if isinstance(text, str) else tuple(text)


def _blanks(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}|%\(\w+\)s", text))


def test_the_lock_names_no_registry() -> None:
    assert "://" not in (ROOT / "package-lock.json").read_text()
