"""A former system's file, read once: each record judged, the good ones laid on disk, the rest named with the reason.

CSV (one row a case, or one row an event) and XES, plain or gzipped. Nothing is held in memory but what is set
aside and, for rows that are events, what their cases have gathered so far.
"""

import csv
import gzip
import hashlib
from array import array
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, cast

import orjson

from engine.domain import history
from engine.domain.errors import Malformed
from engine.domain.history import Former, Plan, Record
from engine.spiff import xes

#: How much of an unpacked file is read at most; more is no list of cases.
MOST_BYTES = 8 * 2**30
#: A cell longer than this is no cell of ours.
MOST_CELL = 1_000_000


@dataclass(frozen=True, slots=True)
class Aside:
    """A record that cannot be true, or cannot be read: where it stands, why, and what it says."""

    place: str
    number: str
    code: str
    reason: str
    record: Mapping[str, Any]


@dataclass
class Sheaf:
    """What a file held: how many records, what was set aside, how often what was odd, and the cases on disk."""

    origin: str
    name: str
    sha256: str = ""
    records: int = 0
    asides: list[Aside] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    _pile: IO[bytes] | None = None

    @property
    def taken(self) -> int:
        return self.records - len(self.asides)

    def cases(self) -> Iterator[dict[str, Any]]:
        """Yield the good cases as plain values, moments as ISO text, in the file's order."""
        assert self._pile is not None
        self._pile.seek(0)
        for line in self._pile:
            yield cast(dict[str, Any], orjson.loads(line))


@contextmanager
def read(path: Path, plan: Plan) -> Iterator[Sheaf]:
    """Read the whole file, by its ending. Raises `Malformed` where it is not what its ending says."""
    with TemporaryFile(prefix="lianban-history-") as pile:
        sheaf = Sheaf(plan.origin, path.name[:200], _pile=pile)
        seen: set[str] = set()
        with closing(_records(path, plan, sheaf)) as records:
            for record in records:
                _lay(sheaf, pile, record, plan, seen)
        sheaf.sha256 = _digest(path)
        yield sheaf


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lay(sheaf: Sheaf, pile: IO[bytes], record: Record, plan: Plan, seen: set[str]) -> None:
    """Judge a record: onto the pile, or aside with the reason."""
    sheaf.records += 1
    try:
        found = history.former(record, plan)
        if found.number in seen:
            raise Malformed(
                f"编号 {found.number} 在文件里出现过了。", code="history.number-twice", field="number"
            )
    except Malformed as refusal:
        number = record.values.get(plan.columns["number"], "")[: history.MOST_NUMBER]
        told = {**record.values, **({"events": list(record.events)} if record.events else {})}
        sheaf.asides.append(Aside(record.place, number, refusal.code, refusal.message[:300], told))
        return
    seen.add(found.number)
    sheaf.notes.update(found.notes)
    pile.write(orjson.dumps(_plain(found)) + b"\n")


def _plain(found: Former) -> dict[str, Any]:
    """The case as JSON, with a fingerprint of all that is told of it."""
    told = cast(dict[str, Any], orjson.loads(orjson.dumps(found)))
    return {**told, "sha256": hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()}


# --- the kinds of files ---------------------------------------------------------------------------------------


def _records(path: Path, plan: Plan, sheaf: Sheaf) -> Generator[Record, None, None]:
    name = path.name.lower().removesuffix(".gz")
    with _opened(path) as file:
        if name.endswith(".xes"):
            yield from _traces(file)
        elif name.endswith(".csv"):
            rows = _rows(file, plan, sheaf)
            yield from rows if plan.rows == "case" else _gathered(rows, plan)
        else:
            raise Malformed("只读 .csv、.xes 文件，或它们的 .gz。", code="history.file", field="file")


class _Bounded(gzip.GzipFile):
    """A packed file that may not unpack without end."""

    def read(self, size: int | None = -1) -> bytes:
        return self._within(super().read(size))

    def read1(self, size: int = -1) -> bytes:
        return self._within(super().read1(size))

    def _within(self, read: bytes) -> bytes:
        if self.tell() > MOST_BYTES:
            raise Malformed("文件解开后太大。", code="history.too-large", field="file")
        return read


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as file:
        if not path.name.lower().endswith(".gz"):
            yield file
            return
        try:
            with _Bounded(fileobj=file) as unpacked:
                yield cast(IO[bytes], unpacked)
        except (gzip.BadGzipFile, EOFError) as broken:
            raise Malformed("压缩文件不完整，请重新传送。", code="history.gzip", field="file") from broken


def _traces(file: IO[bytes]) -> Iterator[Record]:
    for trace in xes.traces(file):
        yield Record(f"第 {trace.place} 个 trace", trace.values, trace.events)


def _rows(file: IO[bytes], plan: Plan, sheaf: Sheaf) -> Iterator[Record]:
    """Rows with as many cells as the heading; a torn row is set aside, for what it lacks may be its end."""
    with _written(file, plan) as text:
        reader = csv.reader(text, delimiter=plan.delimiter)
        heading = [cell.strip() for cell in next(reader, [])]
        _must_have(heading, plan)
        for cells in reader:
            place = f"第 {reader.line_num} 行"
            if len(cells) == len(heading):
                yield Record(place, dict(zip(heading, cells, strict=True)))
            elif cells:
                sheaf.records += 1
                reason = f"有 {len(cells)} 格，表头有 {len(heading)} 格。"
                sheaf.asides.append(Aside(place, "", "history.row-torn", reason, {"cells": cells}))


@contextmanager
def _written(file: IO[bytes], plan: Plan) -> Iterator[TextIOWrapper]:
    """The file as text. Raises `Malformed` where it is in another encoding, or no table."""
    csv.field_size_limit(MOST_CELL)
    try:
        with TextIOWrapper(file, plan.encoding, newline="") as text:
            yield text
    except UnicodeDecodeError as error:
        raise Malformed(
            f"文件不是 {plan.encoding} 编码；请在对照表写明 encoding，例如 gb18030。",
            code="history.encoding",
            field="encoding",
        ) from error
    except csv.Error as error:
        raise Malformed(f"表格读不出来：{error}。", code="history.csv", field="file") from error


def _must_have(heading: Iterable[str], plan: Plan) -> None:
    wanted = {**plan.columns, **(plan.events if plan.rows == "event" else {})}
    if missing := sorted(set(wanted.values()) - set(heading)):
        raise Malformed(f"文件没有“{'、'.join(missing)}”这一列。", code="history.column", field="case")


@dataclass(slots=True)
class _Gathering:
    """What the rows of one case have told so far."""

    place: str
    values: dict[str, str]
    events: "array[int]" = field(default_factory=lambda: array("l"))


def _gathered(rows: Iterable[Record], plan: Plan) -> Iterator[Record]:
    """Bring the rows of one case together, wherever they stand; what is told first and is not empty counts."""
    cases: dict[str, _Gathering] = {}
    events: dict[tuple[str, ...], int] = {}
    number, told = plan.columns["number"], tuple(plan.events.values())
    for row in rows:
        key = row.values[number].strip()
        if key.lower() in history.MISSING:
            yield Record(row.place, row.values)  # nobody knows whose event it is
            continue
        case = cases.setdefault(key, _Gathering(row.place, {}))
        for column in plan.columns.values():
            if row.values[column].strip().lower() not in history.MISSING:
                case.values.setdefault(column, row.values[column])
        event = tuple(row.values[column] for column in told)
        case.events.append(events.setdefault(event, len(events)))
    listed = list(events)
    for case in cases.values():
        yield Record(case.place, case.values, [dict(zip(told, listed[n], strict=True)) for n in case.events])
