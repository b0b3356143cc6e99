"""The figures (统计指标): of each its name, its definition (口径), and the one condition on the cases it counts.

A figure and its list are made from one condition, so that they cannot differ. Open cases are counted as they
stand at a moment; what is over is counted in a month. A bundle (一件事) and each of its members count as one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.domain.case import Channel, State
from engine.domain.clock import Clock
from engine.domain.errors import NotFound
from engine.queries import promises
from engine.queries.counting import Counting, Where
from engine.store.cases import cases, commitments, corrections
from engine.store.catalog import matters
from engine.store.journal import journal
from engine.store.measures import measures
from engine.store.people import orgs


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its name, its definition (口径), and which cases it counts; ``by`` is the order of its list.

    ``among`` is where the database looks, ``more`` what it asks of each it finds there.
    """

    key: str
    name: str
    definition: str
    among: Callable[[Counting], Where]
    more: Callable[[Counting], Where] | None = None
    by: sa.Column[Any] = cases.c.promised_due_at
    tone: str = ""


def _running(look: Counting) -> Where:
    return look.running


def _happened(column: sa.Column[Any]) -> Callable[[Counting], Where]:
    """It happened in the period looked at, or on the day; and not after the moment of a look back."""

    def counts(look: Counting) -> Where:
        begin, end = look.asked
        return sa.and_(column >= begin, column < end, look.by_now(column))

    return counts


def _due_then(look: Counting) -> Where:
    begin, end = look.asked
    return look.due(after=begin, until=end)


def _due_about(look: Counting) -> Where:
    return look.maybe_due(*look.asked)


def _lapsed(look: Counting) -> Where:
    """Its promised limit ended then, and it was not decided: still running, or decided afterwards."""
    (begin, end), due_at = look.asked, cases.c.promised_due_at
    late = sa.and_(cases.c.decided_at >= due_at, cases.c.decided_at <= look.at, due_at > begin, due_at <= end)
    still = sa.and_(look.going, look.due(after=begin, until=end), look.due(until=look.at))
    return sa.or_(still, late)


def _promise_broken(look: Counting) -> Where:
    begin, end = look.period
    unmet = commitments.c.met_at.is_(None)
    broken = sa.select(commitments.c.case_id).where(
        sa.or_(unmet, commitments.c.met_at > look.at) if look.is_back else unmet,
        commitments.c.due_at <= look.at,
        commitments.c.due_at > begin,
        commitments.c.due_at <= end,
    )
    return cases.c.id.in_(broken)


def _hurried(look: Counting) -> Where:
    begin, end = look.period
    hurried = sa.select(journal.c.case_id).where(
        journal.c.act == "hurried", journal.c.at >= begin, journal.c.at < end, journal.c.at <= look.at
    )
    return cases.c.id.in_(hurried)


def _asked(look: Counting) -> Where:
    """Was a correction asked for and not answered?"""
    open_ = corrections.c.answered_at.is_(None)
    if not look.is_back:
        return open_
    return sa.and_(corrections.c.asked_at <= look.at, sa.or_(open_, corrections.c.answered_at > look.at))


def _halted(look: Counting) -> Where:
    """What a pause holds, or a correction was asked of."""
    return cases.c.id.in_(look.halted.union_all(sa.select(corrections.c.case_id).where(_asked(look))))


def _stopped(look: Counting) -> Where:
    """Stopped by a special procedure, or waiting for a correction."""
    mending = cases.c.state == State.CORRECTION
    if look.is_back:
        asked = sa.exists().where(corrections.c.case_id == cases.c.id, _asked(look)).correlate(cases)
        mending = sa.and_(asked, look.not_yet(cases.c.closed_at))
    return sa.or_(sa.and_(look.running, look.stopped), mending)


_decided = _happened(cases.c.decided_at)


def _always(condition: Where) -> Callable[[Counting], Where]:
    return lambda _: condition


IN_TIME = cases.c.decided_at < cases.c.promised_due_at
ONLINE = cases.c.channel == Channel.ONLINE
_TOO_LATE = cases.c.decided_at >= cases.c.promised_due_at
_halls = orgs.alias("its_hall")
NEARBY = sa.exists().where(_halls.c.id == cases.c.hall_id, _halls.c.kind.in_(("street", "community")))
_taken = measures.alias("it_took")
_AT_ONCE = sa.exists().where(_taken.c.case_id == cases.c.id, _taken.c.worked_days == 0)

AFTER_HOURS = cases.c.after_hours
_OUTSIDE = sa.exists().where(_halls.c.id == cases.c.hall_id, _halls.c.kind == "department")
_visited = matters.alias("its_matter")
_PROMISED_VISITS = sa.func.coalesce(_visited.c.record[("onsite_visits", "value")].as_integer(), 1)
#: More visits than `visit.allowed` allows.
_TOO_OFTEN = sa.exists().where(
    _visited.c.id == cases.c.matter_id,
    cases.c.visits > sa.case((sa.or_(ONLINE, _PROMISED_VISITS > 1), _PROMISED_VISITS), else_=1),
)

FIGURES: tuple[Figure, ...] = (
    Figure("open", "在办", "已经受理、尚未作出决定也未终止的办件，含中止计时的。", _running),
    Figure(
        "red",
        "红牌·超期",
        "在办且未中止计时、承诺时限已过的办件。",
        _running,
        lambda look: sa.and_(~look.stopped, look.due(until=look.at)),
        tone="red",
    ),
    Figure(
        "legal",
        "超法定时限",
        "在办且未中止计时、法定时限也已过的办件。",
        _running,
        lambda look: sa.and_(
            ~look.stopped, look.due(until=look.at), look.due(until=look.at, clock=Clock.LEGAL)
        ),
        tone="red",
    ),
    Figure(
        "yellow",
        "黄牌·临期",
        "在办且未中止计时、承诺时限未过，剩余不超过额度的百分之二十（至少 1 个工作日）的办件；"
        "历史导入的，剩余不超过 1 个工作日。",
        _running,
        lambda look: sa.and_(~look.stopped, look.due(after=look.at), look.near),
        tone="yellow",
    ),
    Figure(
        "paused",
        "挂起 / 补正中止",
        "因特别程序中止计时的在办件，和等待申请人补正的办件；特别程序超出告知时间的部分不再停钟，不计。",
        _halted,
        _stopped,
        by=cases.c.received_at,
        tone="violet",
    ),
    Figure(
        "broken",
        "容缺逾期未补",
        "承诺补齐的日期在所选月份内、已过而仍未补齐的办件，含因此终止的。",
        _promise_broken,
        by=cases.c.received_at,
    ),
    Figure(
        "hurried",
        "部门催办",
        "在所选月份内被等待其结果的部门或牵头部门催办过的“一件事”成员事项，多次催办计一件。",
        _hurried,
        by=cases.c.received_at,
        tone="violet",
    ),
    Figure("decided", "办结", "在所选月份内作出决定的办件。", _decided, by=cases.c.decided_at),
    Figure(
        "in-time",
        "按时办结",
        "在所选月份内作出决定、且不晚于承诺到期日的办件。",
        _decided,
        _always(IN_TIME),
        by=cases.c.decided_at,
        tone="green",
    ),
    Figure(
        "too-late",
        "超承诺办结",
        "在所选月份内作出决定、但晚于承诺到期日的办件。",
        _decided,
        _always(_TOO_LATE),
        by=cases.c.decided_at,
        tone="red",
    ),
    Figure(
        "at-once",
        "即时办结",
        "在所选月份内作出决定、且受理当日（没有用去一个工作日）即办结的办件。",
        _decided,
        _always(_AT_ONCE),
        by=cases.c.decided_at,
    ),
    Figure(
        "online",
        "网上办结",
        "在所选月份内作出决定、由申请人在网上申请的办件。",
        _decided,
        _always(ONLINE),
        by=cases.c.decided_at,
    ),
    Figure(
        "nearby",
        "就近办结",
        "在所选月份内作出决定、在街道或社区收件的办件。",
        _decided,
        _always(NEARBY),
        by=cases.c.decided_at,
    ),
    Figure(
        "after-hours",
        "延时办结",
        "在所选月份内作出决定、在标准工作时间以外（晚间、休息日）收件的办件。",
        _decided,
        _always(AFTER_HOURS),
        by=cases.c.decided_at,
    ),
    Figure(
        "over-visits",
        "到场超次",
        "在所选月份内最后一次到场、到场次数超过承诺次数的办件；到窗口申请、补交、领取各计一次，同日只计一次。",
        _happened(cases.c.visited_at),
        _always(_TOO_OFTEN),
        by=cases.c.visited_at,
        tone="red",
    ),
    Figure(
        "outside",
        "中心外收件",
        "在所选月份内收件、收件地点不是政务服务中心或街道、社区窗口的办件。",
        _happened(cases.c.received_at),
        _always(_OUTSIDE),
        by=cases.c.received_at,
        tone="red",
    ),
    Figure(
        "accepted",
        "受理",
        "在该工作日受理的办件；休息日受理的计入下一个工作日。",
        _happened(cases.c.accepted_at),
    ),
    Figure(
        "tolerated",
        "容缺件",
        "在所选月份内承诺日后补交材料的办件，含承诺办结后补交的。",
        promises.made,
        by=cases.c.received_at,
    ),
    Figure(
        "promise-due",
        "应补齐",
        "承诺补齐的日期在所选月份内、且已过的办件。",
        promises.fell_due,
        by=cases.c.received_at,
    ),
    Figure(
        "promise-kept",
        "按期补齐",
        "应补齐的办件中，所有承诺的材料都在承诺日之前送达的；以送达部门的时间为准。",
        promises.fell_due,
        promises.kept,
        by=cases.c.received_at,
        tone="green",
    ),
    Figure(
        "promise-late",
        "逾期补齐",
        "应补齐的办件中，承诺的材料已经齐全、但有的晚于承诺日送达的。",
        promises.fell_due,
        promises.late,
        by=cases.c.received_at,
        tone="yellow",
    ),
    Figure(
        "again",
        "多次补正",
        "在所选月份内第二次及以后告知补正的办件；依法只能告知一次（行政许可法第三十二条），逐件核查。",
        promises.asked_again,
        by=cases.c.received_at,
        tone="red",
    ),
    Figure(
        "missing",
        "缺材料",
        "在所选月份内因材料缺少或不符而承诺后补或告知补正的办件。",
        promises.lacking,
        by=cases.c.received_at,
    ),
    Figure(
        "lapsed",
        "到期未办结",
        "承诺到期日在该日、到期时未作决定的办件，中止计时的除外。",
        _due_about,
        _lapsed,
        tone="red",
    ),
    Figure(
        "due",
        "即将到期",
        "在办且未中止计时、承诺到期日在该日的办件。",
        _due_about,
        lambda look: sa.and_(look.going, look.due(after=look.at), _due_then(look)),
        tone="yellow",
    ),
)
_BY_KEY = {figure.key: figure for figure in FIGURES}
#: The figures shown as tiles; the share decided in time is made of two of them.
TILES = ("open", "red", "yellow", "paused", "broken")


def figure(key: str) -> Figure:
    """Return a figure by its key. Raises `NotFound`."""
    if key not in _BY_KEY:
        raise NotFound("没有这个统计指标。", code="figure.unknown")
    return _BY_KEY[key]


def where(look: Counting, key: str) -> Where:
    """The one condition of a figure: its count and its list are both made from it."""
    return sa.and_(figure(key).among(look), more(look, key), *look.narrowed())


def more(look: Counting, key: str) -> Where:
    """What a figure asks of each case it finds where it looks."""
    asked = figure(key).more
    return asked(look) if asked else sa.true()


def count(look: Counting, key: str) -> int:
    """Return how many cases a figure counts."""
    counted = sa.select(sa.func.count()).select_from(cases).where(where(look, key))
    return int(look.db.execute(counted).scalar_one())


def counts(look: Counting, keys: Sequence[str]) -> dict[str, int]:
    """Return how many cases several figures count that look in the same place, in one pass."""
    counted = [sa.func.count().filter(more(look, key)) for key in keys]
    query = sa.select(*counted).select_from(cases).where(figure(keys[0]).among(look), *look.narrowed())
    return dict(zip(keys, look.db.execute(query).one(), strict=True))


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its number."""

    key: str
    name: str
    tone: str
    definition: str
    count: int


def told(key: str, number: int) -> Tile:
    """Return a figure with its number."""
    found = figure(key)
    return Tile(found.key, found.name, found.tone, found.definition, number)


def tile(look: Counting, key: str) -> Tile:
    """Count a figure and return it with its number."""
    return told(key, count(look, key))
