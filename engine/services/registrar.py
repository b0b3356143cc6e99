"""What a registrar does: keep the calendar, the organisations, the people, and publish the product's own catalogue."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from engine.domain.calendar import Calendar
from engine.services import drawings
from engine.services.act import Act
from engine.store import catalog, definitions, people

#: Organisations every installation has: the district and the hall where cases are taken in.
DISTRICT, HALL = "DISTRICT", "HALL"


def publish_all(act: Act, bpmn: Path) -> dict[str, int]:
    """Bring calendar, departments, diagrams, matters and bundles in *bpmn* into force; count what changed."""
    return {
        "calendars": int(publish_calendar(act, sorted((bpmn / "calendars").glob("*.json")))),
        "orgs": publish_departments(act, bpmn / "departments.yaml"),
        "matters": sum(
            _publish_matter(act, bpmn, path) for path in sorted(bpmn.glob("matters/*/matter.yaml"))
        ),
        "bundles": sum(
            _publish_bundle(act, bpmn, path) for path in sorted(bpmn.glob("bundles/*/bundle.yaml"))
        ),
    }


def publish_calendar(act: Act, files: Iterable[Path]) -> bool:
    """Put the holiday notices in *files* in force as one calendar version (rulebook §12)."""
    documents = [json.loads(path.read_text(encoding="utf8")) for path in files]
    calendar = Calendar.from_holiday_cn(documents, version="")
    span = (calendar.first + timedelta(days=n) for n in range((calendar.last - calendar.first).days + 1))
    days = {day: (calendar.is_working(day), calendar.name(day)) for day in span}
    sources = [paper for document in documents for paper in document["papers"]]
    return catalog.add_calendar(act.db, f"国务院放假通知至{calendar.last.year}年", sources, days, act.at)


def publish_departments(act: Act, path: Path) -> int:
    """Add the district, its hall and its departments, where they do not exist yet."""
    known = people.org_ids(act.db)
    added = 0
    for code, name, kind, parent in _orgs(yaml.safe_load(path.read_text(encoding="utf8"))):
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


def _publish_matter(act: Act, bpmn: Path, path: Path) -> int:
    record = yaml.safe_load(path.read_text(encoding="utf8"))
    own = path.parent / "process.bpmn"
    source = own if own.exists() else bpmn / "common" / f"{record['process']}.bpmn"
    return _publish(act, "matter", record, source)


def _publish_bundle(act: Act, _bpmn: Path, path: Path) -> int:
    record = yaml.safe_load(path.read_text(encoding="utf8"))
    return _publish(act, "bundle", record, path.parent / "process.bpmn")


def _publish(act: Act, kind: str, record: Mapping[str, Any], diagram: Path) -> int:
    source = diagram.read_bytes()
    key = diagram.stem if diagram.parent.name == "common" else record["key"]
    known = definitions.current(act.db, key)
    if known is None or known.source != source:
        known = drawings.keep(act, source, key, published=True)
    changed = catalog.publish(act.db, kind, record, known.id, act.at)
    if changed:
        act.record("catalogue", key=record["key"], kind=kind, definition=known.id)
    return int(changed)
