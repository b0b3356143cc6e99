"""An act: who does it, when, in which transaction; and what it writes down when it ends."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine.domain.almanac import Almanac
from engine.domain.calendar import Calendar
from engine.domain.deadline import day_of
from engine.domain.errors import NotNow
from engine.domain.identity import Actor
from engine.domain.incident import Source
from engine.services.library import Library, Matter
from engine.spiff.parser import Definition
from engine.store import calendars, cases, journal
from engine.store.cases import Case
from engine.store.db import Connection


@dataclass(slots=True, kw_only=True)
class Act:
    """One act on the house's record.

    Cases taken with `take` are locked and written back once, with the journal, by `settle`. Raising anything
    instead leaves everything as it was.
    """

    by: Actor
    at: datetime
    db: Connection
    almanac: Almanac | None
    library: Library
    region: str
    answer: dict[str, Any] | None = None
    turned: bool = False
    #: How many things said led to this act (办件之间的对话).
    hops: int = 0
    #: The steps of diagrams that succeeded in this act.
    stepped: set[str] = field(default_factory=set)
    #: The deadlines to be tried as soon as this act is over, with their cases.
    due: list[tuple[Source, int, int]] = field(default_factory=list)
    #: The cases whose letters are to be tried then.
    awakened: set[int] = field(default_factory=set)
    _cases: dict[int, Case] = field(default_factory=dict)
    _entries: list[tuple[int | None, str, dict[str, Any]]] = field(default_factory=list)
    _letters: list[dict[str, Any]] = field(default_factory=list)

    @property
    def versions(self) -> Almanac:
        """Which calendar version is in force for whom. Raises `NotNow` before the first one is published."""
        if self.almanac is None:
            raise NotNow("还没有工作日历；请先运行 lianban init。", code="calendar.missing")
        return self.almanac

    @property
    def calendar(self) -> Calendar:
        """The nation's working-day calendar in force. Raises `NotNow` before the first one is published."""
        return self._calendar(self.versions.national)

    def calendar_of(self, case: Case) -> Calendar:
        """The working-day calendar the case's clocks are reckoned by: its authority's. Raises `NotNow`."""
        return self.calendar_at(case.authority_id)

    def calendar_at(self, org_id: int) -> Calendar:
        """The working-day calendar an organisation goes by: its own, or that of the one above. Raises `NotNow`."""
        return self._calendar(self.versions.of(org_id))

    def _calendar(self, version: str) -> Calendar:
        found = calendars.named(self.db, version)
        assert found is not None  # what is in force is there
        return found

    def turn_calendar(self) -> None:
        """Let everybody in this process read the calendars anew once this act is done."""
        self.turned = True

    @property
    def today(self) -> date:
        """The Beijing day of the act."""
        return day_of(self.at)

    @property
    def addressed(self) -> frozenset[int]:
        """The cases this act wrote letters to, or whose letters are to be tried again."""
        return frozenset(letter["to_id"] for letter in self._letters) | self.awakened

    @property
    def taken(self) -> Collection[Case]:
        """The cases in this act."""
        return self._cases.values()

    def take(self, case_id: int) -> Case:
        """Lock a case and take it into this act. Raises `NotFound`."""
        if case_id not in self._cases:
            self._cases[case_id] = cases.lock(self.db, case_id)
        return self._cases[case_id]

    def take_all(self, case_ids: Iterable[int]) -> None:
        """Lock several cases and take them into this act; what is not there is not taken."""
        missing = set(case_ids) - self._cases.keys()
        self._cases.update((case.id, case) for case in cases.lock_all(self.db, missing))

    def take_of(self, task_id: int) -> Case:
        """Lock the case a task belongs to and take it into this act. Raises `NotFound`."""
        case = cases.lock_of_task(self.db, task_id)
        return self._cases.setdefault(case.id, case)

    def case(self, no: str) -> Case:
        """Take the case of number *no*. Raises `NotFound`."""
        return self.take(cases.id_of(self.db, no))

    def tracked(self, code: str) -> Case:
        """Take the case a tracking code opens. Raises `NotFound`."""
        return self.take(cases.id_by_code(self.db, code))

    def matter(self, case: Case) -> Matter:
        """The matter in the version the case was received under."""
        return self.library.matter(self.db, case.matter_id)

    def definition(self, case: Case) -> Definition:
        """The diagram in the version the case runs on."""
        return self.library.definition(self.db, case.definition_id)

    def record(self, what: str, case: Case | None = None, **data: Any) -> None:
        """Write into the journal that *what* was done, to *case* if one is named."""
        self._entries.append((case.id if case else None, what, data))

    def walked(self, case: Case, nodes: Iterable[str]) -> None:
        """Add to the journal which nodes of the diagram the case's token passed in this act."""
        path = list(nodes)
        if path:
            self._entry(case, "walked").setdefault("walked", []).extend(path)

    def stopped(self, case: Case, timers: Mapping[str, str]) -> None:
        """Add to the journal which timers ended with a step, by the key of each: a recall lets them count on."""
        if timers:
            self._entry(case, "stopped")["stopped"] = dict(timers)

    def _entry(self, case: Case, what: str) -> dict[str, Any]:
        """What the journal last says of the case in this act; if nothing yet, that *what* was done."""
        if not any(case_id == case.id for case_id, _, _ in self._entries):
            self.record(what, case)
        return next(data for case_id, _, data in reversed(self._entries) if case_id == case.id)

    def ruled(self, case: Case, answers: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
        """Add to the journal which decisions (决策) were asked in this act, and what each answered."""
        said = [{"node": node, "decision": name, "flags": dict(flags)} for node, name, flags in answers]
        if said:
            self._entry(case, "ruled").setdefault("ruled", []).extend(said)

    def post(self, to: int, sender: Case, topic: str, **data: Any) -> None:
        """Write a letter to another case, read in a transaction of its own; of two on a topic the last word stands."""
        ends = {"to_id": to, "from_id": sender.id, "topic": topic}
        self._letters = [letter for letter in self._letters if not ends.items() <= letter.items()]
        self._letters.append({**ends, "data": data})

    def say(
        self,
        to: int,
        sender: Case,
        topic: str,
        entry: Mapping[str, Any],
        about: Mapping[str, Any] | None = None,
    ) -> None:
        """Write into the one letter on *topic* that this act sends to another case."""
        ends = {"to_id": to, "from_id": sender.id, "topic": topic}
        for letter in self._letters:
            if ends.items() <= letter.items():
                break
        else:
            letter = {**ends, "data": {"entries": [], "hops": self.hops}}
            self._letters.append(letter)
        letter["data"]["entries"].append(dict(entry))
        letter["data"].update(about or {})

    def settle(self) -> None:
        """Write everything down: journal, letters, and every case taken. Called once, by the office."""
        journal.write(self.db, [self._sealed(*entry) for entry in self._entries])
        journal.post(
            self.db,
            [
                {**letter, "seq": self._cases[letter["from_id"]].seq, "at": self.at}
                for letter in self._letters
            ],
        )
        for case in self._cases.values():
            cases.save(self.db, case)

    def _sealed(self, case_id: int | None, what: str, data: dict[str, Any]) -> dict[str, Any]:
        entry = {"case_id": case_id, "at": self.at, "by_id": self.by.id, "by_name": self.by.name, "act": what}
        if case_id is None:
            return {**entry, "seq": 0, "data": data, "prev": "", "hash": journal.chained("", b"")}
        case = self._cases[case_id]
        case.seq, prev = case.seq + 1, case.chain
        case.chain = journal.chained(prev, journal.body(case.seq, self.at, self.by.name, what, data))
        return {**entry, "seq": case.seq, "data": data, "prev": prev, "hash": case.chain}
