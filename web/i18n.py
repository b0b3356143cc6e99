"""Chinese first, English second: pages are written in Chinese, ``translations/en.po`` says the same in English."""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from flask import Flask, g, request

LANGUAGES = ("zh", "en")
_PO = Path(__file__).parent / "translations" / "en.po"


@cache
def english() -> dict[str, str]:
    """The English of every Chinese phrase."""
    with _PO.open("rb") as file:
        catalogue = read_po(file, locale="en")
    return {str(m.id): str(m.string) for m in catalogue if m.id and m.string}


def language() -> str:
    """The language of the request: the cookie's, else Chinese."""
    if "language" not in g:
        chosen = request.cookies.get("lang", "zh")
        g.language = chosen if chosen in LANGUAGES else "zh"
    chosen_now: str = g.language
    return chosen_now


def gettext(phrase: str) -> str:
    """Say *phrase* in the language of the request."""
    return phrase if language() == "zh" else english().get(phrase, phrase)


def ngettext(one: str, many: str, n: int) -> str:
    """Chinese has one form; English two."""
    return gettext(one if n == 1 else many)


def install(app: Flask) -> None:
    """Give every template ``_()`` and ``lang``."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    app.context_processor(lambda: {"lang": language()})
