"""Which language a reader gets: the one they chose on a page, else the one their browser likes best."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import msgspec
from babel import Locale, negotiate_locale
from starlette.requests import Request

LOCALES = Path(__file__).resolve().parents[2] / "locales"
SOURCE_LANGUAGE = "en"
"""The language the templates are written in; it needs no catalogue."""
COOKIE = "enroute_language"
PARAMETER = "lang"
_CONVENTIONS = {"en": "en_GB"}
"""Whose conventions count where a language alone leaves them open: English pages tell 24-hour times."""
_IN_ORDER = ("en", "fi", "de", "fr", "es", "ar", "he")
"""How the switch lists the languages; others that have a catalogue follow."""


class LanguageChoice(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a page's language switch."""

    tag: str
    name: str
    """In the language itself."""
    dir: str
    href: str
    """The same page in that language."""


@cache
def languages() -> tuple[str, ...]:
    """List the languages pages can be rendered in: the source's and one per catalogue."""
    found = {SOURCE_LANGUAGE, *(path.parts[-3] for path in LOCALES.glob("*/LC_MESSAGES/messages.po"))}
    return (*(lang for lang in _IN_ORDER if lang in found), *sorted(found.difference(_IN_ORDER)))


def locale_of(lang: str) -> Locale:
    """Tell whose conventions count for times and numbers in a shipped language."""
    return Locale.parse(_CONVENTIONS.get(lang, lang))


def script_locale(lang: str) -> str:
    """Name the conventions for a browser, with the digits that Babel writes: browsers differ about Arabic's."""
    locale = locale_of(lang)
    tag = str(locale).replace("_", "-")
    others = locale.other_numbering_systems.values()
    return tag if set(others) <= {"latn"} else f"{tag}-u-nu-{locale.default_numbering_system}"


def reader_language(request: Request) -> str:
    """Choose the language of an answer: what its address asks for, what was chosen before, what the browser likes."""
    for wish in (request.query_params.get(PARAMETER), request.cookies.get(COOKIE)):
        if wish in languages():
            return wish
    return choose_language(request.headers.get("accept-language"))


def language_choices(request: Request) -> Sequence[LanguageChoice]:
    """List the asked page in every language, each named in itself."""
    kept = [(name, value) for name, value in parse_qsl(request.url.query) if name != PARAMETER]
    choices = []
    for lang in languages():
        name = Locale.parse(lang).get_display_name(lang) or lang
        href = "?" + urlencode([*kept, (PARAMETER, lang)])
        tag = lang.replace("_", "-")
        choices.append(
            LanguageChoice(tag=tag, name=name[0].upper() + name[1:], dir=locale_of(lang).text_direction, href=href)
        )
    return choices


def choose_language(accept_language: str | None) -> str:
    """Choose the shipped language the reader likes best, from an Accept-Language header."""
    wishes: list[tuple[float, int, str]] = []
    for order, wish in enumerate((accept_language or "").split(",")[:20]):
        tag, _, parameter = wish.partition(";")
        wishes.append((-_quality(parameter), order, tag.strip().replace("-", "_")))
    liked = [tag for quality, _, tag in sorted(wishes) if quality < 0 and tag]
    found = negotiate_locale(liked, languages(), sep="_")  # as the reader spells it, such as FI
    return next((lang for lang in languages() if found and lang.casefold() == found.casefold()), SOURCE_LANGUAGE)


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
