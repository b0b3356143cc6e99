"""Every phrase of ours can be said in English, and is said once."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from jinja2 import Environment

from engine.domain import (
    anomaly,
    appointment,
    bar,
    history,
    hours,
    inspection,
    licence,
    mystery,
    outcome,
    priority,
    rating,
    reminder,
    rota,
    ticket,
)
from engine.domain.capability import LEVEL_NAMES, VISITED_NAMES
from engine.domain.case import CHANNEL_NAMES, STATE_NAMES
from engine.domain.commitment import RESULT_NAMES
from engine.domain.crossing import MODE_NAMES
from engine.domain.entrustment import SCOPE_NAMES
from engine.domain.holding import TRUST_NAMES
from engine.domain.identity import ROLE_NAMES
from engine.domain.incident import SOURCE_NAMES
from engine.domain.linkage import FINDING_NAMES, REVIEW_NAMES
from engine.domain.material import STANDING_NAMES
from engine.domain.offer import WAY_NAMES
from engine.domain.paper import FORMS
from engine.domain.power import REACH_NAMES
from engine.domain.tolerance import ADVICE_NAMES
from engine.domain.vote import CHOICE_NAMES, OUTCOME_NAMES
from engine.queries import (
    appraisals,
    commitments,
    figures,
    linked,
    satisfaction,
    service,
    statistics,
    ticketbook,
    tolerances,
)
from engine.services.authoriser import KINDS
from tests.house.source import ROOT
from web import applying, approver, attending, board, i18n, page, ratings, registrar, schemas, words
from web.api import ROOMS

WEB = ROOT / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
#: Phrases that reach a page through a name: ``gettext(LIGHT_NAMES[light])``.
NAMED = (
    *CHANNEL_NAMES.values(),
    *bar.GROUND_NAMES.values(),
    *bar.STANDING_NAMES.values(),
    *STATE_NAMES.values(),
    *STANDING_NAMES.values(),
    *ROLE_NAMES.values(),
    *MODE_NAMES.values(),
    *LEVEL_NAMES.values(),
    *SCOPE_NAMES.values(),
    *REACH_NAMES.values(),
    *KINDS.values(),
    *schemas.WAYS.values(),
    *SOURCE_NAMES.values(),
    *(
        name
        for names in (inspection.MODE_NAMES, inspection.STATE_NAMES, inspection.RESULT_NAMES)
        for name in names.values()
    ),
    *(name for names in (CHOICE_NAMES, OUTCOME_NAMES) for name in names.values()),
    *page.CLOCK_NAMES.values(),
    *(title for form in FORMS.values() for title in (form.title, form.open_)),
    *page.PARTY_NAMES.values(),
    *page.CONSEQUENCE_NAMES.values(),
    *page.LIGHT_NAMES.values(),
    *page.SOURCES.values(),
    *page.DONE.values(),
    *(label for _, label, *_ in (*page.NAV, *page.PUBLIC_NAV)),
    *approver.GROUPS.values(),
    *registrar.STATES.values(),
    *(words for view in approver.VIEWS.values() for words in view),
    *(text for _, _, text in (*applying.KEYS, *applying.SHARED_KEYS, applying.HELD_KEY)),
    *licence.STATE_NAMES.values(),
    *licence.GROUND_NAMES.values(),
    *TRUST_NAMES.values(),
    *(words for figure in figures.FIGURES for words in (figure.name, figure.definition)),
    *(words for each in statistics.MEASURES for words in (each.name, each.definition)),
    *board.GROUPED.values(),
    *(words for name, columns, _ in service.LISTS.values() for words in (name, *columns)),
    *appointment.KIND_NAMES.values(),
    *appointment.STATE_NAMES.values(),
    *priority.SPECIAL_NAMES.values(),
    *hours.KIND_NAMES.values(),
    *(*tolerances.GROUPED.values(), *board.RATE, *ADVICE_NAMES.values()),
    *(*commitments.STANDS.values(), *RESULT_NAMES.values()),
    *(history.AFTER_THE_END, history.TIMELESS, history.NOT_DUE, history.DUE_AT_ONCE),
    *rating.LEVEL_NAMES.values(),
    *rating.ABOUT_NAMES.values(),
    *rating.OCCASION_NAMES.values(),
    *(name for names in rating.DIMENSIONS.values() for name in names.values()),
    *rating.STEP_NAMES.values(),
    *rating.GROUND_NAMES.values(),
    *ticket.KIND_NAMES.values(),
    *ticket.SOURCE_NAMES.values(),
    *ticket.CAUSE_NAMES.values(),
    *ticket.STANDING_NAMES.values(),
    *mystery.CAPACITY_NAMES.values(),
    *(name for names in (rota.SPAN_NAMES, rota.PLACE_NAMES) for name in names.values()),
    *mystery.ASPECTS.values(),
    *anomaly.RULE_NAMES.values(),
    *anomaly.DEFINITIONS.values(),
    *appraisals.VIEWS.values(),
    *("核实", "整改", "回访", "申诉", "复核"),
    *(words for each in satisfaction.FIGURES for words in (each.name, each.definition)),
    *(words for each in satisfaction.RATES for words in (each.name, each.definition)),
    *(words for each in ticketbook.FIGURES for words in (each.name, each.definition)),
    *(words for each in ticketbook.RATES for words in (each.name, each.definition)),
    *ratings.GROUPED.values(),
    *(
        name
        for names in (FINDING_NAMES, REVIEW_NAMES, WAY_NAMES, linked.STANDINGS)
        for name in names.values()
    ),
    *(*VISITED_NAMES.values(), *attending.SHOWN.values()),
    *(name for names in (reminder.KIND_NAMES, reminder.SAID_NAMES) for name in names.values()),
    *outcome.POLICY_NAMES.values(),
    *schemas.PICKUPS.values(),
    *words.TITLES.values(),
    *words.HTTP.values(),
)


def test_every_phrase_of_a_template_has_its_english():
    assert _unsaid(phrase for path in TEMPLATES for phrase in _phrases(path)) == []


def test_every_phrase_of_the_code_has_its_english():
    assert _unsaid(phrase for path in sorted(WEB.rglob("*.py")) for phrase in _said(path)) == []


def test_every_name_a_page_shows_has_its_english():
    assert _unsaid(NAMED) == []


def test_every_room_of_the_interface_has_its_english():
    assert not _unsaid(room.blueprint.description for room in ROOMS)


def test_no_phrase_is_said_twice():
    text = (WEB / "translations" / "en.po").read_text(encoding="utf-8")
    entries = re.findall(r'^msgid ((?:".*"\n)+)', text, re.MULTILINE)
    ids = Counter("".join(ast.literal_eval(line) for line in entry.splitlines()) for entry in entries)
    assert [phrase for phrase, times in ids.items() if times > 1] == []


def test_the_english_keeps_what_is_filled_in():
    hole = re.compile(r"%\((\w+)\)")
    assert [
        zh
        for zh, en in i18n.english().items()
        if sorted(set(hole.findall(zh))) != sorted(set(hole.findall(en)))
    ] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_no_chinese_stands_in_a_template_outside_a_phrase(path: Path):
    text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert _chinese(text.splitlines()) == []


def _phrases(path: Path) -> Iterator[str]:
    jinja = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for _, _, found in jinja.extract_translations(path.read_text(encoding="utf-8")):
        yield from (found,) if isinstance(found, str) else filter(None, found or ())


def _said(path: Path) -> Iterator[str]:
    """Yield the literals that stand in a call of ``gettext``."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "gettext":
            literals = (node.value for node in ast.walk(call) if isinstance(node, ast.Constant))
            yield from _chinese(each for each in literals if isinstance(each, str))


def _unsaid(phrases: Iterable[str]) -> list[str]:
    known = i18n.english()
    return sorted({phrase for phrase in phrases if phrase not in known and _chinese([phrase])})


def _chinese(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if re.search("[\u4e00-\u9fff]", text)]
