"""Taking an application in (收件): one form, one set of materials; its case, its members', one at each home."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.domain import appointment, availability, bar, capability, commitment, renewal
from engine.domain import matter as rules
from engine.domain.bar import Bar
from engine.domain.bundle import APART, FIRST, Graph, Pickup
from engine.domain.case import BY_HIMSELF, Channel, State
from engine.domain.errors import Incomplete, Malformed
from engine.domain.identity import HALL, must_hold
from engine.domain.mandate import Basis
from engine.domain.material import Handed, Standing
from engine.domain.matter import Member
from engine.services import (
    advance,
    barring,
    committing,
    filing,
    keeping,
    lifecycle,
    mandating,
    probing,
    routing,
    shelving,
    visiting,
)
from engine.services.act import Act
from engine.services.library import Matter
from engine.services.mandating import Presented
from engine.services.probing import Visit
from engine.services.routing import Route
from engine.services.shelving import Brought
from engine.store import cases, licences, people
from engine.store.cases import Case


@dataclass(frozen=True, slots=True)
class Person:
    """An applicant or an agent: ``kind`` person or company, with the number that identifies it."""

    kind: str
    id_number: str
    name: str
    phone: str = ""


#: Who applies, and who does so for him.
Pair = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Application:
    """One application for a matter or a bundle: one form, one set of materials."""

    matter: str
    applicant: Person
    channel: Channel = Channel.ONLINE
    agent: Person | None = None
    mandate: Presented | None = None
    members: tuple[str, ...] = ()
    flags: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    materials: tuple[Handed, ...] = ()
    hall: str = HALL
    street: str | None = None
    licence_until: date | None = None
    #: Which licence is to be renewed, where it is an e-licence of ours.
    licence: str = ""
    reuse: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    consent: bool = False
    code: str = ""
    visit: Visit | None = None
    #: Where it is decided (业务属地), where that is not here; with several, 多地联办.
    homes: tuple[str, ...] = ()
    pickup: Pickup = Pickup.TOGETHER


def take_in(
    act: Act, application: Application, at: str | None = None, told: Mapping[str, Any] = advance.NOTHING
) -> Case:
    """Take an application in and start its flow; for a bundle, its members' too; at several homes, one for each.

    *at* is the event of the diagram that a message told to begin it, *told* the flags that came with it.
    Raises `NotFound` for an unknown matter, `Malformed` for a member, flag or material it does not know,
    `Incomplete` for an agent who is not named, `NotYours` for a window application by somebody else or an agent
    without a mandate (R-ACC-7), `NotNow` for what is not offered now, or a renewal asked for too late (R-LIM-8).
    """
    matter, taken, versions = consider(act, application)
    who, asked = _who(act, application, taken), [matter, *versions]
    barred = _barred(act, who[0], matter, taken)
    kept = {each.matter_key for each in barred}
    taken = tuple(member for member in taken if member.matter not in kept)
    versions = [version for version in versions if version.key not in kept]
    if (
        application.flags.get(commitment.FLAG) and matter.kind != "bundle"
    ):  # a bundle's answer is for whom it concerns
        commitment.must_be_open(matter.record)
    until = _ends(act, application, matter.record, who[0])
    flags = {**_answered(application, asked), **{f"with_{m.matter}": True for m in taken}}
    if taken:
        flags[APART] = application.pickup is Pickup.APART
    parts = _parts(matter, taken, versions, flags)
    routes = routing.routes(act, matter, versions, application.hall, application.homes, application.channel)
    own = {**told, **flags, "in_bundle": False}
    case, *others = (_taken_in(act, application, who, matter, parts, own, route, at) for route in routes)
    for route, each in zip(routes, (case, *others), strict=True):
        routing.keep(act, each, route, lead=case.id)
    if taken:
        _leave_out(act, case, taken, barred)
    for version, of_member in parts:
        way = routing.of_member(act, version, routes[0])
        member = _receive(act, application, who, version, of_member, way, case)
        committing.choose(act, member)
        if way is not routes[0]:
            routing.keep(act, member, way, lead=case.id)
    if application.visit is not None:
        probing.mark(act, case, application.visit)
    _watch(act, (case, *others), until)
    if application.channel not in BY_HIMSELF:
        visiting.came(act, case)
    return case


def _ends(act: Act, application: Application, record: Mapping[str, Any], applicant_id: int) -> date | None:
    """The day the licence ends that is to be renewed, asked for in time (R-LIM-8); None for what renews nothing.

    Raises `Malformed` for a licence named that is not the applicant's, or not of those renewed by this.
    """
    asked = renewal.span(record)
    if asked is None:
        return None
    if application.licence:
        row = licences.get(act.db, application.licence)
        of = record["renewal"].get("of") or [row.matter_key]
        if row.applicant_id != applicant_id or row.matter_key not in of:
            raise Malformed(
                "该证照不是申请人的，或不由本事项延续；请核对证照编号，或不填编号、只填有效期。",
                code="renewal.licence",
                field="licence",
            )
    return renewal.must_be_in_time(act.today, application.licence_until, asked, act.calendar)


def _watch(act: Act, opened: Iterable[Case], until: date | None) -> None:
    """Start the clocks of what was taken in: the notice's at home, and that of a licence that ends."""
    for case in opened:
        if case.state is not State.COLLECTED:
            lifecycle.watch_notice(act, case)
        if until is not None:
            lifecycle.watch_licence(act, case, until)


def _taken_in(
    act: Act,
    application: Application,
    who: Pair,
    matter: Matter,
    parts: Sequence[tuple[Matter, dict[str, Any]]],
    flags: dict[str, Any],
    route: Route,
    at: str | None,
) -> Case:
    """Open one case and lay on its shelf what was handed in, and what its library and licences bring."""
    case = _receive(act, application, who, matter, flags, route, at=at)
    online = application.channel in BY_HIMSELF
    shelving.shelve(act, case, parts or [(matter, case.flags)], _brought(application), online=online)
    committing.choose(act, case)
    return case


def consider(act: Act, application: Application) -> tuple[Matter, tuple[Member, ...], list[Matter]]:
    """Return what an application is for, the members it takes and their versions. Raises what `take_in` does."""
    matter = act.library.current(act.db, application.matter)
    taken = (
        rules.chosen(matter.record, application.flags, application.members) if matter.kind == "bundle" else ()
    )
    versions = [act.library.current(act.db, member.matter) for member in taken]
    _check(act, application, matter, versions)
    return matter, taken, versions


def _who(act: Act, application: Application, taken: Sequence[Member]) -> Pair:
    """Return who applies, and who for him: within a mandate that stands, or one shown at the window (R-ACC-7)."""
    principal = known(act, application.applicant, "applicant", application.code)
    if application.agent is None:
        return principal, None
    agent = known(act, application.agent, "agent")
    if application.mandate is not None:
        must_hold(act.by, "window", act.library.org(act.db, application.hall))
        mandating.keep(act, principal, agent, application.mandate, Basis.PAPER)
    mandating.must_cover(act, principal, agent, application.matter, [member.matter for member in taken])
    return principal, agent


def known(act: Act, person: Person, field: str, code: str = "") -> int:
    """Return the id of a person, new or known by his number.

    The window and machines see who he is, and *code* tracks a case he filed himself: then his name and phone are
    brought up to date. A form anybody can fill in changes nothing that is known of anybody. Raises `Malformed`
    where its name is not the one its number is known by.
    """
    had = people.applicant_of(act.db, person.id_number) if code and act.by.id is None else None
    proved = act.by.id is not None or (had is not None and cases.is_own(act.db, code, had))
    row = people.applicant(act.db, person.kind, person.id_number, person.name, person.phone, vouched=proved)
    if row.name != person.name:
        raise Malformed(
            "姓名（名称）与该证件号码登记的不一致，请核对；已经改名的，请填写本人以前办件的查询码，"
            "或到综合窗口更正。",
            code="applicant.name",
            field=f"{field}.name",
        )
    return int(row.id)


def _check(act: Act, application: Application, matter: Matter, members: Sequence[Matter]) -> None:
    for version in (matter, *members):
        availability.must_be_offered(version.record)
    if application.channel is Channel.KIOSK:
        capability.must_be_for_a_kiosk(matter.record, matter.name)
    elif application.channel is not Channel.ONLINE:
        must_hold(act.by, "window", act.library.org(act.db, application.hall))
    if application.channel is Channel.AGENT and application.agent is None:
        raise Incomplete("代办须写明代办人姓名和身份证件号码。", code="agent.missing", field="agent")
    if matter.kind == "bundle" and not members:
        raise Incomplete("“一件事”至少要选一个事项。", code="bundle.empty", field="members")
    known = {r.code for version in (matter, *members) for r in version.requirements}
    if unknown := [m.code for m in application.materials if m.code not in known]:
        raise Malformed(
            f"材料“{'、'.join(unknown)}”不在办事指南的清单内；不得收取清单以外的材料。",
            code="material.unknown",
            field="materials",
        )
    keeping.must_be_brought(act, (item.file_id for item in application.materials))


def _answered(application: Application, versions: Sequence[Matter]) -> dict[str, Any]:
    asked = {key for version in versions for key in rules.questions(version.record)}
    if unknown := set(application.flags) - asked:
        raise Malformed(
            f"没有这些情形问题：{'、'.join(sorted(unknown))}。", code="flag.unknown", field=sorted(unknown)[0]
        )
    known = dict(versions[0].record.get("answers") or {})
    return {
        "channel": str(Channel.ONLINE if application.channel in BY_HIMSELF else application.channel),
        **known,
        **{k: bool(v) for k, v in application.flags.items()},
    }


def _brought(application: Application) -> Brought:
    said = {name: getattr(application, name) for name in ("reuse", "unverified", "consent", "code")}
    laid = [m for m in application.materials if m.standing in {Standing.RECEIVED, Standing.SHARED}]
    return Brought(laid, **said)


def _receive(
    act: Act,
    application: Application,
    who: Pair,
    matter: Matter,
    flags: dict[str, Any],
    route: Route,
    parent: Case | None = None,
    at: str | None = None,
) -> Case:
    agent = application.agent
    return filing.open_(
        act,
        matter,
        application.channel,
        flags,
        at,
        f"{agent.name}代{application.applicant.name}申请" if agent else "",
        parent_id=parent.id if parent else None,
        applicant_id=who[0],
        agent_id=who[1],
        street_id=act.library.org(act.db, application.street) if application.street else None,
        first_contact_id=act.by.id,
        answers=_kept(application) if parent is None else {},
        after_hours=appointment.is_outside(act.at, act.calendar.openings(act.today)),
        **route.columns(act.library.org(act.db, matter.authority)),
        **({"state": State.COLLECTED} if route.forwards else {}),
    )


def _kept(application: Application) -> dict[str, Any]:
    """What was filled in, with the end of the licence that is to be renewed."""
    until = application.licence_until
    named = {"licence": application.licence} if application.licence else {}
    return {**application.answers, **({"licence_until": until.isoformat()} if until else {}), **named}


def _parts(
    matter: Matter, taken: Sequence[Member], versions: Sequence[Matter], flags: Mapping[str, Any]
) -> list[tuple[Matter, dict[str, Any]]]:
    """The versions of a bundle's members, each with the flags it is handled under; empty for a single matter."""
    if not taken:
        return []
    first = Graph.read(matter.record).handed_out_first([member.matter for member in taken])
    return [
        (
            version,
            {
                **flags,
                "in_bundle": True,
                "starts": member.starts,
                "verify_only": member.mode == "verify_only",
                FIRST: member.matter in first,
            },
        )
        for member, version in zip(taken, versions, strict=True)
    ]


def _barred(act: Act, applicant_id: int, matter: Matter, taken: Sequence[Member]) -> tuple[Bar, ...]:
    """Return what keeps members of a bundle out of it: whoever showed false papers may not ask for the same (R-ACC-8).

    Nobody applies for what is only verified. Raises `NotNow` for a single matter, and for a bundle whose diagram
    cannot do without the member, or of which nothing would be left.
    """
    wanted = [member.matter for member in taken if member.mode != "verify_only"] if taken else [matter.key]
    found = barring.against(act, applicant_id, wanted)
    drawn = act.library.definition(act.db, matter.definition_id) if found and taken else None
    if (
        drawn is None
        or len(found) == len(taken)
        or not all(drawn.asks(f"with_{b.matter_key}") for b in found)
    ):
        bar.must_not_be(found)
    return found


def _leave_out(act: Act, parent: Case, taken: Sequence[Member], barred: Sequence[Bar]) -> None:
    """Leave a trace of members that need not be done (无需办理, R-BUN-6), and that may not be (R-ACC-8)."""
    kept = {each.matter_key for each in barred}
    if barred:
        told = {each.matter_key: f"未列入本次申请。{each.sentence()}。" for each in barred}
        act.record("kept out", parent, codes=sorted(kept), told=told, words="".join(told.values()))
    listed = rules.members(act.matter(parent).record)
    left_out = [each.matter for each in listed if each not in taken and each.matter not in kept]
    if left_out:
        names = [act.library.current(act.db, key).name for key in left_out]
        act.record("left out", parent, codes=left_out, words=f"无需办理：{'、'.join(names)}")
