"""Giving cards (红黄牌): when the next one is due of a clock, and giving those whose moment has come (rulebook §5)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.domain import card
from engine.domain.card import Level, Reached, Watched
from engine.domain.clock import Clock
from engine.domain.deadline import Allowance, Pause
from engine.services import alerting
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
    return card.next_moment(_reached(act, case, clock, pauses), _given(act, deadline_id))


def give(act: Act, clocks: Sequence[Row]) -> None:
    """Give the cards of clocks whose moment has come, each once, and note when to look again."""
    if not clocks:
        return
    pauses = deadlines.paused(act.db, {clock.case_id for clock in clocks})
    given = cards.given(act.db, [clock.id for clock in clocks])
    rows, next_at = list[dict[str, Any]](), list[dict[str, Any]]()
    for clock in clocks:
        case, had = act.take(clock.case_id), given.get(clock.id, {})
        reached = _reached(act, case, deadlines.known(clock), pauses.get(case.id, {}).get(clock.clock, ()))
        now = card.due_now(reached, had, act.at)
        rows += [_card(act, case, clock, moment, level) for moment, level in now]
        after = card.next_moment(reached, had | {level: act.at for _, level in now})
        if clock.settled_at is None:
            next_at.append({"deadline": clock.id, "next": after})
    new = cards.issue(act.db, rows)
    for row in rows:
        if (row["deadline_id"], row["level"], row["at"]) in new:
            clock = next(each for each in clocks if each.id == row["deadline_id"])
            _tell(act, clock, row)
    deadlines.watch(act.db, next_at)


def catch_up(act: Act, case: Case) -> None:
    """Give every card the case has earned by now, before one of its clocks ends; the worker may not have come."""
    running = deadlines.running(act.db, case.id)
    give(act, [each for each in running if each.card_at is not None and each.card_at <= act.at])


def _card(act: Act, case: Case, clock: Row, moment: datetime, level: Level) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "deadline_id": clock.id,
        "kind": card.WATCHED_AS[Clock(clock.clock)],
        "level": level,
        "rules": act.library.rules(_rules_of(act, case)).name,
        "at": moment,
        "issued_at": act.at,
    }


def _tell(act: Act, clock: Row, row: Mapping[str, Any]) -> None:
    case = act.take(clock.case_id)
    told = {"level": str(row["level"]), "clock": clock.clock, "at": row["at"].isoformat()}
    act.record("card", case, **told)
    alerting.tell(act, case, "card", told)


def _given(act: Act, deadline_id: int) -> dict[Level, datetime]:
    """When a clock was last given a card of each level."""
    return cards.given(act.db, [deadline_id]).get(deadline_id, {})


def _reached(act: Act, case: Case, clock: Mapping[str, Any], pauses: Iterable[Pause]) -> Reached:
    kind = card.WATCHED_AS.get(Clock(clock["clock"]))
    pauses = tuple(pauses)
    if kind is None or case.mystery or any(pause.stopped is None for pause in pauses):
        return ()  # nobody knows when a clock that stands still will be late; a visit (体验办件) earns no cards
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
