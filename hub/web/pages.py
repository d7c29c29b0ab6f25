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

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.web.languages import LOCALES, SOURCE_LANGUAGE, languages, locale_of, script_locale
from hub.web.phrases import MAP_CONTROLS, PHRASES, STAFF_PHRASES, translated
from hub.web.visit_words import VisitWords, initials, visit_words
from hub.web.wording import Wording

_ROOT = Path(__file__).resolve().parents[2]
_STATIC_FOLDERS = {
    "vendor/maplibre-gl": _ROOT / "node_modules" / "maplibre-gl" / "dist",
    "": _ROOT / "static",
}


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


def translations_of(lang: str) -> NullTranslations:
    """Load a shipped language's catalogue; compiled in memory, so that no compiled file can be out of date."""
    if lang == SOURCE_LANGUAGE:
        return NullTranslations()
    compiled = BytesIO()
    with (LOCALES / lang / "LC_MESSAGES" / "messages.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=lang))
    compiled.seek(0)
    return Translations(compiled)


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
        locale_tag=script_locale(lang),
        dir=locale.text_direction,
        static_url=static_url,
        say=wording.say,
        staff_phrases=translated(STAFF_PHRASES, translations.gettext),
        visit_words=partial(_words, wording),
        live_settings=partial(_live_settings, wording, script_locale(lang)),
    )
    return environment


def _words(wording: Wording, snapshot: Mapping[str, Any], now: datetime) -> VisitWords:
    return visit_words(snapshot, now, wording)


def _live_settings(
    wording: Wording, locale: str, link_path: str, time_zone: str, basemap: str | None, style_url: str | None
) -> dict[str, Any]:
    """Gather what the live page's script needs, for its data block."""
    return {
        "path": link_path,
        "locale": locale,
        "timeZone": time_zone,
        "phrases": translated(PHRASES, wording.gettext),
        "controls": translated(MAP_CONTROLS, wording.gettext),
        "urls": {
            "maplibre": static_url("vendor/maplibre-gl/maplibre-gl.mjs"),
            "css": static_url("vendor/maplibre-gl/maplibre-gl.css"),
            "basemap": basemap,
            "style": style_url,
        },
    }
