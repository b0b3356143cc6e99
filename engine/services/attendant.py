"""What the attendant does (跟、管、帮): reminds of licences that end, calls their holders, stops where it is unwanted.

He begins no case: who does not apply has none (申请人不启动不成件).
"""

from collections.abc import Iterator, Sequence
from datetime import time

from engine.domain import reminder
from engine.domain.errors import NotFound, NotNow, NotYours
from engine.domain.identity import Role, must_hold
from engine.domain.licence import State
from engine.domain.pause import at_time
from engine.domain.reminder import EARLIEST, SAID_NAMES, Kind, Said, Way, Window
from engine.services.act import Act
from engine.store import catalog, licences, reminders
from engine.store.cases import Case
from engine.store.db import Row

#: How many licences are looked through at a time.
BATCH = 500


def due(act: Act) -> Iterator[int]:
    """Yield the cases whose licences are to be reminded of today; only looks."""
    ways, after = _ways(act), 0
    while found := reminders.ending(act.db, act.today, act.today + EARLIEST, list(ways), after, BATCH):
        after = found[-1].id
        yield from (row.case_id for row in found if _kind(act, row, ways[row.matter_key]))


def _ways(act: Act) -> dict[str, Way]:
    return reminder.ways(row.record for row in catalog.everything(act.db, "matter"))


def _window(act: Act, row: Row, way: Way) -> Window | None:
    """When a licence is reminded of; None while its end lies beyond what the calendar knows."""
    calendar = act.calendar_at(row.authority_id)
    return reminder.window(row.valid_until, way, calendar) if row.valid_until <= calendar.horizon else None


def _kind(act: Act, row: Row, way: Way) -> Kind | None:
    """Which reminder of a licence is due today and not made, for nobody who has gone on already."""
    window = _window(act, row, way)
    kind = window.kind(act.today) if window else None
    if window is None or kind is None:
        return None
    made = reminders.of_licence(act.db, row.id, row.valid_until)
    if any(each.kind == kind or each.declined_at or each.said == Said.UNWANTED for each in made):
        return None
    since = at_time(window.opens, time.min)
    return None if reminders.is_answered(act.db, row.id, [way.matter, row.matter_key], since) else kind


def remind(act: Act, case_id: int) -> bool:
    """Make the reminder that is due for the licence of a case, if one still is; say whether it was."""
    case = act.take(case_id)
    row = licences.of_case(act.db, case_id)
    if row is None or row.state != State.VALID or row.valid_until is None:
        return False
    way = _ways(act).get(row.matter_key)
    kind = _kind(act, row, way) if way else None
    window = _window(act, row, way) if way and kind else None
    if way is None or kind is None or window is None:
        return False
    made = reminders.make(
        act.db, licence_id=row.id, until=row.valid_until, last=window.last, kind=kind, matter_key=way.matter,
        renews=way.renews, made_at=act.at,
    )  # fmt: skip
    if made:
        act.record(
            "renewal reminded", case, number=row.number, kind=reminder.KIND_NAMES[kind],
            until=row.valid_until.isoformat(), last=window.last.isoformat(),
        )  # fmt: skip
    return made


def note(act: Act, reminder_id: int, said: Said, words: str = "") -> Row:
    """Write down what a holder said when he was called: told, does not want it, could not be reached."""
    case, row = _called(act, reminder_id)
    values = {"said": said, "words": words.strip()[:500], "said_at": act.at, "said_by": act.by.id}
    reminders.change(act.db, [row.id], values)
    act.record("reminder answered", case, number=row.number, said=SAID_NAMES[said], words=words.strip()[:500])
    return reminders.get(act.db, reminder_id)


def take_back(act: Act, reminder_id: int) -> Row:
    """Undo what was noted of a call; the journal keeps both. Raises `NotNow` where nothing is."""
    case, row = _called(act, reminder_id)
    if not row.said:
        raise NotNow("这条提醒还没有登记联系结果。", code="reminder.unsaid")
    values = {"said": "", "words": "", "said_at": None, "said_by": None}
    reminders.change(act.db, [row.id], values)
    act.record("reminder answer undone", case, number=row.number, said=SAID_NAMES[Said(row.said)])
    return reminders.get(act.db, reminder_id)


def _called(act: Act, reminder_id: int) -> tuple[Case, Row]:
    """The reminder, for the windows of the hall whose case ended in the licence."""
    found = reminders.get(act.db, reminder_id)
    case = act.take(found.case_id)
    must_hold(act.by, Role.WINDOW, case.hall_id)
    licence = licences.of_case(act.db, case.id)
    if licence is not None and licence.state != State.VALID:
        raise NotNow(
            "该证照已撤销或注销，提醒已自动结束，不用再联系。", code="reminder.over", state=licence.state
        )
    return case, reminders.get(act.db, reminder_id)


def decline(act: Act, case: Case) -> Case:
    """Let nobody remind the holder of this licence any more, at his wish."""
    row, made = _his(act, case)
    reminders.change(act.db, [each.id for each in made], {"declined_at": act.at})
    act.record("reminders declined", case, number=row.number)
    return case


def resume(act: Act, case: Case) -> Case:
    """Remind him again. Raises `NotNow` where he never declined."""
    row, made = _his(act, case)
    if not any(each.declined_at for each in made):
        raise NotNow("没有关闭过这本证照的到期提醒。", code="reminder.not-declined")
    reminders.change(act.db, [each.id for each in made], {"declined_at": None})
    act.record("reminders resumed", case, number=row.number)
    return case


def _his(act: Act, case: Case) -> tuple[Row, Sequence[Row]]:
    """The licence of a case and its reminders: for its holder by his code, or for the window at his wish."""
    if act.by.id is not None and not act.by.holds(Role.WINDOW, case.hall_id):
        raise NotYours(
            "到期提醒由持证人本人关闭，或由受理大厅的窗口代为登记。", code="post.missing", role="window"
        )
    row = licences.of_case(act.db, case.id)
    if row is None:
        raise NotFound("这个办件没有电子证照。", code="licence.unknown", field="no")
    made = reminders.of_licence(act.db, row.id, row.valid_until)
    if not made:
        raise NotNow("还没有到期提醒；到可以办理延续时才会提醒。", code="reminder.none")
    return row, made
