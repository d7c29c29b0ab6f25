"""Server-rendered pages: templates, translations and the addresses of static files.

`render` is all that handlers need. Templates get `lang`, `locale_tag` and `dir` from the language, and may
use the filters of `Wording` and the globals `static_url`, `visit_words` and `live_settings`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.web.phrases import MAP_CONTROLS, PHRASES, translated
from hub.web.visit_words import VisitWords, initials, visit_words
from hub.web.wording import Wording

_ROOT = Path(__file__).resolve().parents[2]
_LOCALES = _ROOT / "locales"
_STATIC_FOLDERS = {
    "vendor/maplibre-gl": _ROOT / "node_modules" / "maplibre-gl" / "dist",
    "": _ROOT / "static",
}

SOURCE_LANGUAGE = "en"
"""The language the templates are written in; it needs no catalogue."""
_CONVENTIONS = {"en": "en_GB"}
"""Whose conventions count where a language alone leaves them open: English pages tell 24-hour times."""


@cache
def languages() -> tuple[str, ...]:
    """List the languages pages can be rendered in: the source's and one per catalogue."""
    found = sorted(path.parts[-3] for path in _LOCALES.glob("*/LC_MESSAGES/messages.po"))
    return (SOURCE_LANGUAGE, *found)


def choose_language(accept_language: str | None) -> str:
    """Choose the shipped language the reader likes best, from an Accept-Language header."""
    wishes: list[tuple[float, int, str]] = []
    for order, wish in enumerate((accept_language or "").split(",")[:20]):
        tag, _, parameter = wish.partition(";")
        wishes.append((-_quality(parameter), order, tag.strip().replace("-", "_")))
    liked = [tag for quality, _, tag in sorted(wishes) if quality < 0 and tag]
    found = negotiate_locale(liked, languages(), sep="_")  # as the reader spells it, such as FI
    return next((lang for lang in languages() if found and lang.casefold() == found.casefold()), SOURCE_LANGUAGE)


def render(name: str, lang: str, **context: Any) -> str:
    """Render the page template `name` (such as "visit.html") in a shipped language; others are a KeyError."""
    if lang not in languages():
        raise KeyError(lang)
    return _environment(lang).get_template(name).render(**context)


def static_url(path: str) -> str:
    """Tell the address of a static file, with its content's hash, so that it can be cached for ever."""
    file = _static_file(path)
    return f"/static/{path}?v={_content_hash(file, file.stat().st_mtime_ns)}"


def _static_file(path: str) -> Path:
    prefix = next(prefix for prefix in _STATIC_FOLDERS if path.startswith(prefix))
    return _STATIC_FOLDERS[prefix] / path.removeprefix(prefix).lstrip("/")


@cache
def _content_hash(file: Path, _mtime_ns: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def translations_of(lang: str) -> NullTranslations:
    """Load a shipped language's catalogue; compiled in memory, so that no compiled file can be out of date."""
    if lang == SOURCE_LANGUAGE:
        return NullTranslations()
    compiled = BytesIO()
    with (_LOCALES / lang / "LC_MESSAGES" / "messages.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=lang))
    compiled.seek(0)
    return Translations(compiled)


def locale_of(lang: str) -> Locale:
    """Tell whose conventions count for times and numbers in a shipped language."""
    return Locale.parse(_CONVENTIONS.get(lang, lang))


@cache
def _environment(lang: str) -> Environment:
    translations = translations_of(lang)
    locale = locale_of(lang)
    wording = Wording(locale, translations.gettext)
    environment = Environment(
        loader=FileSystemLoader(_ROOT / "templates" / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(wording.as_filters())
    environment.filters["initials"] = initials
    environment.globals.update(
        lang=lang,
        locale_tag=str(locale).replace("_", "-"),
        dir=locale.text_direction,
        static_url=static_url,
        say=wording.say,
        visit_words=partial(_words, wording),
        live_settings=partial(_live_settings, wording),
    )
    return environment


def _words(wording: Wording, snapshot: Mapping[str, Any], now: datetime) -> VisitWords:
    return visit_words(snapshot, now, wording)


def _live_settings(
    wording: Wording, link_path: str, time_zone: str, basemap: bool, style_url: str | None
) -> dict[str, Any]:
    """Gather what the live page's script needs, for its data block."""
    return {
        "path": link_path,
        "locale": str(wording.locale).replace("_", "-"),
        "timeZone": time_zone,
        "phrases": translated(PHRASES, wording.gettext),
        "controls": translated(MAP_CONTROLS, wording.gettext),
        "urls": {
            "maplibre": static_url("vendor/maplibre-gl/maplibre-gl.mjs"),
            "css": static_url("vendor/maplibre-gl/maplibre-gl.css"),
            "basemap": "/basemap" if basemap else None,
            "style": style_url,
        },
    }
