"""Holiday notices (放假通知) and calendars: proposed, drafted, put in force by a second person, and what they move."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.domain import notice as rules
from engine.domain.almanac import (
    CHINA,
    ENOUGH_DAYS,
    MOST_OVER,
    OVER,
    PROPOSED,
    Almanac,
    Outlook,
    Proposal,
    Status,
    depth,
    label,
    must_be_code,
)
from engine.domain.calendar import Calendar, entries, year_of
from engine.domain.errors import Malformed, NotNow, NotYours
from engine.domain.hours import OfficeHours
from engine.domain.notice import Notice
from engine.domain.pause import last_day
from engine.services import timing
from engine.services.act import Act
from engine.services.timing import Moved
from engine.store import calendars, deadlines, people
from engine.store.db import Row
from engine.store.dues import Cause


def found(act: Act, code: str, name: str, parent: str) -> Row:
    """Add the calendar of a region or hall, over *parent*. It says nothing until a version is in force."""
    must_be_code(code)
    parents = {row.code: row.parent for row in calendars.everything(act.db)}
    if code in parents:
        raise Malformed(f"日历代码 {code} 已经有了，请换一个。", code="calendar.taken", field="code")
    calendars.get(act.db, parent)
    if depth(parent, parents) >= MOST_OVER:
        raise Malformed(
            f"日历最多叠 {MOST_OVER} 层（地区、大厅），{parent} 之上不能再叠。",
            code="calendar.depth",
            field="parent",
        )
    calendars.add(act.db, code, name, parent, act.at)
    act.record("calendar founded", code=code, name=name, parent=parent)
    return calendars.get(act.db, code)


def propose(
    act: Act,
    code: str,
    notice: Notice | None = None,
    *,
    hours: OfficeHours | None = None,
    orgs: Sequence[str] | None = None,
    document: str = "",
    note: str = "",
) -> Proposal:
    """Return what calendar *code* becomes with a notice, other hours or other organisations; nothing is kept.

    Raises Malformed ``calendar.unchanged`` where that is what it is already, and what `domain.notice` raises.
    """
    calendars.get(act.db, code)
    before = calendars.active(act.db, code)
    days = calendars.days(act.db, before.id) if before else {}
    kept = OfficeHours.read(before.hours) if before and before.hours else None
    held = tuple(before.orgs) if before else ()
    papers = notice.papers if notice else ()
    if notice is not None:
        now = calendars.named(act.db, before.no) if before else None
        days = rules.arranged(now, notice) if code == CHINA else rules.overlaid(days, notice)
    proposal = Proposal(
        code=code,
        days=days,
        hours=hours or kept,
        orgs=held if orgs is None else _known(act, code, orgs),
        sources=(*(before.sources if before else ()), *papers),
        document=document.strip(),
        note=note.strip(),
        base_id=before.id if before else None,
    )
    _must_differ(before, proposal)
    return proposal


def _known(act: Act, code: str, orgs: Sequence[str]) -> tuple[str, ...]:
    if orgs and code == CHINA:
        raise Malformed("全国日历适用于所有机构，不必指定。", code="calendar.orgs", field="orgs")
    return tuple(sorted({str(people.org(act.db, org).code) for org in orgs}))


def _must_differ(before: Row | None, proposal: Proposal) -> None:
    if before is not None and fingerprint(proposal) == before.sha256:
        raise Malformed(
            f"与现行版本“{before.no}”完全相同，没有任何变化，不必导入。",
            code="calendar.unchanged",
            field="file",
        )
    if before is None and not (proposal.days or proposal.hours):
        raise Malformed(
            "这份日历没有任何一天、也没有作息，不会改变什么。", code="calendar.unchanged", field="file"
        )


def fingerprint(proposal: Proposal) -> str:
    """Return what tells one version's contents from another's."""
    return calendars.digest(proposal.days, proposal.hours_told, proposal.orgs)


def drafted(act: Act, row: Row) -> Proposal:
    """Return what a version says, as it was proposed."""
    hours = OfficeHours.read(row.hours) if row.hours else None
    days = calendars.days(act.db, row.id)
    said = (tuple(row.orgs), tuple(row.sources), row.document, row.note, row.base_id)
    return Proposal(row.code, days, hours, *said)


def present(act: Act, code: str) -> Outlook:
    """Return how calendar *code* stands, and what each organisation goes by. Raises `NotFound`."""
    calendars.get(act.db, code)
    versions = _in_force(act)
    return Outlook(
        _named(act, versions.codes[code]),
        lambda org_id: _named(act, versions.of(org_id)),
    )


def _named(act: Act, version: str) -> Calendar:
    found = calendars.named(act.db, version)
    assert found is not None  # what is in force is there
    return found


def _in_force(act: Act, instead: Proposal | None = None) -> Almanac:
    """Look up which versions are in force, not as this process last saw it."""
    versions = calendars.in_force(act.db, instead)
    if versions is None:
        raise NotNow("还没有全国日历；请先运行 lianban init。", code="calendar.missing")
    return versions


def prospect(act: Act, proposal: Proposal) -> Outlook:
    """Return how it would stand if the proposal were in force; nothing of it is kept."""
    versions = _in_force(act, proposal)
    made: dict[str, Calendar] = {}

    def of(version: str) -> Calendar:
        if version not in made:
            made[version] = _built(act, version, proposal, of)
        return made[version]

    return Outlook(of(versions.codes[proposal.code]), lambda org_id: of(versions.of(org_id)))


def _built(act: Act, version: str, proposal: Proposal, of: Callable[[str], Calendar]) -> Calendar:
    under, _, no = version.rpartition(OVER)
    if PROPOSED not in version.split(OVER):
        return _named(act, version)
    below = of(under) if under else None
    if no == PROPOSED:
        return calendars.built(version, proposal.days, proposal.hours, below)
    row = calendars.numbered(act.db, no)
    assert row is not None  # it is in force
    hours = OfficeHours.read(row.hours) if row.hours else None
    return calendars.built(version, calendars.days(act.db, row.id), hours, below)


def draft(act: Act, proposal: Proposal) -> Row:
    """Keep a proposal as a draft; it changes nothing until somebody else puts it in force."""
    row = calendars.draft(
        act.db,
        proposal.days,
        code=proposal.code,
        no=label(
            proposal.code,
            max(proposal.days).year if proposal.days else 0,
            [each.no for each in calendars.versions(act.db, proposal.code)],
        ),
        base_id=proposal.base_id,
        document=proposal.document[:60],
        note=proposal.note[:500],
        sources=list(dict.fromkeys(proposal.sources)),
        hours=proposal.hours_told,
        orgs=list(proposal.orgs),
        sha256=fingerprint(proposal),
        imported_at=act.at,
        imported_by=act.by.id,
        imported_name=act.by.name[:60],
    )
    act.record("calendar drafted", code=row.code, version=row.no, document=row.document, sha256=row.sha256)
    return row


def activate(act: Act, version_id: int) -> Row:
    """Put a draft in force; the worker then reckons every running clock anew (R-CNT-7).

    Raises `NotYours` ``calendar.same-person`` to whoever drafted it, and `NotNow` where it is no draft any more
    or another version came into force since.
    """
    row = _draft(act, version_id)
    if row.imported_by is not None and row.imported_by == act.by.id:
        raise NotYours(
            "起草和生效须由两人分别办理；请由另一位登记管理岗人员复核后生效。", code="calendar.same-person"
        )
    before = calendars.active(act.db, row.code)
    if (before.id if before else None) != row.base_id:
        raise NotNow(
            "起草之后日历已换版，这份草案不再是在现行版本上改的；请作废后重新导入。", code="calendar.stale"
        )
    calendars.activate(act.db, row, act.by.id, act.by.name[:60], act.at)
    act.turn_calendar()
    act.record(
        "calendar activated", code=row.code, version=row.no, document=row.document, sha256=row.sha256,
        replaced=before.no if before else "", drafted_by=row.imported_name, activated_by=act.by.name,
    )  # fmt: skip
    return calendars.version(act.db, version_id)


def discard(act: Act, version_id: int) -> None:
    """Lay a draft aside. Raises `NotNow` where it is none any more."""
    row = _draft(act, version_id)
    calendars.discard(act.db, version_id, act.at)
    act.record("calendar discarded", code=row.code, version=row.no)


def _draft(act: Act, version_id: int) -> Row:
    """Return a draft, and let nobody else change its calendar meanwhile."""
    calendars.get(act.db, calendars.version(act.db, version_id).code, lock=True)
    row = calendars.version(act.db, version_id)
    if row.status != Status.DRAFT:
        raise NotNow("这一版已经生效、被替换或作废，不能再改动。", code="calendar.frozen")
    return row


def recompute(act: Act, case_id: int) -> tuple[Moved, ...]:
    """Reckon a case's running clocks by the calendar in force, and tell what moved (R-CNT-7)."""
    case = act.take(case_id)
    running = deadlines.running(act.db, case_id)
    version = act.versions.of(case.authority_id)
    behind = {part for row in running if row.calendar != version for part in row.calendar.split(OVER)}
    if not behind:
        return ()
    document = _document(act, [no for no in version.split(OVER) if no not in behind])
    moved = timing.recompute(act, case, Cause.CALENDAR, document)
    if moved:
        earlier = [each for each in moved if each.new < each.old]
        first = min(earlier or moved, key=lambda each: each.new)
        act.record(
            "brought forward" if earlier else "calendar changed",
            case,
            clock=str(first.clock),
            was=str(last_day(first.old)),
            until=str(last_day(first.new)),
            calendar=version,
            document=document,
            moved=[_told(each) for each in moved],
        )
    return moved


def _document(act: Act, fresh: Sequence[str]) -> str:
    """Return the paper the change rests on: the number of the notice, or else of the version."""
    rows = [row for row in (calendars.numbered(act.db, no) for no in fresh) if row is not None]
    return "、".join(row.document or row.no for row in rows)[:60]


def _told(moved: Moved) -> dict[str, str]:
    return {"clock": str(moved.clock), "was": moved.old.isoformat(), "due_at": moved.new.isoformat()}


def warn(act: Act) -> bool:
    """Write down, once for each version, that the nation's calendar soon ends. Say whether it was the first time."""
    calendar = act.calendar
    ahead = (calendar.last - act.today).days
    if ahead >= ENOUGH_DAYS or not calendars.warn(act.db, calendar.version, act.at):
        return False
    act.record("calendar running out", version=calendar.version, last=str(calendar.last), days=ahead)
    return True


def establish(act: Act, documents: Sequence[Mapping[str, Any]]) -> bool:
    """Put the notices that come with the product in force, where there is no calendar of the nation yet.

    Where there is one, the city's own versions are not undone: what is newer is kept as a draft, once, for two
    people to look at. Say whether anything changed.
    """
    shipped = Calendar.from_holiday_cn(documents, version="")
    sources = tuple(paper for document in documents for paper in document["papers"])
    before = calendars.active(act.db, CHINA)
    if before is None:
        calendars.add(act.db, CHINA, "全国", None, act.at)
        first = Proposal(CHINA, {day: shipped.day(day) for day in shipped.days()}, sources=sources)
        activate(act, draft(act, first).id)
        return True
    known = calendars.days(act.db, before.id)
    later = [document for document in documents if year_of(document) > max(known).year]
    fresh = {day: shipped.day(day) for day in shipped.days() if day > max(known)}
    named = {day: entry for document in later for day, entry in entries(document)}
    newer = Proposal(CHINA, known | fresh | named, sources=sources, note="随软件版本提供", base_id=before.id)
    if not fresh or calendars.knows(act.db, CHINA, fingerprint(newer)):
        return False
    draft(act, newer)
    return True
