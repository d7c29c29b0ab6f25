"""Render the templates of mails in the contact's language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from hub.domain.plain_text import one_line, paragraphs, without_links
from hub.store.outgoing import Outgoing
from hub.web.languages import choose_language, locale_of
from hub.web.pages import translations_of
from hub.web.wording import Wording

_TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "emails"
LONGEST_NAME = 120
LONGEST_LINE = 300
LONGEST_SUBJECT = 200
LONGEST_TEXT = 4_000


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """A mail's texts."""

    lang: str
    subject: str
    text: str
    html: str


def render_mail(mail: Outgoing, url: str) -> Rendered:
    """Say what a message says; `url` opens the visit."""
    lang = choose_language(mail.contact_language)
    environment, facts = _environment(lang), _facts(mail, _wording(lang), url)
    folder = mail.kind.value
    subject = one_line(environment.get_template(f"{folder}/subject.txt").render(facts), LONGEST_SUBJECT)
    facts["subject"] = subject
    return Rendered(
        lang=lang,
        subject=subject,
        text=environment.get_template(f"{folder}/body.txt").render(facts),
        html=environment.get_template(f"{folder}/body.html").render(facts),
    )


def _facts(mail: Outgoing, wording: Wording, url: str) -> dict[str, Any]:
    """Gather what templates may say; everything that people typed is cut to what a mail can bear."""
    facts, zone = mail.facts, mail.time_zone
    said: dict[str, Any] = {
        "name": one_line(without_links(mail.contact_name), LONGEST_NAME),
        "portal_name": one_line(mail.portal_name, LONGEST_NAME),
        "portal_demo": mail.portal_demo,
        "technician": one_line(mail.technician_name, LONGEST_NAME),
        "service": one_line(mail.service, LONGEST_NAME),
        "address": one_line(without_links(mail.address), LONGEST_LINE),
        "preparation": paragraphs(mail.preparation, LONGEST_TEXT),
        "day": wording.date(facts.window_earliest, zone),
        "range": wording.time_range(facts.window_earliest, facts.window_latest, zone),
        "was_day": None,
        "url": url,
    }
    if facts.was_earliest and facts.was_latest:
        said["was_day"] = wording.date(facts.was_earliest, zone)
        said["was_range"] = wording.time_range(facts.was_earliest, facts.was_latest, zone)
    return said


@cache
def _wording(lang: str) -> Wording:
    return Wording(locale_of(lang), translations_of(lang).gettext)


@cache
def _environment(lang: str) -> Environment:
    """Make the environment: only `.html` is escaped, a text mail has no markup to be mistaken for."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=True, default=False),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(translations_of(lang), newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(lang=lang, dir=locale_of(lang).text_direction)
    return environment
