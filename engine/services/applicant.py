"""What an applicant does: apply, bring what is missing, withdraw."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine.domain import appointment, availability, capability, commitment, renewal
from engine.domain import case as life
from engine.domain import matter as rules
from engine.domain.bundle import APART, FIRST, Graph, Pickup
from engine.domain.case import BY_HIMSELF, DECIDED, UNACCEPTED, UNDECIDED, WITHDRAWABLE, Channel, State
from engine.domain.crossing import Mode
from engine.domain.deadline import ONE_SECOND, day_of, end_of
from engine.domain.errors import Incomplete, Malformed, NotNow, NotYours
from engine.domain.identity import must_hold
from engine.domain.mandate import Basis
from engine.domain.material import THERE, Handed, Standing
from engine.domain.matter import Member
from engine.domain.upload import Upload
from engine.services import (
    advance,
    bundle,
    committing,
    filing,
    lifecycle,
    mandating,
    offering,
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
from engine.store import cases, files, people
from engine.store.cases import Case

#: The organisation that takes cases in where none is named.
HALL = "HALL"


@dataclass(frozen=True, slots=True)
class Person:
    """An applicant or an agent: ``kind`` person or company, with the number that identifies it."""

    kind: str
    id_number: str
    name: str
    phone: str = ""


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
    reuse: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    consent: bool = False
    code: str = ""
    visit: Visit | None = None
    #: Where it is decided (业务属地), where that is not here; with several, 多地联办.
    homes: tuple[str, ...] = ()
    pickup: Pickup = Pickup.TOGETHER


def apply(
    act: Act, application: Application, at: str | None = None, told: Mapping[str, Any] = advance.NOTHING
) -> Case:
    """Take an application in and start its flow; for a bundle, its members' too; at several homes, one for each.

    *at* is the event of the diagram that a message told to begin it, *told* the flags that came with it.
    Raises `NotFound` for an unknown matter, `Malformed` for a member, flag or material it does not know,
    `Incomplete` for an agent who is not named, `NotYours` for a window application by somebody else or an agent
    without a mandate (R-ACC-7), `NotNow` for what is not offered now, or a renewal asked for too late (R-LIM-8).
    """
    matter, taken, versions = consider(act, application)
    _authorise(act, application, taken)
    if (
        application.flags.get(commitment.FLAG) and matter.kind != "bundle"
    ):  # a bundle's answer is for whom it concerns
        commitment.must_be_open(matter.record)
    early = renewal.before(matter.record)
    until = renewal.must_be_in_time(act.today, application.licence_until, early) if early else None
    flags = {**_answered(application, [matter, *versions]), **{f"with_{m.matter}": True for m in taken}}
    if taken:
        flags[APART] = application.pickup is Pickup.APART
    parts = _parts(matter, taken, versions, flags)
    routes = routing.routes(act, matter, application.hall, application.homes, application.channel)
    own = {**told, **flags, "in_bundle": False}
    case, *others = (_taken_in(act, application, matter, parts, own, route, at) for route in routes)
    for route, each in zip(routes, (case, *others), strict=True):
        routing.keep(act, each, route, lead=case.id)
    if taken:
        _leave_out(act, case, taken)
    for version, of_member in parts:
        committing.choose(act, _receive(act, application, version, of_member, routes[0], case))
    if application.visit is not None:
        probing.mark(act, case, application.visit)
    _watch(act, (case, *others), until)
    if application.channel not in BY_HIMSELF:
        visiting.came(act, case)
    return case


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
    matter: Matter,
    parts: Sequence[tuple[Matter, dict[str, Any]]],
    flags: dict[str, Any],
    route: Route,
    at: str | None,
) -> Case:
    """Open one case and lay on its shelf what was handed in, and what its library and licences bring."""
    case = _receive(act, application, matter, flags, route, at=at)
    online = application.channel in BY_HIMSELF
    shelving.shelve(act, case, parts or [(matter, case.flags)], _brought(application), online=online)
    committing.choose(act, case)
    return case


def consider(act: Act, application: Application) -> tuple[Matter, tuple[Member, ...], list[Matter]]:
    """Return what an application is for, the members it takes and their versions. Raises what `apply` does."""
    matter = act.library.current(act.db, application.matter)
    taken = (
        rules.chosen(matter.record, application.flags, application.members) if matter.kind == "bundle" else ()
    )
    versions = [act.library.current(act.db, member.matter) for member in taken]
    _check(act, application, matter, versions)
    return matter, taken, versions


def _authorise(act: Act, application: Application, taken: Sequence[Member]) -> None:
    """An agent applies only within a mandate: one that stands already, or one he shows at the window (R-ACC-7)."""
    if application.agent is None:
        return
    principal, agent = _person(act, application.applicant), _person(act, application.agent)
    if application.mandate is not None:
        must_hold(act.by, "window", act.library.org(act.db, application.hall))
        mandating.keep(act, principal, agent, application.mandate, Basis.PAPER)
    mandating.must_cover(act, principal, agent, application.matter, [member.matter for member in taken])


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
    _must_be_kept(act, application.materials)


def _must_be_kept(act: Act, handed: Sequence[Handed]) -> None:
    """Raise `NotFound` for a file that was never uploaded."""
    for item in handed:
        if item.file_id is not None:
            files.get(act.db, item.file_id)


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
        applicant_id=_person(act, application.applicant),
        agent_id=_person(act, agent) if agent else None,
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
    return {**application.answers, **({"licence_until": until.isoformat()} if until else {})}


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


def _leave_out(act: Act, parent: Case, taken: Sequence[Member]) -> None:
    """Leave a trace of the members that need not be done (无需办理, R-BUN-6)."""
    left_out = [member.matter for member in rules.members(act.matter(parent).record) if member not in taken]
    if left_out:
        names = [act.library.current(act.db, key).name for key in left_out]
        act.record("left out", parent, codes=left_out, words=f"无需办理：{'、'.join(names)}")


def _person(act: Act, person: Person) -> int:
    return people.applicant(act.db, person.kind, person.id_number, person.name, person.phone)


def supplement(
    act: Act,
    case: Case,
    handed: Sequence[Handed],
    reached: date | None = None,
    place: str = "",
    *,
    consent: bool = False,
) -> Case:
    """Bring what was asked for (补正) or promised (容缺).

    Under a correction the case becomes *corrected* once everything asked for is there; the acceptance day is
    the day the last of it came (R-ACC-4). For a promise the day counts on which it *reached* the department,
    which the window may enter later, with the *place* (R-TOL-4). Raises `Malformed` for a material nobody asked
    for, `NotNow` after the decision unless something was promised for then, `Incomplete` where a correction is
    answered only in part. With *consent* what is brought may be used again.
    """
    must_face(act, case)
    owing = {case.state} if lifecycle.owed(act, case) else set()
    life.must_be(case.state, WITHDRAWABLE | owing, "补交材料")
    if not handed and case.state is not State.CORRECTION:
        raise Incomplete("请选择要补交的材料。", code="supplement.empty", field="materials")
    moment = _reached(act, case, reached)
    _must_be_wanted(act, case, handed)
    _must_be_kept(act, handed)
    cases.put(act.db, case.shelf, handed, act.at)
    shelving.keep_brought(act, case, handed, consent=consent)
    act.record(
        "supplemented", case, codes=[item.code for item in handed],
        **({"reached": reached.isoformat()} if reached else {}), **({"place": place.strip()} if place.strip() else {}),
    )  # fmt: skip
    lifecycle.supplied(act, case, [item.code for item in handed], moment, place.strip())
    if act.by.id is not None:  # brought to the window
        visiting.came(act, case)
    if case.parent_id is not None:
        bundle.share(act, case, [item.code for item in handed])
    if case.crossing == Mode.SITES:
        bundle.share_with_sites(act, case, handed)
    if case.state is State.CORRECTION:
        if missing := lifecycle.asked_for(act, case):
            raise Incomplete(
                f"补正须一次交齐，还缺：{'、'.join(missing)}。",
                code="correction.incomplete",
                field="materials",
            )
        lifecycle.corrected(act, case)
    return case


def _must_be_wanted(act: Act, case: Case, handed: Sequence[Handed]) -> None:
    """Raise `Malformed` for a material nobody asked for (不得要求清单外材料)."""
    wanted = {line.requirement.code for line in lifecycle.lines(act, case) if line.standing not in THERE}
    if unknown := [item.code for item in handed if item.code not in wanted]:
        raise Malformed(
            f"没有要求补交“{'、'.join(unknown)}”；请只补交清单上缺少的材料。",
            code="material.not-wanted",
            field="materials",
        )


def _reached(act: Act, case: Case, day: date | None) -> datetime:
    """The moment something counts as brought: now, or the end of the day it reached the department (R-TOL-4).

    Raises `NotYours` where anybody but the window says another day, `Malformed` for one that cannot be.
    """
    if day is None:
        return act.at
    if act.by.id is None:
        raise NotYours("送达部门的日期由综合窗口登记。", code="supplement.reached", field="reached")
    if not day_of(case.received_at) <= day <= act.today:
        raise Malformed(
            f"送达部门的日期须在 {day_of(case.received_at)} 至 {act.today} 之间。",
            code="supplement.reached",
            field="reached",
        )
    return min(act.at, end_of(day) - ONE_SECOND)


def must_face(act: Act, case: Case) -> None:
    """Raise `NotYours` unless it is the applicant himself, or the window that faces him."""
    if act.by.id is not None:
        must_hold(act.by, "window", case.hall_id)


def withdraw(act: Act, case: Case, reason: str, *, followers: bool = False) -> Case:
    """Take the application back, before it is decided; a bundle takes its undecided members with it.

    One member may be taken back alone: those that wait for it go on, and what it would have produced for them has
    to be brought (see ``bundle``); with *followers* they are taken back too. The bundle goes on with the others and
    ends with the last. The applicant does it with his tracking code; whoever is signed in needs the window's post.
    """
    must_face(act, case)
    life.must_be(case.state, WITHDRAWABLE, "撤回申请")
    if case.kind == "bundle":
        bundle.withdraw(act, case, reason)
    elif followers and case.parent_id is not None:
        bundle.withdraw_followers(
            act, case, f"随“{act.matter(case).name}”一并撤回" + (f"：{reason}" if reason else "")
        )
    lifecycle.conclude(act, case, State.WITHDRAWN, reason)
    return case


def decline(act: Act, case: Case, reason: str) -> Case:
    """Decline what was begun without an application (放弃, 免申即办)."""
    must_face(act, case)
    offering.decline(act, case, reason.strip())
    return case


def agree(act: Act, case: Case) -> Case:
    """Say yes to what was begun without an application (确认)."""
    must_face(act, case)
    offering.agree(act, case)
    return case


def ask_human(act: Act, case: Case, reason: str) -> Case:
    """Ask for a human where a rule alone would decide (人工复核, R-DEC-4)."""
    must_face(act, case)
    offering.ask_human(act, case, reason)
    return case


def choose_pickup(act: Act, case: Case, pickup: Pickup) -> Case:
    """Choose how the results of a bundle are handed out: together (统一出件) or each when it is there (分批领取).

    It may be chosen otherwise as long as something is left to be handed out. Raises `NotNow` for a matter that is
    no bundle, and for one that is over.
    """
    must_face(act, case)
    if case.kind != "bundle":
        raise NotNow(
            "只有“一件事”可以选择分批领取；请在整件上选择。", code="pickup.not-bundle", field="pickup"
        )
    life.must_be(case.state, UNACCEPTED | UNDECIDED | DECIDED, "改变领取方式")
    lifecycle.know(act, case, {APART: pickup is Pickup.APART})
    act.record("handing out chosen", case, pickup=str(pickup))
    bundle.choose_pickup(act, case)
    return case


def withdraw_commitment(act: Act, case: Case) -> Case:
    """Take an informed commitment (告知承诺) back before the decision; the application itself goes on."""
    must_face(act, case)
    committing.withdraw(act, case)
    return case


def keep_file(act: Act, upload: Upload) -> int:
    """Keep an uploaded file that was looked through, byte for byte, and return its id."""
    return files.keep(act.db, upload.name, upload.media_type, upload.content, act.at)
