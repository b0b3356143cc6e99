"""A district to look at: invented people, and some weeks of cases that were really handled.

No case is written by hand. A second office on the same database is given a clock that walks from thirty-five
working days ago until now, and everybody on it does what he would do: applicants apply, the desk accepts,
approvers decide, the clock deems and expires. What each case comes to is its *fate*.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from stdnum.cn import ric, uscc

from engine.domain.calendar import Calendar
from engine.domain.case import DECIDED, UNACCEPTED, UNDECIDED, Channel, State
from engine.domain.deadline import BEIJING, Unit, day_of
from engine.domain.errors import Refused
from engine.domain.identity import APPLICANT, CLOCK, ROLE_NAMES, Actor, Role
from engine.domain.material import THERE, Handed, Standing
from engine.office import Office
from engine.services import applicant, approver, desk, lifecycle, manager, sessions
from engine.services.act import Act
from engine.services.applicant import Application, Person
from engine.services.library import Matter
from engine.services.registrar import DISTRICT, HALL
from engine.store import cases, catalog, people
from engine.worker import drain

log = logging.getLogger(__name__)

#: The same seed tells the same story, as far as the calendar lets it.
SEED = 20261123
#: How many working days the story begins before today.
DAYS = 35


def fill(office: Office, say: Callable[[str], None], size: float = 1.0) -> None:
    """Fill an empty database with people, told once through *say*, and with cases; one with people is left alone.

    *size* shrinks the story: every kind of fate is still told at least once.
    """
    with office.look() as look:
        if people.anybody(look.db):
            return
    for line in _table(_settle_in(office)):
        say(line)
    Story(office, size).tell()


# The people.

#: Subdistricts with their communities.
STREETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "HX": ("和兴街道办事处", ("桂花社区", "柳荫社区")),
    "QH": ("清河街道办事处", ("长堤社区", "梧桐社区")),
    "WC": ("文昌街道办事处", ("书院社区",)),
}
#: Departments with much to decide have an own person on each step; in the others two share the steps.
LARGE = ("SCJG", "XZSP", "WJW", "RSJ", "YBJ", "GA", "CGJ", "MZJ", "XFJY")
SMALL = ("DYJ", "CBJ", "SW", "GJJ", "CL", "YY", "YC", "BANK")
_SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = ("敏", "志远", "芳", "建国", "雪梅", "浩然", "丽华", "晓峰", "静怡", "国强", "思源", "玉兰", "文博", "海燕")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here, with posts ``(role, organisation code)``."""

    login: str
    posts: tuple[tuple[str, str], ...]
    name: str = ""
    password: str = ""


def _roster() -> Iterator[Colleague]:
    yield Colleague("window1", (("window", HALL),))
    yield Colleague("window2", (("window", HALL),))
    yield Colleague("hall.chief", (("window", HALL), ("chief", HALL)))
    for code in LARGE:
        for n in ("", "2"):
            yield Colleague(f"{code.lower()}.approver{n}", (("approver", code), ("inspector", code)))
        yield Colleague(f"{code.lower()}.chief", (("chief", code),))
        yield Colleague(f"{code.lower()}.leader", (("leader", code),))
    for code in SMALL:
        shared = (("approver", code), ("inspector", code))
        yield Colleague(f"{code.lower()}.approver", (*shared, ("chief", code)))
        yield Colleague(f"{code.lower()}.leader", (*shared, ("leader", code)))
    for code in STREETS:
        yield Colleague(f"street.{code.lower()}", (("subdistrict", code), ("subdistrict", "JD"), ("window", code)))
    yield Colleague("manager", (("manager", DISTRICT),))
    yield Colleague("designer", (("designer", DISTRICT),))
    yield Colleague("registrar", (("registrar", DISTRICT),))


def _settle_in(office: Office) -> list[Colleague]:
    """Give everybody a name, a password and his posts; only the hash of the password is kept."""
    random = Random(SEED)  # noqa: S311  names are no secret
    pairs = [f"{surname}{given}" for given in _GIVEN for surname in _SURNAMES]
    random.shuffle(pairs)
    staff = [
        Colleague(c.login, c.posts, name, secrets.token_urlsafe(6)) for c, name in zip(_roster(), pairs, strict=False)
    ]
    with ThreadPoolExecutor() as pool:
        hashes = list(pool.map(sessions.hashed, [c.password for c in staff]))
    with office.act(CLOCK) as act:
        orgs = _found_streets(act)
        ids = {
            c.login: people.add_user(act.db, c.login, c.name, hashed, [(role, orgs[org]) for role, org in c.posts])
            for c, hashed in zip(staff, hashes, strict=True)
        }
        people.add_cover(  # AB岗: while the head of market regulation travels, the section chief signs
            act.db,
            ids["scjg.leader"],
            ids["scjg.chief"],
            act.at - timedelta(days=3),
            act.at + timedelta(days=11),
        )
        act.record("people added", count=len(staff))
    return staff


def _found_streets(act: Act) -> dict[str, int]:
    orgs = people.org_ids(act.db)
    for code, (name, communities) in STREETS.items():
        orgs[code] = people.add_org(act.db, code=code, name=name, kind="street", parent_id=orgs[DISTRICT])
        for n, community in enumerate(communities, 1):
            people.add_org(act.db, code=f"{code}{n:02}", name=community, kind="community", parent_id=orgs[code])
    return orgs


def _table(staff: Sequence[Colleague]) -> Iterator[str]:
    yield "演示人员（口令只显示这一次）："
    for c in staff:
        held = "、".join(f"{org} {ROLE_NAMES[Role(role)]}" for role, org in c.posts)
        yield f"  {c.login:<16}{c.password:<12}{c.name}  {held}"


# What becomes of a case.


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of some of the cases.

    ``began`` is how many working days ago they were applied for, or words of the matter's own limit;
    ``lacks`` what is not handed in; ``desk`` what the window does; ``answer`` after how many working days the
    applicant brings what was asked for; ``halt`` the stages nobody works on; ``twist`` what happens on the way.
    """

    share: int
    began: tuple[int, int] | str
    lacks: str = ""
    desk: str = "accept"
    answer: int | None = None
    halt: frozenset[str] = frozenset()
    twist: str = ""
    channel: Channel | None = None
    least: int = 0
    slow: int = 1


_ANY = frozenset({"review", "inspect", "audit", "decide"})
_DECIDE = frozenset({"decide"})
_DELIVER = frozenset({"deliver"})

FATES: tuple[Fate, ...] = (
    Fate(22, (12, DAYS)),
    Fate(4, (8, 20), halt=_DELIVER),
    Fate(10, (0, 3), halt=_ANY, least=5),
    Fate(5, "near", halt=_DECIDE, least=5),
    Fate(4, "late", halt=_ANY, least=5),
    Fate(2, "unlawful", halt=_DECIDE, least=5),
    Fate(3, (2, 6), halt=_ANY, twist="suspend", least=7),
    Fate(1, (9, 12), halt=_ANY, twist="resume", least=7),
    Fate(1, "late", halt=_DECIDE, twist="extend", least=5),
    Fate(4, (1, 8), lacks="primary", desk="correct"),
    Fate(3, (14, 25), lacks="primary", desk="correct", answer=3),
    Fate(2, (20, 28), lacks="primary", desk="correct"),
    Fate(3, (0, 2), lacks="secondary", desk="tolerate", halt=_ANY, least=5),
    Fate(3, (10, 20), lacks="secondary", desk="tolerate", answer=2, least=5),
    Fate(2, (9, 14), lacks="secondary", desk="tolerate", halt=_DECIDE, least=5),
    Fate(2, (7, 9), desk="leave", channel=Channel.WINDOW, halt=_ANY, least=7),
    Fate(1, (10, 14), desk="leave", channel=Channel.ONLINE),
    Fate(4, (10, 25), twist="deny"),
    Fate(2, (4, 12), twist="withdraw", halt=_ANY, least=5),
    Fate(2, (6, 20), desk="refuse"),
    Fate(1, (6, 20), desk="not_required"),
    Fate(2, (5, 15), desk="reject", channel=Channel.ONLINE),
    Fate(3, (0, 1), desk="leave"),
    Fate(2, (0, 2), desk="prereview", channel=Channel.ONLINE),
)
#: One thing each (一件事), and where it stands.
BUNDLES: tuple[tuple[str, Fate], ...] = (
    ("open_restaurant", Fate(1, (18, 24))),
    ("open_restaurant", Fate(1, (2, 4), halt=_DECIDE)),
    ("open_restaurant", Fate(1, (3, 5), lacks="secondary", desk="tolerate", answer=2)),
    ("open_cinema", Fate(1, (26, 30))),
    ("open_cinema", Fate(1, (5, 8), halt=_DECIDE)),
    ("newborn", Fate(1, (10, 14))),
    ("newborn", Fate(1, (1, 2), halt=_ANY)),
    ("open_workshop_shop", Fate(1, (13, 15), halt=_DECIDE)),
    ("publication_shop", Fate(1, (16, 22))),
    ("after_death", Fate(1, (6, 9))),
    ("retirement", Fate(1, (4, 6), halt=frozenset({"audit"}))),
    ("staff_onboarding", Fate(1, (8, 12))),
    ("start_enterprise", Fate(1, (1, 3))),
)


@dataclass(slots=True)
class Life:
    """A case on its way through the story."""

    id: int
    fate: Fate
    by: Person
    hasty: bool
    rests: int = 0
    answers: int | None = None
    twisted: bool = False


@dataclass(slots=True)
class Story:
    """Some weeks of a district, told act by act under a clock that walks."""

    office: Office
    size: float = 1.0
    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311  a story, no secret
    refused: list[str] = field(default_factory=list)
    at: datetime = field(init=False)
    walking: Office = field(init=False)
    staff: dict[tuple[str, int], list[Actor]] = field(init=False)
    lives: list[Life] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.at = self.office.now()
        self.walking = Office(self.office.settings, self.office.database, clock=lambda: self.at)
        self.walking.library = self.office.library

    def tell(self) -> None:
        """Live every day from the first to today, hour by hour."""
        now, today = self.at, day_of(self.at)
        with self.office.look() as look:
            calendar = look.calendar
            self.staff = _posts(look)
            agenda = self._agenda(look, calendar, today)
        begun = calendar.add(today, -DAYS)
        for n in range((today - begun).days + 1):
            day = begun + timedelta(days=n)
            self.at = min(_at(day, time(0, 1)), now)
            drain(self.walking)
            if calendar.is_working(day):
                self._day(day, calendar.count(day, today), agenda, now)
        self.at = now
        drain(self.walking)

    def _day(self, day: date, ago: int, agenda: Mapping[int, list["Plan"]], now: datetime) -> None:
        for hour, share in ((9, 0), (11, 1), (14, 2), (16, 3)):
            opens = _at(day, time(hour, self.random.randrange(20)))
            if opens >= now:
                return
            self.at = opens
            for plan in agenda.get(ago, [])[share::4]:
                self._apply(plan, now)
            for life in list(self.lives):
                self._live(life, DAYS - ago, now)

    def _pass(self, now: datetime) -> None:
        self.at = min(self.at + timedelta(seconds=self.random.randint(40, 200)), now)

    def _apply(self, plan: Plan, now: datetime) -> None:
        self._pass(now)
        channel = plan.fate.channel or self.random.choices(tuple(Channel), (55, 35, 10))[0]
        street = self.random.choice(list(STREETS))
        flags = {q["key"]: self.random.random() < 0.5 for q in plan.matter.record.get("questions") or ()}
        with self.walking.act(APPLICANT) as act:
            if channel is Channel.WINDOW:
                act.by = self._holder("window", act.library.org(act.db, HALL))
            case = applicant.apply(
                act,
                Application(
                    matter=plan.matter.key,
                    applicant=self.people.applicant(plan.matter),
                    channel=channel,
                    agent=self.people.citizen("代办员") if channel is Channel.AGENT else None,
                    members=_optional(plan.matter),
                    flags=flags,
                    answers={"premises": self.people.address(street)},
                    materials=tuple(_handed(act, plan, flags)),
                    street=street,
                ),
            )
            ids = (case.id, *(row.id for row in cases.members(act.db, case.id)))
            self.lives += [Life(id_, plan.fate, hasty=_hasty(act, id_)) for id_ in ids]

    def _holder(self, role: str, org: int) -> Actor:
        return self.random.choice(self.staff[role, org])

    # What is done with one case, step by step.

    def _live(self, life: Life, today: int, now: datetime) -> None:
        """Let a case go on as far as its fate and the day allow; one in a hurry does several steps."""
        for _ in range(MOST_STEPS if life.hasty else 1):
            if today < life.rests:
                return
            self._pass(now)
            try:
                with self.walking.look() as look:
                    step = self._next(look, life, today)
                if step is None:
                    return
                with self.walking.act(step.by) as act:
                    step.do(act, act.take(life.id))
            except Refused as refusal:
                if refusal.code not in WAITS:
                    self.refused.append(f"{life.id} {refusal.code} {refusal.message}")
                    log.warning("demonstration: %s", refusal.message, extra={"case_id": life.id})
                life.rests = today + 1
                return
            life.rests = max(life.rests, today if life.hasty else today + self.random.randrange(2))

    def _next(self, look: Act, life: Life, today: int) -> Step | None:
        """What happens next to a case, and who does it; None while it waits."""
        case = cases.lock(look.db, life.id)
        tasks = [t for t in cases.open_tasks(look.db, life.id) if not t.held and t.stage != CALL]
        if life.answers is not None and life.answers <= today and case.state in UNACCEPTED | UNDECIDED:
            life.answers = None
            return Step(APPLICANT, _supplement)
        if case.state in UNDECIDED and not life.twisted and tasks and life.fate.twist in TWISTS:
            return self._twist(life, case, tasks[0], today)
        for task in tasks:
            if task.stage in life.fate.halt:
                continue
            step = self._step(look, life, case, task, today)
            if step is not None:
                return step
        return self._claim(tasks) if case.state in UNDECIDED and case.paused_at is None else None
