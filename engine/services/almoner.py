"""What an almoner does (免申即享, §1.3): match a list of people, show it in public, and make a case of each line.

The list is matched once, by one version of the rule and of the matter; everything later is made by those.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.domain import availability, offer, roster
from engine.domain.deadline import due, last_day
from engine.domain.errors import Incomplete, Malformed, NotFound, NotNow, NotYours, Stale, must_say
from engine.domain.identity import HALL, Actor
from engine.domain.offer import Free, Way
from engine.domain.roster import Entry
from engine.services import offering
from engine.services.act import Act
from engine.services.library import Matter
from engine.services.offering import Cause, Ruled
from engine.store import people, rosters
from engine.store.cases import Case
from engine.store.db import Row

#: Whose posts in the department that grants a benefit run its lists.
RUNNING = ("chief", "leader")


@dataclass(frozen=True, slots=True)
class Matched:
    """A line of a list and what the rule says of it."""

    entry: Entry
    ruled: Ruled


def columns(act: Act, key: str) -> Mapping[str, str]:
    """Return what a list's columns may be called, in the words of the rule, and the fact each stands for."""
    return offering.asked_of(act, _benefit(act, key)[1])


def match(act: Act, key: str, entries: Sequence[Entry]) -> tuple[Matched, ...]:
    """Say of each line whether the benefit is for it, and why (政策匹配到人); nothing is kept, no case is made."""
    matter, free = _benefit(act, key)
    _must_run(act, matter)
    _rule(act, free)
    had = rosters.already(act.db, matter.key, [each.id_number for each in entries])
    ask = offering.ruler(act, free)
    return tuple(
        Matched(
            each,
            Ruled(Way.NONE, f"本事项已有在办或已准予的办件 {had[each.id_number]}，不重复办理。")
            if each.id_number in had
            else ask(each.facts),
        )
        for each in entries
    )


def keep(act: Act, key: str, title: str, policy: str, entries: Sequence[Entry]) -> int:
    """Keep a list as it was matched, for everybody to look at before it is shown in public; return its id.

    Raises `Stale` for the very same list again, `Incomplete` without its title and the policy it rests on.
    """
    matched = match(act, key, entries)
    matter, free = _benefit(act, key)
    for text, field, words in (
        (title, "title", "请写明名单的名称。"),
        (policy, "policy", "请写明依据的政策文件和文号。"),
    ):
        if not text.strip():
            raise Incomplete(words, code="roster.missing", field=field)
    sha256 = roster.fingerprint(key, entries)
    if rosters.same(act.db, sha256) is not None:
        raise Stale("这份名单已经导入过，没有再导入。", code="roster.same", field="file")
    roster_id = rosters.add(
        act.db, [_kept(each) for each in matched], matter_id=matter.id, rule_id=_rule(act, free),
        title=title.strip()[:100], policy=policy.strip()[:200], sha256=sha256, made_at=act.at, made_by=act.by.id,
    )  # fmt: skip
    act.record("roster kept", roster=roster_id, matter=key, lines=len(matched), sha256=sha256)
    return roster_id


def _kept(each: Matched) -> dict[str, object]:
    said = {"why": each.ruled.why, "asked": each.ruled.asked, "answers": each.ruled.answers or {}}
    entry = each.entry
    return {
        "line": entry.line, "id_number": entry.id_number, "name": entry.name, "facts": dict(entry.facts),
        "way": str(each.ruled.way), "said": said,
    }  # fmt: skip


def publish(act: Act, roster_id: int) -> Row:
    """Show a list in public (公示) for as long as its matter says. Raises `NotNow` out of turn."""
    row, matter, free = _open(act, roster_id)
    if row.published_at is not None:
        raise Stale("这份名单已经公示，请刷新。", code="roster.published")
    if not rosters.waiting(act.db, row.id):
        raise NotNow("名单上没有符合条件的人，无可公示。", code="roster.nobody")
    calendar = act.calendar_at(act.library.org(act.db, matter.authority))
    until = due(free.publicity, act.at, calendar) if free.publicity else act.at
    rosters.mark(act.db, row.id, published_at=act.at, until=until)
    act.record("roster published", roster=row.id, until=until.isoformat())
    return rosters.get(act.db, row.id)


def strike(act: Act, entry_id: int, words: str) -> None:
    """Take a line off a list, for an objection that holds (异议成立); what is a case already ends as cases do."""
    entry = rosters.entry(act.db, entry_id)
    _open(act, entry.roster_id)
    words = must_say(words, "请写明异议和核实的情况。", code="reason.missing", field="words")
    if entry.struck_at is not None:
        raise Stale("这一行已经移出名单，请刷新。", code="entry.struck")
    if rosters.made(act.db, entry.id) is not None:
        raise NotNow("这一行已经建件，请在办件上办理。", code="entry.made")
    rosters.strike(act.db, entry.id, struck_at=act.at, struck_by=act.by.id, objection=words)
    act.record("entry struck", roster=entry.roster_id, line=entry.line, reason=words)


def withdraw(act: Act, roster_id: int, reason: str) -> None:
    """Give a list up; what is a case already goes on."""
    row, _, _ = _open(act, roster_id)
    reason = must_say(reason, "请写明撤下名单的理由。", code="reason.missing", field="reason")
    rosters.mark(act.db, row.id, withdrawn_at=act.at, reason=reason)
    act.record("roster withdrawn", roster=row.id, reason=reason)


def make(act: Act, entry_id: int) -> Case | None:
    """Make the case of a line, once its list was shown in public; None where it is made already.

    It is made by the versions the list was matched by, and says which line of which list it is of.
    """
    entry = rosters.entry(act.db, entry_id)
    if rosters.made(act.db, entry.id) is not None:
        return None
    row, matter, free = _open(act, entry.roster_id)
    must_be_over(act, row)
    availability.must_be_offered(act.library.current(act.db, matter.key).record)
    had = rosters.already(act.db, matter.key, [entry.id_number]).get(entry.id_number)
    if entry.struck_at is not None or entry.way == Way.NONE or had:
        why = f"已有办件 {had}" if had else entry.objection or entry.said["why"]
        raise NotNow(f"名单第 {entry.line} 行不建件：{why}", code="entry.not-for")
    said = entry.said
    asked = tuple((label, told) for label, told in said["asked"])
    ruled = Ruled(Way(entry.way), said["why"], row.rule_id, asked, said["answers"])
    cause = Cause(
        words=f"《{row.title}》第 {entry.line} 行（{row.policy}）",
        applicant_id=people.applicant(
            act.db, "person", entry.id_number, entry.name, "", vouched=False
        ).id,
        hall_id=act.library.org(act.db, HALL), street_id=None, known=entry.facts, tip=row.sha256, entry_id=entry.id,
    )  # fmt: skip
    return offering.begin(act, matter, free, ruled, cause)


def must_be_ready(act: Act, roster_id: int) -> None:
    """Raise `NotNow` unless cases may be made of a list, `NotYours` unless one may make them."""
    row, _, _ = _open(act, roster_id)
    must_be_over(act, row)


def must_be_over(act: Act, row: Row) -> None:
    """Raise `NotNow` until a list was shown in public long enough."""
    if row.published_at is None:
        raise NotNow("名单还没有公示，不能建件；请先公示。", code="roster.unpublished")
    if act.at < row.until:
        raise NotNow(f"公示至 {last_day(row.until)}，期满无异议后才能建件。", code="roster.public")


def somebody(act: Act, login: str) -> Actor:
    """Return the user of a login, for who runs a list at the command line. Raises `NotFound`."""
    user = people.by_login(act.db, login)
    if user is None:
        raise NotFound(f"没有用户“{login}”。", code="user.unknown", field="by")
    return people.actor(act.db, user.id, act.at)


def _open(act: Act, roster_id: int) -> tuple[Row, Matter, Free]:
    """Lock a list that was not given up, with the version of the matter it was matched for."""
    row = rosters.lock(act.db, roster_id)
    matter = act.library.matter(act.db, row.matter_id)
    _must_run(act, matter)
    if row.withdrawn_at is not None:
        raise NotNow(f"名单已经撤下：{row.reason}", code="roster.withdrawn")
    free = offer.read(matter.record, offer.LISTED)
    assert free is not None  # else it had never been kept
    return row, matter, free


def _must_run(act: Act, matter: Matter) -> None:
    org = act.library.org(act.db, matter.authority)
    if not any(act.by.holds(role, org) for role in RUNNING):
        raise NotYours("名单由兑现该政策的部门的负责人办理。", code="post.missing")


def _benefit(act: Act, key: str) -> tuple[Matter, Free]:
    matter = act.library.current(act.db, key)
    free = offer.read(matter.record, offer.LISTED)
    if free is None:
        raise Malformed(
            f"“{matter.name}”没有免申即享的规则，须由本人申请。", code="benefit.none", field="matter"
        )
    availability.must_be_offered(matter.record)
    return matter, free


def _rule(act: Act, free: Free) -> int:
    """Return the version of the rule in force. Raises `NotNow` where there is none."""
    found = act.library.decision(act.db, free.rule)
    if found is None:
        raise NotNow(f"匹配规则“{free.rule}”没有发布；请先发布决策文件。", code="benefit.rule")
    return found[0]
