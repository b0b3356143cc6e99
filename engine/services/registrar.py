"""What a registrar does: keep calendar, organisations and people, publish the catalogue, take care of incidents."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.domain import appointment, availability, offer, outline, special
from engine.domain.almanac import Proposal
from engine.domain.availability import Availability
from engine.domain.errors import Incomplete, Malformed, NotFound, NotYours, must_say
from engine.domain.identity import DISTRICT, HALL, Actor, Role, must_hold
from engine.domain.special import Region
from engine.services import drawings, holidays, library, notation, passwords, rulings, trouble
from engine.services.act import Act
from engine.store import catalog, definitions, halls, people
from engine.store.db import Row


def publish_all(act: Act, bpmn: Path) -> dict[str, int]:
    """Bring what stands in *bpmn* into force, from calendar and decisions to bundles; count what changed."""
    sheets = _Sheets(
        _sheet(bpmn / "materials.yaml"), _sheet(bpmn / "sources.yaml"), regions(bpmn), act.region
    )
    rules = sorted((bpmn / "rules").glob("*.dmn"))
    return {
        "calendars": int(publish_calendar(act, sorted((bpmn / "calendars").glob("*.json")))),
        "orgs": publish_departments(act, bpmn / "departments.yaml"),
        "halls": publish_halls(act, bpmn / "halls.yaml"),
        "rules": sum(_publish_rule(act, path) for path in rules),
        "common": sum(_publish_part(act, path) for path in sorted((bpmn / "common").glob("*.bpmn"))),
        "matters": _publish_kind(act, bpmn, sheets, "matter"),
        "bundles": _publish_kind(act, bpmn, sheets, "bundle"),
    }


def regions(bpmn: Path) -> tuple[Region, ...]:
    """Return what the regions rule otherwise, as it lies in *bpmn*."""
    return library.regions(bpmn)


def local_grounds(bpmn: Path, region: str) -> frozenset[str]:
    """Return every ground the division *region* adds to those of the law, for whatever matters (R-LIM-5)."""
    covering = (each.rules.get("grounds") or () for each in regions(bpmn) if each.covers(region))
    return frozenset(ground["name"] for added in covering for ground in added)


def _publish_rule(act: Act, path: Path) -> int:
    """Put a decision file in force that was never published here; a designer's later one is not undone."""
    source = path.read_bytes()
    if definitions.knows(act.db, path.stem, source):
        return 0
    rulings.keep(act, source, path.stem, published=True)
    return 1


def _publish_part(act: Act, path: Path) -> int:
    """Put a shared process in force that was never published here, before whatever calls it."""
    source = path.read_bytes()
    if definitions.knows(act.db, path.stem, source):
        return 0
    drawings.keep(act, source, path.stem, published=True)
    return 1


def _publish_kind(act: Act, bpmn: Path, sheets: "_Sheets", kind: str) -> int:
    paths = {path.parent.name: path for path in sorted(bpmn.glob(f"{kind}s/*/{kind}.yaml"))}
    found = {key: sheets.complete(path) for key, path in paths.items()}
    follow = offer.followed_by(found.values())
    records = {key: {**record, **_following(follow.get(key))} for key, record in found.items()}
    return sum(
        _publish(act, kind, records[key], _diagram(bpmn, paths[key], records[key]))
        for key in offer.in_turn(records)
    )


def _following(follow: Sequence[Mapping[str, str]] | None) -> dict[str, Any]:
    """What is begun after a matter is written out in its record: whoever decides a case need not look for it."""
    return {"followed_by": list(follow)} if follow else {}


def publish_calendar(act: Act, files: Iterable[Path]) -> bool:
    """Put the holiday notices in *files* in force as the first calendar version (rulebook §12)."""
    return holidays.establish(act, [json.loads(path.read_text(encoding="utf8")) for path in files])


def found_calendar(act: Act, code: str, name: str, parent: str) -> Row:
    """Add the calendar of a region or hall. Raises what `holidays.found` does."""
    must_hold(act.by, Role.REGISTRAR)
    return holidays.found(act, code, name, parent)


def draft_calendar(act: Act, proposal: Proposal) -> Row:
    """Keep a proposed calendar as a draft, for another registrar to put in force."""
    must_hold(act.by, Role.REGISTRAR)
    return holidays.draft(act, proposal)


def activate_calendar(act: Act, version_id: int) -> Row:
    """Put a colleague's draft in force. Raises what `holidays.activate` does."""
    must_hold(act.by, Role.REGISTRAR)
    return holidays.activate(act, version_id)


def discard_calendar(act: Act, version_id: int) -> None:
    """Lay a draft aside. Raises what `holidays.discard` does."""
    must_hold(act.by, Role.REGISTRAR)
    holidays.discard(act, version_id)


def two_people(act: Act, first: str, second: str) -> tuple[Actor, Actor]:
    """Return two registrars by login: who drafts a calendar, and who puts it in force.

    Raises `Incomplete` where one is missing, `NotYours` where they are the same or one holds no such post.
    """
    if not first or not second:
        raise Incomplete(
            "请同时写明起草人（--by）和生效人（--activate-by）；两项都不写，则以命令行的名义办理。",
            code="calendar.second-person",
        )
    if first == second:
        raise NotYours(
            "起草和生效须由两人分别办理；请写明两位不同的登记管理岗人员。", code="calendar.same-person"
        )
    drafts, activates = (_colleague(act, login) for login in (first, second))
    return drafts, activates


def _colleague(act: Act, login: str) -> Actor:
    user = people.by_login(act.db, login)
    if user is None:
        raise NotFound(f"没有用户“{login}”。", code="user.unknown", field="login")
    actor = people.actor(act.db, user.id, act.at)
    must_hold(actor, Role.REGISTRAR)
    return actor


def hire(act: Act, login: str, name: str, posts: Sequence[tuple[str, str]]) -> str:
    """Add a person with posts ``(role, organisation code)`` and return his password, told this once.

    Raises `Malformed` for a login in use or a role nobody can hold, `NotFound` for an unknown organisation.
    """
    if people.by_login(act.db, login) is not None:
        raise Malformed(f"用户名 {login} 已有人使用。", code="user.taken", field="login")
    roles = set(Role) - {Role.APPLICANT}
    if unknown := [role for role, _ in posts if role not in roles]:
        raise Malformed(
            f"没有岗位“{unknown[0]}”；可用：{'、'.join(sorted(roles))}。", code="post.unknown", field="posts"
        )
    password = secrets.token_urlsafe(9)
    held = [(role, people.org(act.db, code).id) for role, code in posts]
    people.add_user(act.db, login, name, passwords.hashed(password), held)
    act.record("hired", login=login, posts=[f"{role}@{code}" for role, code in posts])
    return password


def make_available(act: Act, key: str, state: Availability, reason: str = "") -> None:
    """Pause a matter or bundle, end it, or offer it again; running cases are not touched.

    It is a version of its own, so that every later day can say what was offered. Raises what `availability.made`
    does, `NotFound` for what is not in the catalogue.
    """
    must_hold(act.by, Role.REGISTRAR)
    row = catalog.current(act.db, key)
    record = availability.made(row.record, state, reason)
    catalog.publish(act.db, row.kind, record, row.definition_id, act.at)
    act.record("availability", key=key, state=str(state), reason=reason.strip())


def retry(act: Act, incident_id: int) -> None:
    """Try a letter or deadline that failed again at once (重试); it is tried as soon as this act is over.

    Raises `NotNow` for an act of somebody's, which only he can repeat, and for what is settled.
    """
    must_hold(act.by, Role.REGISTRAR)
    trouble.again(act, incident_id)


def settle(act: Act, incident_id: int, reason: str) -> None:
    """Settle an incident that nobody will repeat (结案), with a reason."""
    must_hold(act.by, Role.REGISTRAR)
    reason = must_say(reason, "结案须写明理由，如“已改派他人办理”。", code="reason.missing", field="reason")
    trouble.dismiss(act, incident_id, reason)


def publish_departments(act: Act, path: Path) -> int:
    """Add the district, its hall and its departments, where they do not exist yet; and what was added to them since."""
    known = people.org_ids(act.db)
    added = 0
    for code, name, kind, parent in _orgs(_sheet(path)):
        if code not in known:
            known[code] = people.add_org(
                act.db,
                code=code,
                name=name["name"],
                name_en=name.get("en", ""),
                short=name.get("short", ""),
                kind=kind,
                parent_id=known.get(parent),
            )
            added += 1
        elif name.get("short"):
            people.shorten(act.db, code, name["short"])
    return added


def publish_halls(act: Act, path: Path) -> int:
    """Write down how the windows of each hall take people (窗口作息), where nothing is said yet."""
    told = _sheet(path) or {}
    for each in told.values():
        appointment.counter(each)
    return sum(halls.keep(act.db, people.org(act.db, code).id, each) for code, each in told.items())


def _orgs(departments: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, str], str, str]]:
    listed = departments.get("departments", departments)
    yield DISTRICT, {"name": "示范区人民政府", "en": "Model District Government"}, "district", ""
    yield HALL, {"name": "区政务服务中心综合窗口", "en": "District Government Service Hall"}, "hall", DISTRICT
    for code, name in listed.items():
        yield code, name, "department", DISTRICT


@dataclass(frozen=True, slots=True)
class _Sheets:
    """What every record of the catalogue refers to.

    The standard materials (R-BUN-5), where figures come from, and what is ruled otherwise in this region.
    """

    materials: Mapping[str, Mapping[str, str]]
    sources: Mapping[str, str]
    regions: tuple[Region, ...] = ()
    region: str = ""

    def complete(self, path: Path) -> dict[str, Any]:
        """Read a record and write out what it refers to: each citation, and each material's English name."""
        record: dict[str, Any] = self._cited(special.local(_record(path), self.regions, self.region))
        for material in record.get("materials") or ():
            material.setdefault("en", self.materials[material["code"]]["en"])
        return record

    def _cited(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._cited(each) for each in value]
        if not isinstance(value, dict):
            return value
        whole = {key: self._cited(each) for key, each in value.items()}
        return {**whole, "cited": self.sources[whole["src"]]} if "src" in whole else whole


def _sheet(path: Path) -> Any:
    return notation.read(path.read_bytes(), what=f"“{path.name}”")


def _record(path: Path) -> Mapping[str, Any]:
    """Read the record of a matter or bundle. Raises `Malformed` for a bundle that is not in form."""
    record: Mapping[str, Any] = _sheet(path)
    if path.stem == "bundle":
        outline.must_be_in_form(record)
    return record


def _diagram(bpmn: Path, path: Path, record: Mapping[str, Any]) -> Path:
    """A matter's own diagram lies beside its record; otherwise it runs on a common one."""
    own = path.parent / "process.bpmn"
    return own if own.exists() else bpmn / "common" / f"{record['process']}.bpmn"


def _publish(act: Act, kind: str, record: Mapping[str, Any], diagram: Path) -> int:
    source = diagram.read_bytes()
    key = diagram.stem if diagram.parent.name == "common" else record["key"]
    if not definitions.knows(act.db, key, source):
        drawings.keep(act, source, key, published=True, grounds=special.grounds(record))
    newest = definitions.current(act.db, key)
    record = availability.kept(record, catalog.in_force(act.db, record["key"]))
    if newest is None or catalog.knows(act.db, record):
        return 0  # what was published here since, by a designer, is not undone by what lies on disk
    if kind == "bundle":
        matters = {row.key: row.record for row in catalog.everything(act.db, "matter")}
        outline.must_be_known(record, matters, people.org_ids(act.db))
    drawings.must_agree(act, record, newest.id)
    catalog.publish(act.db, kind, record, newest.id, act.at)
    act.record("catalogue", key=record["key"], kind=kind, definition=newest.id)
    return 1
