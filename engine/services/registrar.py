"""What a registrar does: keep calendar, organisations and people, publish the catalogue, take care of incidents."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from engine.domain.calendar import Calendar
from engine.domain.errors import Incomplete, Malformed
from engine.domain.identity import Role, must_hold
from engine.services import drawings, passwords, trouble
from engine.services.act import Act
from engine.store import catalog, definitions, people

#: Organisations every installation has: the district and the hall where cases are taken in.
DISTRICT, HALL = "DISTRICT", "HALL"


def publish_all(act: Act, bpmn: Path) -> dict[str, int]:
    """Bring calendar, departments, diagrams, matters and bundles in *bpmn* into force; count what changed."""
    sheets = _Sheets(_sheet(bpmn / "materials.yaml"), _sheet(bpmn / "sources.yaml"))
    return {
        "calendars": int(publish_calendar(act, sorted((bpmn / "calendars").glob("*.json")))),
        "orgs": publish_departments(act, bpmn / "departments.yaml"),
        "matters": _publish_kind(act, bpmn, sheets, "matter"),
        "bundles": _publish_kind(act, bpmn, sheets, "bundle"),
    }


def _publish_kind(act: Act, bpmn: Path, sheets: "_Sheets", kind: str) -> int:
    found = {path: sheets.complete(path) for path in sorted(bpmn.glob(f"{kind}s/*/{kind}.yaml"))}
    return sum(_publish(act, kind, record, _diagram(bpmn, path, record)) for path, record in found.items())


def publish_calendar(act: Act, files: Iterable[Path]) -> bool:
    """Put the holiday notices in *files* in force as one calendar version (rulebook §12)."""
    documents = [json.loads(path.read_text(encoding="utf8")) for path in files]
    calendar = Calendar.from_holiday_cn(documents, version="")
    span = (calendar.first + timedelta(days=n) for n in range((calendar.last - calendar.first).days + 1))
    days = {day: (calendar.is_working(day), calendar.name(day)) for day in span}
    sources = [paper for document in documents for paper in document["papers"]]
    return catalog.add_calendar(act.db, f"国务院放假通知至{calendar.last.year}年", sources, days, act.at)


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


def retry(act: Act, incident_id: int) -> None:
    """Try a letter or deadline that failed again at once (重试); it is tried as soon as this act is over.

    Raises `NotNow` for an act of somebody's, which only he can repeat, and for what is settled.
    """
    must_hold(act.by, Role.REGISTRAR)
    trouble.again(act, incident_id)


def settle(act: Act, incident_id: int, reason: str) -> None:
    """Settle an incident that nobody will repeat (结案), with a reason."""
    must_hold(act.by, Role.REGISTRAR)
    if not reason.strip():
        raise Incomplete("结案须写明理由，如“已改派他人办理”。", code="reason.missing", field="reason")
    trouble.dismiss(act, incident_id, reason.strip())


def publish_departments(act: Act, path: Path) -> int:
    """Add the district, its hall and its departments, where they do not exist yet."""
    known = people.org_ids(act.db)
    added = 0
    for code, name, kind, parent in _orgs(_sheet(path)):
        if code not in known:
            known[code] = people.add_org(
                act.db,
                code=code,
                name=name["name"],
                name_en=name.get("en", ""),
                kind=kind,
                parent_id=known.get(parent),
            )
            added += 1
    return added


def _orgs(departments: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, str], str, str]]:
    listed = departments.get("departments", departments)
    yield DISTRICT, {"name": "示范区人民政府", "en": "Model District Government"}, "district", ""
    yield HALL, {"name": "区政务服务中心综合窗口", "en": "District Government Service Hall"}, "hall", DISTRICT
    for code, name in listed.items():
        yield code, name, "department", DISTRICT


@dataclass(frozen=True, slots=True)
class _Sheets:
    """What every record of the catalogue refers to: the standard materials (R-BUN-5), and where figures come from."""

    materials: Mapping[str, Mapping[str, str]]
    sources: Mapping[str, str]

    def complete(self, path: Path) -> dict[str, Any]:
        """Read a record and write out what it refers to: each citation, and each material's English name."""
        record: dict[str, Any] = self._cited(_sheet(path))
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
    return yaml.safe_load(path.read_text(encoding="utf8"))


def _diagram(bpmn: Path, path: Path, record: Mapping[str, Any]) -> Path:
    """A matter's own diagram lies beside its record; otherwise it runs on a common one."""
    own = path.parent / "process.bpmn"
    return own if own.exists() else bpmn / "common" / f"{record['process']}.bpmn"


def _publish(act: Act, kind: str, record: Mapping[str, Any], diagram: Path) -> int:
    source = diagram.read_bytes()
    key = diagram.stem if diagram.parent.name == "common" else record["key"]
    if not definitions.knows(act.db, key, source):
        drawings.keep(act, source, key, published=True)
    newest = definitions.current(act.db, key)
    if newest is None or catalog.knows(act.db, record):
        return 0  # what was published here since, by a designer, is not undone by what lies on disk
    drawings.must_agree(act, record, newest.id)
    catalog.publish(act.db, kind, record, newest.id, act.at)
    act.record("catalogue", key=record["key"], kind=kind, definition=newest.id)
    return 1
