"""What an authority gives out of its hands, and what each place may do: entrust, lay down, empower; and end it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.domain import entrustment, nearness, power
from engine.domain.capability import LEVEL_NAMES, LISTED, VISITED, Level, usual
from engine.domain.entrustment import SCOPE_NAMES, Scope
from engine.domain.errors import Incomplete, Malformed, NotNow, NotYours, must_say
from engine.domain.hours import OfficeHours
from engine.domain.identity import ROLE_NAMES, Post, Role, must_hold
from engine.domain.paper import type_of
from engine.domain.power import Reach
from engine.services.act import Act
from engine.store import halls, people, places
from engine.store.db import Row

#: What a place may be that is added here; departments, district and hall come with the catalogue.
KINDS = {"street": "街道（乡镇）", "community": "社区（村）", "point": "便民站点", "kiosk": "自助终端",
         "hall": "外地政务大厅", "department": "外地实施机关"}  # fmt: skip
#: The posts whose decisions may be given to somebody by name.
GIVEN = (Role.CHIEF, Role.LEADER, Role.APPROVER)


def found(act: Act, code: str, name: str, kind: str, parent: str, region: str = "", short: str = "") -> int:
    """Add a place: a street, a community, a point, a kiosk; or a hall or authority of another region."""
    must_hold(act.by, Role.REGISTRAR)
    if kind not in KINDS:
        raise Malformed(f"机构类型只能是：{'、'.join(KINDS.values())}。", code="place.kind", field="kind")
    if code in people.org_ids(act.db):
        raise Malformed(f"机构代码 {code} 已在使用。", code="place.taken", field="code")
    if kind in {"hall", "department"} and not region:
        raise Incomplete("外地机构须写明行政区划代码。", code="place.region", field="region")
    above = people.org(act.db, parent).id
    org_id = people.add_org(
        act.db, code=code, name=name.strip(), kind=kind, parent_id=above, region=region, short=short
    )
    act.record("place founded", code=code, name=name.strip(), kind=kind, region=region)
    return org_id


def entrust(
    act: Act,
    principal: str,
    agent: str,
    matter: str,
    scope: Scope,
    notice_no: str,
    until: datetime | None = None,
) -> int:
    """Entrust an agent with a matter, or devolve it, from now on (行政许可法 24 条).

    Raises `NotNow` for what was itself entrusted, or an agent that may not have it; `Incomplete` without notice.
    """
    must_hold(act.by, Role.REGISTRAR)
    record = act.library.current(act.db, matter)
    if record.kind == "bundle":
        raise NotNow("“一件事”不能委托，请逐个事项委托。", code="entrust.bundle", field="matter")
    one, other = people.org(act.db, principal), people.org(act.db, agent)
    if one.id == other.id:
        raise Malformed("委托机关和受委托机关不能是同一机关。", code="entrust.self", field="agent")
    held = places.held(act.db, one.id, matter, act.at)
    entrustment.must_be_own(own=record.authority == principal, held=Scope(held.scope) if held else None)
    entrustment.must_be_given(scope, type_of(record.record), other.kind, notice_no)
    if places.held(act.db, other.id, matter, act.at) is not None:
        raise NotNow("该机关已受委托办理本事项；请先终止原委托。", code="entrust.already", field="agent")
    if until is not None and until <= act.at:
        raise Malformed("委托期限须晚于今天。", code="entrust.until", field="until")
    made = places.entrust(
        act.db, principal_id=one.id, agent_id=other.id, matter_key=matter, scope=scope,
        notice_no=notice_no.strip(), since=act.at, until=until, given_at=act.at, given_by=act.by.id,
    )  # fmt: skip
    act.record("entrusted", matter=matter, scope=SCOPE_NAMES[scope], by=one.name, to=other.name,
               document_no=notice_no.strip())  # fmt: skip
    return made


def end_entrustment(act: Act, entrustment_id: int, reason: str) -> None:
    """End an entrustment, with reason; what was begun under it is brought to its end by who began it."""
    must_hold(act.by, Role.REGISTRAR)
    reason = must_say(reason, "终止委托须写明理由。", code="reason.missing", field="reason")
    row = places.get(act.db, entrustment_id)
    if row.ended_at is not None:
        raise NotNow("该委托已经终止。", code="entrust.ended")
    places.end(act.db, entrustment_id, act.by.id, reason, act.at)
    act.record("entrustment ended", matter=row.matter_key, reason=reason)


def lay_down(act: Act, place: str, matters: Sequence[str], level: Level) -> None:
    """Say what a place does about matters (受理、代办、帮办、不办).

    Raises `NotNow` for a place that would accept what nobody entrusted to it.
    """
    must_hold(act.by, Role.REGISTRAR)
    where = people.org(act.db, place)
    if not matters:
        raise Incomplete("请选择事项。", code="capability.matters", field="matters")
    for key in matters:
        record = act.library.current(act.db, key).record
        allowed = usual(where.kind, record) is Level.ACCEPT or places.held(act.db, where.id, key, act.at)
        if level is Level.ACCEPT and where.kind in LISTED and not allowed:
            raise NotNow(
                f"{where.name}没有受托办理“{record['name']}”，不能登记为受理；请先登记委托受理或下放，"
                "或登记为代办（代为收件转送）。",
                code="capability.not-entrusted",
                field="level",
            )
    places.lay_down(act.db, where.id, list(dict.fromkeys(matters)), level, act.by.id, act.at)
    act.record("capability", to=where.name, matters=list(matters), level=LEVEL_NAMES[level])


def locate(
    act: Act,
    place: str,
    address: str = "",
    phone: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
    hours: Sequence[Mapping[str, str]] | None = None,
) -> None:
    """Say where a place is that people go to, how it is reached, and its hours where they are its own.

    Raises `NotNow` for a department (it sits in the hall) and for hours of a hall that can be booked, `Incomplete`
    or `Malformed` for coordinates that are half, the wrong way round or elsewhere, and for hours nobody can read.
    """
    must_hold(act.by, Role.REGISTRAR)
    where = people.org(act.db, place)
    if where.kind not in VISITED:
        raise NotNow(
            f"{where.name}不是对外办事的站点；部门在政务大厅进驻，请登记大厅的地址。",
            code="place.not-visited",
            field="place",
        )
    at = nearness.point(longitude, latitude)
    own = OfficeHours.read(list(hours)).told() if hours else None
    if own and halls.can_be_booked(act.db, where.id):
        raise NotNow(
            f"{where.name}开通了预约，开放时间按窗口作息，不在这里另填；请留空。",
            code="place.hours-of-hall",
            field="hours",
        )
    places.locate(
        act.db, where.id, address=address.strip(), phone=phone.strip(), hours=own, invented=False, at=act.at,
        by_id=act.by.id, longitude=at.longitude if at else None, latitude=at.latitude if at else None,
    )  # fmt: skip
    act.record("place located", code=place, name=where.name, address=address.strip(), phone=phone.strip(),
               longitude=longitude, latitude=latitude, hours=own)  # fmt: skip


def empower(
    act: Act, to: str, role: Role, org: str, matter: str, reach: Reach, until: datetime, document_no: str = ""
) -> int:
    """Give the decisions of one's own post to a colleague, of one matter or all, until a day (规范授权).

    Raises `NotYours` for a post that is not one's own: what was given is not given further.
    """
    where = people.org(act.db, org)
    if act.by.id is None or Post(role, where.id) not in act.by.posts or act.by.powers_at(role, where.id):
        raise NotYours(
            f"只能授出自己本人的岗位职权；您不是{where.name}的{ROLE_NAMES[role]}。",
            code="power.not-own",
            field="role",
        )
    who = people.by_login(act.db, to)
    if who is None or not who.active or who.id == act.by.id:
        raise Malformed("请选择另一位在岗人员。", code="power.to", field="to")
    if matter:
        act.library.current(act.db, matter)
    power.must_last(act.at, until)
    given = people.give_power(
        act.db, from_id=act.by.id, to_id=who.id, org_id=where.id, role=role, matter_key=matter, reach=reach,
        since=act.at, until=until, document_no=document_no.strip(), given_at=act.at,
    )  # fmt: skip
    act.record(
        "empowered", to=who.name, role=str(role), matter=matter, reach=str(reach), until=until.isoformat()
    )
    return given


def end_power(act: Act, power_id: int) -> Row:
    """Take a power back before its day: whoever gave it, or the registrar."""
    row = people.power(act.db, power_id)
    if act.by.id != row.from_id:
        must_hold(act.by, Role.REGISTRAR)
    if row.ended_at is not None:
        raise NotNow("该授权已经收回。", code="power.ended")
    people.end_power(act.db, power_id, act.by.id, act.at)
    act.record("power ended", power=power_id)
    return people.power(act.db, power_id)
