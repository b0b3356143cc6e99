"""Is the record whole? What the journal's chain and the tables' agreement with one another tell."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from engine.domain.almanac import Almanac
from engine.domain.case import FINAL, GRANTS, UNDECIDED, Channel, State
from engine.domain.deadline import Clock
from engine.domain.hearing import Standing
from engine.domain.inspection import State as Visit
from engine.domain.measure import measure
from engine.domain.rating import WORST_BAD, Step
from engine.domain.rota import Span, overlap
from engine.store import calendars, deadlines, journal, offers
from engine.store.assists import specials
from engine.store.cases import cases, decisions, materials, tasks
from engine.store.crossings import crossings
from engine.store.db import Connection
from engine.store.hearings import hearings
from engine.store.holdings import holdings
from engine.store.incidents import incidents
from engine.store.inspections import WAITS, inspections, parts
from engine.store.licences import licences
from engine.store.measures import measures
from engine.store.people import orgs
from engine.store.pushes import pushes
from engine.store.ratings import ratings, rectifications
from engine.store.referrals import referrals
from engine.store.reminders import reminders
from engine.store.shifts import shifts
from engine.store.shipments import UNDER_WAY, shipments
from engine.store.votes import votes

_ENDED = cases.c.state.in_(list(FINAL))
_LEFT = sa.and_(tasks.c.case_id == cases.c.id, tasks.c.closed_at.is_(None))
#: What was handed out may still be followed up (事后核查): its diagram ends after that.
_OPEN_TASK = sa.exists().where(_LEFT, tasks.c.stage != "follow")
_FOLLOWED = sa.exists().where(_LEFT, tasks.c.stage == "follow")
_LAST_ENTRY = (
    sa.select(sa.func.coalesce(sa.func.max(journal.journal.c.seq), 0))
    .where(journal.journal.c.case_id == cases.c.id)
    .scalar_subquery()
)


#: How many cases are measured anew at a time, and what was measured.
BATCH = 1000
_MEASURED = (
    measures.c.case_id,
    measures.c.worked_days,
    measures.c.worked_minutes,
    measures.c.elapsed_minutes,
)
_clocks = deadlines.deadlines
_parents = cases.alias("its_bundle")
_answered = sa.exists().where(rectifications.c.rating_id == ratings.c.id)


def _clock(*clocks: Clock) -> sa.Exists:
    return sa.exists().where(
        _clocks.c.case_id == cases.c.id, _clocks.c.clock.in_(clocks), _clocks.c.settled_at.is_(None)
    )


def _another(table: sa.Table, source: sa.Column[int]) -> sa.Exists:
    """Does a row of *table* stand for a material of somebody else's case?"""
    return sa.exists().where(
        materials.c.case_id == cases.c.id,
        table.c.id == source,
        table.c.applicant_id != cases.c.applicant_id,
    )


_other = parts.alias("other")
_other_visit = inspections.alias("other_visit")
#: Parts that are to be held while another of the same step is.
_TWICE = (
    sa.select(parts.c.id)
    .join(inspections, inspections.c.id == parts.c.inspection_id)
    .join(
        _other,
        sa.and_(_other.c.case_id == parts.c.case_id, _other.c.key == parts.c.key, _other.c.id != parts.c.id),
    )
    .join(_other_visit, _other_visit.c.id == _other.c.inspection_id)
    .where(WAITS, _other_visit.c.state == Visit.PLANNED, _other.c.present.is_(None))
)

#: What must not be: a code, the sentence, and which cases it is true of.
RULES: tuple[tuple[str, str, sa.ColumnElement[bool]], ...] = (
    ("task.of-ended-case", "办件已经终结，却还有未办结的任务", _ENDED & _OPEN_TASK),
    ("case.ended-open", "办件已经终结，却没有终结时间", _ENDED & cases.c.closed_at.is_(None) & ~_FOLLOWED),
    ("case.closed-running", "办件没有终结，却写着终结时间", ~_ENDED & cases.c.closed_at.is_not(None)),
    (
        "case.without-flow",
        "办件还在审批，流程却已经结束",
        cases.c.state.in_(list(UNDECIDED)) & cases.c.flow.is_(None),
    ),
    (
        "case.no-clock",
        "办件已受理未决定，法定时限却没有计时",
        cases.c.state.in_(list(UNDECIDED)) & ~_clock(Clock.LEGAL),
    ),
    (
        "case.clock-left",
        "办件已经决定或终结，承诺或法定时限还在计时",
        ~cases.c.state.in_(list(UNDECIDED)) & _clock(Clock.PROMISED, Clock.LEGAL),
    ),
    (
        "case.accepted-at",
        "办件已受理，却没有受理时间",
        cases.c.state.in_(list(UNDECIDED)) & cases.c.accepted_at.is_(None),
    ),
    (
        "incident.unmarked",
        "办件是否有未结案的异常，与办件上的标记不符",
        cases.c.troubled
        != sa.exists().where(incidents.c.case_id == cases.c.id, incidents.c.settled_at.is_(None)),
    ),
    (
        "reminder.of-another-end",
        "到期提醒的有效期与电子证照不符",
        sa.exists().where(
            licences.c.case_id == cases.c.id,
            reminders.c.licence_id == licences.c.id,
            reminders.c.until != licences.c.valid_until,
        ),
    ),
    (
        "licence.without-grant",
        "电子证照没有准予决定",
        sa.exists().where(licences.c.case_id == cases.c.id)
        & ~sa.exists().where(decisions.c.case_id == cases.c.id, decisions.c.outcome.in_(list(GRANTS))),
    ),
    (
        "material.of-another",
        "材料取自他人的材料库或电子证照",
        _another(holdings, materials.c.holding_id) | _another(licences, materials.c.licence_id),
    ),
    (
        "hearing.unmarked",
        "办件写着已要求听证，却没有待举行的听证，或者相反",
        (cases.c.hearing == Standing.ASKED)
        != sa.exists().where(
            hearings.c.case_id == cases.c.id, hearings.c.asked_at.is_not(None), hearings.c.held_at.is_(None)
        ),
    ),
    (
        "inspection.twice",
        "同一环节同时排了两次勘验",
        sa.exists().where(parts.c.case_id == cases.c.id, parts.c.id.in_(_TWICE)),
    ),
    (
        "vote.unclosed",
        "表决环节按表决结果办结，表决却没有结束",
        sa.exists().where(
            votes.c.case_id == cases.c.id,
            votes.c.task_id == tasks.c.id,
            votes.c.closed_at.is_(None),
            tasks.c.closed_by.is_not(None),
        ),
    ),
    (
        "priority.unmarked",
        "办件是否优先，与登记的特殊群体不符",
        cases.c.parent_id.is_(None) & (cases.c.first != sa.exists().where(specials.c.case_id == cases.c.id)),
    ),
    (
        "shipment.left",
        "办件已经送达或终结，邮件却还写着在途",
        _ENDED & sa.exists().where(shipments.c.case_id == cases.c.id, sa.text(UNDER_WAY)),
    ),
    (
        "rating.unanswered",
        "差评没有派出整改",
        ~cases.c.mystery
        & sa.exists().where(
            ratings.c.case_id == cases.c.id,
            ratings.c.level <= WORST_BAD,
            ~_answered,
            ratings.c.changed_at.is_(None),
        ),
    ),
    (
        "rating.no-clock",
        "差评等待核实或整改，却没有计时",
        sa.exists().where(
            ratings.c.case_id == cases.c.id,
            rectifications.c.rating_id == ratings.c.id,
            rectifications.c.step.in_((Step.VERIFY, Step.RECTIFY, Step.CALL)),
        )
        & ~_clock(Clock.RECTIFY),
    ),
    (
        "visit.apart",
        "“一件事”与其成员事项，只有一方标为体验办件",
        sa.exists().where(_parents.c.id == cases.c.parent_id, _parents.c.mystery != cases.c.mystery),
    ),
    (
        "crossing.lost",
        "办件是跨区通办或在转送中，却没有收件地和属地的记录",
        sa.or_(cases.c.crossing != "", cases.c.state == State.COLLECTED)
        & ~sa.exists().where(crossings.c.case_id == cases.c.id),
    ),
    (
        "referral.lost",
        "办件已转报上级，却没有转报的记录",
        (cases.c.state == State.TRANSFERRED) & ~sa.exists().where(referrals.c.case_id == cases.c.id),
    ),
    (
        "push.unclocked",
        "推送还没有签收，签收期限却没有计时",
        sa.exists().where(pushes.c.case_id == cases.c.id, pushes.c.acknowledged_at.is_(None))
        & ~_clock(Clock.ACKNOWLEDGE),
    ),
    (
        "offer.missing",
        "办件是免申推送的，却没有推送的依据",
        (cases.c.channel == Channel.PUSH) & ~sa.exists().where(offers.offers.c.case_id == cases.c.id),
    ),
    ("journal.torn", "台账的最后一条与办件记录的序号不符", cases.c.seq != _LAST_ENTRY),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that must not be: which rule, which case, the sentence."""

    code: str
    case: str
    message: str


def faults(db: Connection, almanac: Almanac | None = None) -> Iterator[Fault]:
    """Yield every place where the record does not hold together; cases of former systems have no flow to check."""
    numbers = sa.select(cases.c.no)
    for case_id, seq in journal.broken(db):
        no = db.execute(numbers.where(cases.c.id == case_id)).scalar() or str(case_id)
        yield Fault("journal.broken", no, f"台账第 {seq} 条与前一条的校验值不符，可能被改动")
    for version in calendars.versions(db):
        told = calendars.digest(calendars.days(db, version.id), version.hours, version.orgs)
        if told != version.sha256:
            yield Fault(
                "calendar.altered", version.no, f"工作日历“{version.no}”与起草时的校验值不符，可能被改动"
            )
    for code, message, holds in RULES:
        for no in db.execute(numbers.where(holds, cases.c.origin == "").order_by(cases.c.no)).scalars():
            yield Fault(code, no, message)
    yield from _unsealed(db)
    yield from _doubled(db)
    if almanac is not None:
        yield from _mismeasured(db, almanac)


def _unsealed(db: Connection) -> Iterator[Fault]:
    """What was taken from another's data is as it was sealed on that case's journal (数据互认)."""
    row, entry = offers.recognised, journal.journal
    on_chain = sa.exists().where(entry.c.case_id == row.c.source_id, entry.c.hash == row.c.tip)
    query = sa.select(row, cases.c.no, on_chain.label("vouched")).join(cases, cases.c.id == row.c.case_id)
    for each in db.execute(query.order_by(row.c.case_id, row.c.code).execution_options(yield_per=BATCH)):
        sealed = offers.seal(each.tip, each.code, each.source, each.document_no, each.at)
        if sealed != each.seal or (each.source_id is not None and not each.vouched):
            yield Fault("recognised.seal", each.no, f"互认材料“{each.code}”与来源的签章不符，可能被改动")


_beside = shifts.alias("beside")


def _doubled(db: Connection) -> Iterator[Fault]:
    """A post has one shift at a time (2主1备轮值): which of two would say who may take its work?"""
    same = (_beside.c[name] == shifts.c[name] for name in ("org_id", "role", "day"))
    twice = sa.and_(*same, _beside.c.id > shifts.c.id, _beside.c.ended_at.is_(None))
    query = sa.select(orgs.c.code, shifts.c.role, shifts.c.day, shifts.c.span, _beside.c.span.label("other"))
    query = query.join_from(shifts, _beside, twice).join(orgs, orgs.c.id == shifts.c.org_id)
    for row in db.execute(query.where(shifts.c.ended_at.is_(None)).order_by(shifts.c.id)):
        if overlap(Span(row.span), Span(row.other)):
            where = f"{row.code} {row.role} {row.day}"
            yield Fault("rota.overlap", where, "同一岗位同一时间有两个班次；请撤下其中一个")


def _mismeasured(db: Connection, almanac: Almanac) -> Iterator[Fault]:
    """Measure every finished case of ours anew: what was written down when it was finished must be the same."""
    query = (
        sa.select(
            cases.c.id, cases.c.no, cases.c.authority_id, cases.c.accepted_at, cases.c.decided_at, *_MEASURED
        )
        .outerjoin(measures, measures.c.case_id == cases.c.id)
        .where(cases.c.decided_at.is_not(None), cases.c.origin == "")
        .order_by(cases.c.id)
    )
    for rows in db.execute(query.execution_options(yield_per=BATCH)).partitions(BATCH):
        pauses = deadlines.pauses_of(db, [row.id for row in rows], Clock.PROMISED)
        for row in rows:
            calendar = calendars.named(db, almanac.of(row.authority_id))
            took = measure(row.accepted_at, row.decided_at, calendar, pauses.get(row.id, ()))
            told = (row.worked_days, row.worked_minutes, row.elapsed_minutes)
            if row.case_id is not None and told != (
                took.worked_days,
                took.worked_minutes,
                took.elapsed_minutes,
            ):
                yield Fault("measure.off", row.no, "办结用时与按受理、办结时间和中止重新计算的不符")
