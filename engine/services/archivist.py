"""What an archivist does: take the cases of a former system over into the reports (历史导入), never into the engine.

An import happens whole or not at all. The same file again changes nothing; a better one mends what it told
before: a case is known by its former system and its number.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from engine.domain.calendar import Calendar
from engine.domain.case import DECIDED, State
from engine.domain.clock import Clock
from engine.domain.errors import Malformed
from engine.domain.measure import between, measure
from engine.services.act import Act
from engine.services.sheaf import Aside, Sheaf
from engine.store import dues, former, measures
from engine.store.dues import Cause

#: How many cases are written at a time.
BATCH = 500


@dataclass
class _Desk:
    """One import under way: its number, what it has brought so far, and the matters and departments it has met."""

    act: Act
    origin: str
    import_id: int
    counts: Counter[str] = field(default_factory=Counter)
    matters: dict[str, tuple[int, str]] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)

    def matter(self, name: str) -> tuple[int, str]:
        if name not in self.matters:
            self.matters[name] = former.matter(self.act.db, self.origin, name, self.act.at)
        return self.matters[name]

    def department(self, name: str) -> int:
        if name not in self.departments:
            self.departments[name] = former.department(self.act.db, self.origin, name)
        return self.departments[name]


def take_over(act: Act, sheaf: Sheaf) -> dict[str, int]:
    """Write down every good case of *sheaf* and what was set aside; return the counts, also for the journal."""
    import_id = former.begin(
        act.db, origin=sheaf.origin, file=sheaf.name, sha256=sheaf.sha256, at=act.at, by_name=act.by.name
    )
    desk = _Desk(act, sheaf.origin, import_id)
    for batch in _batches(sheaf.cases()):
        _write(desk, batch)
    _put_aside(desk, sheaf.asides)
    counts = {
        "records": sheaf.records,
        **{name: desk.counts[name] for name in ("added", "changed", "unchanged", "aside")},
    }
    former.finish(act.db, import_id, counts)
    act.record("history imported", origin=sheaf.origin, file=sheaf.name, sha256=sheaf.sha256, counts=counts)
    return counts


def _batches(told: Iterable[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    batch: list[Mapping[str, Any]] = []
    for each in told:
        batch.append(each)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _write(desk: _Desk, batch: Sequence[Mapping[str, Any]]) -> None:
    known = former.known(desk.act.db, [told["number"] for told in batch])
    new, changed = [], []
    for told in batch:
        row = known.get(told["number"])
        if row is None:
            new.append(told)
        elif row.origin != desk.origin:
            _put_aside(desk, [_taken(told, row.origin)])
        elif row.sha256 != told["sha256"]:
            changed.append((row.id, told))
        else:
            desk.counts["unchanged"] += 1
    ids = former.add(desk.act.db, [_case(desk, told) for told in new])
    former.change(desk.act.db, [{"id": case_id, **_case(desk, told)} for case_id, told in changed])
    whole = [*zip(ids, new, strict=True), *changed]
    dues.add(desk.act.db, [row for case_id, told in whole for row in _dues(case_id, told)])
    measures.forget(desk.act.db, [case_id for case_id, _ in changed])
    measures.add(desk.act.db, [_measured(desk, case_id, told) for case_id, told in whole if told["end"]])
    former.tell(desk.act.db, [_told(desk, case_id, told) for case_id, told in whole])
    desk.counts.update(added=len(new), changed=len(changed))


def _taken(told: Mapping[str, Any], origin: str) -> Aside:
    whose = f"“{origin}”" if origin else "本系统"
    reason = f"编号 {told['number']} 已是{whose}的办件；可在对照表写明 prefix 加以区别。"
    return Aside("", told["number"], "history.number-taken", reason, dict(told))


def _put_aside(desk: _Desk, asides: Sequence[Aside]) -> None:
    former.put_aside(desk.act.db, [{"import_id": desk.import_id, **asdict(aside)} for aside in asides])
    desk.counts["aside"] += len(asides)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _case(desk: _Desk, told: Mapping[str, Any]) -> dict[str, Any]:
    """The case's own row: begun when it was accepted; decided when it ended, in whatever way."""
    matter_id, matter_key = desk.matter(told["matter"])
    org_id = desk.department(told["department"])
    start, end, state = _moment(told["start"]), _moment(told["end"]), State(told["state"])
    return {
        "no": told["number"],
        "origin": desk.origin,
        "matter_id": matter_id,
        "matter_key": matter_key,
        "channel": told["channel"],
        "hall_id": org_id,
        "authority_id": org_id,
        "received_at": start,
        "complete_at": start,
        "accepted_at": start,
        "decided_at": end,
        "closed_at": None if state in DECIDED else end,
        "promised_due_at": _moment(told["due"]),
        "legal_due_at": _moment(told["legal"]),
        "state": state,
    }


def _dues(case_id: int, told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What was known of its due moments: the same from its beginning to its end."""
    for clock, name in ((Clock.PROMISED, "due"), (Clock.LEGAL, "legal")):
        if told[name]:
            yield {
                "case_id": case_id,
                "clock": clock,
                "due_at": _moment(told[name]),
                "since": _moment(told["start"]),
                "until": _moment(told["end"]),
                "cause": Cause.STARTED,
            }


def _measured(desk: _Desk, case_id: int, told: Mapping[str, Any]) -> dict[str, Any]:
    """What it took; what it was allowed tell its planned and its legal due moment."""
    start, end = datetime.fromisoformat(told["start"]), datetime.fromisoformat(told["end"])
    calendar = desk.act.calendar_at(desk.department(told["department"])) if desk.act.almanac else None
    took = asdict(measure(start, end, calendar))
    for name, due in (("promised_days", _moment(told["due"])), ("legal_days", _moment(told["legal"]))):
        if due is not None and calendar is not None:
            took[name] = _allowed(start, due, calendar)
    return {"case_id": case_id, "decided_at": end, **took}


def _allowed(start: datetime, due: datetime, calendar: Calendar) -> int | None:
    with suppress(Malformed):  # due beyond every notice
        return between(start, due, calendar)
    return None


def _told(desk: _Desk, case_id: int, told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "import_id": desk.import_id,
        "sha256": told["sha256"],
        "person": told["person"],
        "events": told["events"],
        "notes": told["notes"],
    }
