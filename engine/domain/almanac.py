"""Which version of which calendar is in force for whom: the nation's, and those of regions and halls over it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from engine.domain.calendar import Calendar
from engine.domain.day import Day
from engine.domain.errors import Malformed
from engine.domain.hours import OfficeHours

#: The calendar of the State Council's notices, below every other.
CHINA = "CN"
#: What joins the version of a calendar to those of the calendars it lies over.
OVER = "+"
#: What stands in a version for one that is only proposed.
PROPOSED = "?"
#: With fewer days of notices than this ahead, the next notice should be imported.
ENOUGH_DAYS = 60
#: How many calendars may lie over the nation's: a region's and a hall's.
MOST_OVER = 2


class Status(StrEnum):
    """The life of a calendar version: drafted by one, activated by another, then replaced."""

    DRAFT = "draft"
    ACTIVE = "active"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a calendar is to become: its days, its hours (None: those below), and which organisations go by it."""

    code: str
    days: Mapping[date, Day]
    hours: OfficeHours | None = None
    orgs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    document: str = ""
    note: str = ""
    base_id: int | None = None

    @property
    def hours_told(self) -> Sequence[Mapping[str, str]] | None:
        return self.hours.told() if self.hours else None


@dataclass(frozen=True, slots=True)
class Outlook:
    """One calendar understood (*own*), and *of* which one each organisation goes by: as it is, or would be."""

    own: Calendar
    of: Callable[[int], Calendar]


@dataclass(frozen=True, slots=True)
class Almanac:
    """The versions in force: *codes* by calendar, *orgs* by organisation where it is not the nation's."""

    national: str
    codes: Mapping[str, str] = field(default_factory=dict)
    orgs: Mapping[int, str] = field(default_factory=dict)

    def of(self, org_id: int) -> str:
        """Return the version an organisation goes by."""
        return self.orgs.get(org_id, self.national)

    @property
    def versions(self) -> frozenset[str]:
        """Everything in force."""
        return frozenset((self.national, *self.codes.values()))


def almanac(
    active: Mapping[str, str],
    parents: Mapping[str, str | None],
    orgs: Mapping[int, tuple[int | None, str | None]],
) -> Almanac | None:
    """Join the versions in force (*active* by calendar) with what lies under them and who goes by them.

    *orgs* tells of each organisation the one above and its own calendar, if any: the nearest one counts. None
    without a calendar of the nation.
    """
    if CHINA not in active:
        return None
    codes = {code: _joined(code, active, parents) for code in parents}
    found = {org: _nearest(org, orgs) for org in orgs}
    national = codes[CHINA]
    return Almanac(
        national,
        codes,
        {org: codes[code] for org, code in found.items() if codes.get(code, national) != national},
    )


def _joined(code: str, active: Mapping[str, str], parents: Mapping[str, str | None]) -> str:
    """Return the version of a calendar with those below it; one without a version of its own adds nothing."""
    below = parents.get(code)
    under = _joined(below, active, parents) if below else ""
    return OVER.join(filter(None, (under, active.get(code))))


def _nearest(org: int, orgs: Mapping[int, tuple[int | None, str | None]]) -> str:
    above: int | None = org
    while above is not None:
        above, code = orgs[above]
        if code:
            return code
    return CHINA


def must_be_code(code: str) -> None:
    """Raise Malformed unless *code* can name a calendar."""
    if not re.fullmatch(r"[A-Z][A-Z0-9-]{1,11}", code):
        raise Malformed(
            "日历代码由 2 至 12 位大写字母、数字和短横组成，以字母开头，例如 HALL-1。",
            code="calendar.code",
            field="code",
        )


def depth(code: str, parents: Mapping[str, str | None]) -> int:
    """Return how many calendars lie under *code*."""
    below = parents.get(code)
    return 1 + depth(below, parents) if below else 0


def label(code: str, last_year: int, taken: Iterable[str]) -> str:
    """Return a number for a new version that is not among those *taken*."""
    used = set(taken)
    name = f"国务院放假通知至{last_year}年" if code == CHINA else f"{code}.1"
    n = 1
    while name in used:
        n += 1
        name = f"国务院放假通知至{last_year}年·{n}" if code == CHINA else f"{code}.{n}"
    return name
