"""Who draws the rota (排班, 2主1备轮值) does: draw a shift of a post, change it, remove it, copy last week's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine.domain import rota
from engine.domain.errors import Malformed, NotYours, Refused
from engine.domain.identity import POOLED, ROLE_NAMES, Actor, Role, draws_rota
from engine.domain.rota import PLACE_NAMES, SPAN_NAMES, Place, Shift, Span
from engine.services.act import Act
from engine.store import people, shifts
from engine.store.db import Row

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Trio:
    """Whom somebody puts on a shift, by login: two mains and a spare."""

    first: str
    second: str
    spare: str


def draw(act: Act, org: str, role: Role, day: date, span: Span, trio: Trio) -> int:
    """Draw a shift of a post and return its id.

    Raises `Malformed` at the place where somebody does not hold the post or stands twice, or for a time that is
    over; `Taken` where the post has a shift at that time already.
    """
    where = _place(act, org, role)
    rota.must_be_ahead(day, span, act.at)
    shift, names = _three(act, where, role, trio)
    shifts.lock(act.db, where.id)
    rota.must_be_free(day, span, _spans(act, where.id, role, day))
    made = _add(act, where.id, role, day, span, shift)
    act.record("shift drawn", **_told(where, role, day, span, names))
    return made


def change(act: Act, shift_id: int, span: Span, trio: Trio) -> int:
    """Put others on a shift, or make it longer or shorter; return the id it has now.

    It counts from this moment: whoever took something before keeps it. Raises what `draw` does.
    """
    row, where = _row(act, shift_id)
    rota.must_be_ahead(row.day, span, act.at)
    shift, names = _three(act, where, Role(row.role), trio)
    rota.must_be_free(row.day, span, _spans(act, where.id, row.role, row.day, but=shift_id))
    shifts.end(act.db, shift_id, act.by.id, act.at)
    made = _add(act, where.id, row.role, row.day, span, shift)
    act.record("shift changed", **_told(where, row.role, row.day, span, names))
    return made


def remove(act: Act, shift_id: int) -> None:
    """Take a shift off the rota; from then on the post is open to everybody who holds it, as without a rota."""
    row, where = _row(act, shift_id)
    shifts.end(act.db, shift_id, act.by.id, act.at)
    names = {each.id: each.name for each in people.named(act.db, (row.main_id, row.second_id, row.spare_id))}
    listed = [names[each] for each in (row.main_id, row.second_id, row.spare_id)]
    act.record("shift removed", **_told(where, row.role, row.day, Span(row.span), listed))


def copy_week(act: Act, org: str, role: Role, week: date) -> int:
    """Draw the shifts of the week before again, in the week of a day; return how many.

    What cannot be drawn is left out, and nothing that stands is changed: times that are over or have a shift,
    people who no longer hold the post. A working day's shift is not put on a day of rest.
    """
    where = _place(act, org, role)
    first = rota.monday(week)
    shifts.lock(act.db, where.id)
    before = shifts.between(act.db, where.id, role, first - _WEEK, first - timedelta(days=1))
    if not before:
        raise Malformed(
            "上一周没有班次可以复制；请先排上一周，或逐日排班。", code="rota.nothing", field="week"
        )
    holders = {each.id for each in people.holders(act.db, where.id, role)}
    copied = sum(_copied(act, row, holders) for row in before)
    act.record("week copied", org=where.code, role=str(role), week=first.isoformat(), count=copied)
    return copied


def _copied(act: Act, row: Row, holders: set[int]) -> bool:
    day, span = row.day + _WEEK, Span(row.span)
    calendar = act.calendar_at(row.org_id)
    shift = Shift(row.main_id, row.second_id, row.spare_id)
    if not holders.issuperset(shift.all) or (calendar.is_working(row.day) and not calendar.is_working(day)):
        return False
    try:
        rota.must_be_ahead(day, span, act.at)
        rota.must_be_free(day, span, _spans(act, row.org_id, row.role, day))
    except Refused:
        return False
    _add(act, row.org_id, row.role, day, span, shift)
    return True


def _place(act: Act, org: str, role: Role) -> Row:
    """The organisation whose rota is drawn. Raises `NotYours` for whoever may not draw it."""
    where = people.org(act.db, org)
    _must_draw(act.by, where)
    if role not in POOLED:
        raise Malformed(f"“{ROLE_NAMES[role]}”没有公共任务，不排班。", code="rota.role", field="role")
    return where


def _must_draw(actor: Actor, where: Row) -> None:
    if not draws_rota(actor, where.id):
        raise NotYours(
            f"{where.name}的班由督办管理岗或本单位审核岗排；请联系他们调整。",
            code="post.missing",
            role=Role.MANAGER,
        )


def _row(act: Act, shift_id: int) -> tuple[Row, Row]:
    """A shift that may still be changed, and its organisation, locked. Raises `Malformed` for one that is over."""
    where = people.org_by_id(act.db, shifts.get(act.db, shift_id).org_id)
    _must_draw(act.by, where)
    shifts.lock(act.db, where.id)
    row = shifts.get(act.db, shift_id)  # somebody else may have changed it while we waited
    rota.must_be_ahead(row.day, Span(row.span), act.at)
    return row, where


def _three(act: Act, where: Row, role: Role, trio: Trio) -> tuple[Shift, Sequence[str]]:
    """The three by id and by name. Raises `Malformed` at the place where somebody does not hold the post."""
    known = {each.login: each for each in people.holders(act.db, where.id, role)}
    asked: Mapping[Place, str] = dict(zip(Place, (trio.first, trio.second, trio.spare), strict=True))
    for place, login in asked.items():
        if login not in known:
            raise Malformed(
                f"“{PLACE_NAMES[place]}”没有选{where.name}“{ROLE_NAMES[role]}”岗位的在岗人员；请从名单中选一人。",
                code="rota.person",
                field=place,
            )
    chosen = [known[login] for login in asked.values()]
    shift = Shift(*(each.id for each in chosen))
    rota.must_be_three(shift)
    return shift, [each.name for each in chosen]


def _spans(act: Act, org_id: int, role: str, day: date, but: int | None = None) -> list[Span]:
    """The shifts a post has on a day."""
    return [Span(row.span) for row in shifts.between(act.db, org_id, role, day, day) if row.id != but]


def _add(act: Act, org_id: int, role: str, day: date, span: Span, shift: Shift) -> int:
    return shifts.add(
        act.db, org_id=org_id, role=role, day=day, span=span, main_id=shift.main, second_id=shift.second,
        spare_id=shift.spare, made_at=act.at, made_by=act.by.id,
    )  # fmt: skip


def _told(where: Row, role: str, day: date, span: Span, names: Sequence[str]) -> dict[str, Any]:
    """What the journal says of a shift."""
    return {
        "org": where.code,
        "role": str(role),
        "day": day.isoformat(),
        "span": SPAN_NAMES[span],
        "mains": "、".join(names[:2]),
        "spare": names[2],
    }
