"""A former system of our own making: several time zones, some cases open, some impossible, in each kind of file."""

import csv
import gzip
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from xml.sax.saxutils import quoteattr

ZONES = (8, 1, 2, -5, 0)
CHANNELS = {"Internet": "online", "Desk": "window", "Post": "Post"}
DEPARTMENTS = ("General", "Experts & Co", "市场监督管理局")

PLAN = {
    "origin": "旧系统",
    "case": {
        "number": "case",
        "matter": "kind",
        "department": "department",
        "channel": "channel",
        "person": "clerk",
        "start": "start",
        "due": "due",
        "end": "end",
    },
    "event": {"activity": "activity", "time": "time", "person": "by"},
    "words": {"channel": {"Internet": "online", "Desk": "window"}},
}


@dataclass(frozen=True, slots=True)
class Old:
    """A case as its system knew it; times are UTC, ``zone`` is how many hours ahead its clock was."""

    number: str
    department: str
    channel: str
    zone: int
    start: datetime
    due: datetime | None
    end: datetime | None
    events: tuple[datetime, ...]

    @property
    def is_possible(self) -> bool:
        return self.end is None or self.end >= self.start

    def said(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        return moment.astimezone(timezone(timedelta(hours=self.zone))).isoformat(timespec="milliseconds")

    def row(self) -> dict[str, str]:
        times = {name: self.said(getattr(self, name)) for name in ("start", "due", "end")}
        told = {
            "case": self.number,
            "kind": "建筑许可",
            "department": self.department,
            "channel": self.channel,
        }
        return {**told, "clerk": f"员{self.number[-1]}", **times}


def cases(count: int, seed: int = 7) -> list[Old]:
    """Make cases up: due to the second, ended before, at, and one second after; some never, some impossibly."""
    dice = random.Random(seed)
    return [_case(n, dice) for n in range(count)]


def _case(n: int, dice: random.Random) -> Old:
    start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=dice.randrange(300 * 86_400))
    due = start + timedelta(days=dice.randrange(3, 40), seconds=dice.randrange(86_400))
    ends = (
        None,
        due,
        due + timedelta(seconds=1),
        due - timedelta(seconds=1),
        start + timedelta(seconds=dice.randrange(60 * 86_400)),
        start + timedelta(days=dice.randrange(40)),
        start - timedelta(minutes=1) if n % 20 == 0 else None,
    )
    end = dice.choice(ends)
    events = tuple(start + timedelta(hours=dice.randrange(900)) for _ in range(3))
    known = None if n % 17 == 0 else due
    return Old(
        f"T-{n:04}",
        dice.choice(DEPARTMENTS),
        dice.choice(list(CHANNELS)),
        dice.choice(ZONES),
        start,
        known,
        end,
        events,
    )


def instants(made: Sequence[Old]) -> tuple[datetime, datetime, datetime]:
    """Return a due instant itself, one a second after another, and a plain evening."""
    due = [
        old.due
        for old in made
        if old.due is not None and (old.end is None or old.end > old.due) and old.is_possible
    ]
    return due[0], due[1] + timedelta(seconds=1), datetime(2025, 7, 1, 15, 59, 59, tzinfo=UTC)


# --- the recount, in nothing but sets and eight hours --------------------------------------------------------


def day(moment: datetime) -> str:
    return f"{moment + timedelta(hours=8):%Y-%m-%d}"


def late(old: Old, moment: datetime, precision: str) -> bool:
    if old.due is None:
        return False
    return moment > old.due if precision == "instant" else day(moment) > day(old.due)


def overdue(made: Iterable[Old], at: datetime, precision: str) -> set[str]:
    """What had begun, had not ended, and was past its due moment."""
    begun = [old for old in made if old.is_possible and old.start <= at]
    return {old.number for old in begun if (old.end is None or old.end > at) and late(old, at, precision)}


def finished_late(made: Iterable[Old], at: datetime, precision: str) -> set[str]:
    """What had ended by then, past its due moment."""
    ended = [old for old in made if old.is_possible and old.end is not None and old.end <= at]
    return {old.number for old in ended if old.end is not None and late(old, old.end, precision)}


# --- the files -----------------------------------------------------------------------------------------------


def write(made: Sequence[Old], path: Path, kind: str) -> Path:
    """Write the cases as ``case`` or ``event`` rows, or as ``xes``, packed or plain."""
    file = path / _NAMES[kind]
    _WRITERS[kind](made, file)
    return file


def _case_rows(made: Sequence[Old], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        sheet = csv.DictWriter(out, list(made[0].row()))
        sheet.writeheader()
        sheet.writerows(old.row() for old in made)


def _event_rows(made: Sequence[Old], file: Path) -> None:
    """Rows of one case lie apart, and only its first tells its due moment."""
    rows = [
        {
            **old.row(),
            **({} if n == 0 else {"due": ""}),
            "activity": f"A{n}",
            "time": old.said(at),
            "by": "某人",
        }
        for n in range(3)
        for old in made
        for at in (old.events[n],)
    ]
    with file.open("w", encoding="utf-8", newline="") as out:
        sheet = csv.DictWriter(out, list(rows[0]))
        sheet.writeheader()
        sheet.writerows(rows)


def _xes(made: Sequence[Old], file: Path) -> None:
    traces = "".join(f"<trace>{_attributes(old.row())}{_events(old)}</trace>\n" for old in made)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<log xmlns="http://www.xes-standard.org/">\n{traces}</log>\n'
    with gzip.open(file, "wb") as out:
        out.write(text.encode())


def _attributes(told: dict[str, str]) -> str:
    return "".join(
        f"<string key={quoteattr(key)} value={quoteattr(value)}/>" for key, value in told.items() if value
    )


def _events(old: Old) -> str:
    told = [{"activity": f"A{n}", "time": old.said(at), "by": "某人"} for n, at in enumerate(old.events)]
    return "".join(f"<event>{_attributes(each)}</event>" for each in told)


_NAMES = {"case": "log.csv", "event": "events.csv", "xes": "log.xes.gz"}
_WRITERS = {"case": _case_rows, "event": _event_rows, "xes": _xes}
