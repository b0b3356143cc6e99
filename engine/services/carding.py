"""Giving cards (红黄牌): when the next one is due of a clock, and giving those whose moment has come (rulebook §5)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from engine.domain import card
from engine.domain.card import Level, Reached, Watched
from engine.domain.clock import Clock
from engine.domain.deadline import Allowance, Pause
from engine.services.act import Act
from engine.store import cards, deadlines
from engine.store.cases import Case
from engine.store.db import Row


def first(act: Act, case: Case, clock: Mapping[str, Any], pauses: Iterable[Pause]) -> datetime | None:
    """Return when a clock that begins may first earn a card; None for a clock that earns none."""
    return card.next_moment(_reached(act, case, clock, pauses), {})


def following(
    act: Act, case: Case, deadline_id: int, clock: Mapping[str, Any], pauses: Iterable[Pause]
) -> datetime | None:
    """Return when a running clock may earn its next card, also one that ought to have been given already."""
    if Clock(clock["clock"]) not in card.WATCHED_AS:
        return None
    return card.next_moment(_reached(act, case, clock, pauses), _given(act, case, deadline_id))


def give(act: Act, case: Case, deadline: Row) -> tuple[Level, ...]:
    """Give the cards of a clock whose moment has come, each once, and note when to look again."""
    pauses = deadlines.paused(act.db, case.id).get(deadline.clock, ())
    reached = _reached(act, case, deadlines.known(deadline), pauses)
    rows = [
        {
            "case_id": case.id,
            "deadline_id": deadline.id,
            "kind": card.WATCHED_AS[Clock(deadline.clock)],
            "level": level,
            "rules": act.library.rules(_rules_of(act, case)).name,
            "at": moment,
            "issued_at": act.at,
        }
        for moment, level in card.due_now(reached, _given(act, case, deadline.id), act.at)
    ]
    given = cards.issue(act.db, rows)
    for each in given:
        act.record("card", case, level=each.level, clock=deadline.clock, at=each.at.isoformat())
    if deadline.settled_at is None:
        deadlines.watch(act.db, deadline.id, card.next_moment(reached, _given(act, case, deadline.id)))
    return tuple(Level(each.level) for each in given)


def catch_up(act: Act, case: Case) -> None:
    """Give every card the case has earned by now, before one of its clocks ends; the worker may not have come."""
    for each in deadlines.running(act.db, case.id):
        if each.card_at is not None and each.card_at <= act.at:
            give(act, case, each)


def _given(act: Act, case: Case, deadline_id: int) -> dict[Level, datetime]:
    """When a clock was last given a card of each level."""
    found = (each for each in cards.of_case(act.db, case.id) if each.deadline_id == deadline_id)
    return {Level(each.level): each.issued_at for each in found}


def _reached(act: Act, case: Case, clock: Mapping[str, Any], pauses: Iterable[Pause]) -> Reached:
    kind = card.WATCHED_AS.get(Clock(clock["clock"]))
    pauses = tuple(pauses)
    if kind is None or any(pause.stopped is None for pause in pauses):
        return ()  # nobody knows when a clock that stands still will be late
    extension = clock.get("extension", "")
    legal = str(act.matter(case).terms.legal) if kind is card.Kind.CASE else ""
    watched = Watched(
        kind=kind,
        start=clock["started_at"],
        promised=Allowance.read(clock["limit_text"], extension).whole,
        legal=Allowance.read(legal, extension).whole if legal else None,
        pauses=pauses,
    )
    return card.moments(act.library.rules(_rules_of(act, case)), watched, act.calendar_of(case))


def _rules_of(act: Act, case: Case) -> str:
    """The rule set the matter is watched by, where it names its own; else the house's ("")."""
    return str(act.matter(case).record.get("cards") or "")
