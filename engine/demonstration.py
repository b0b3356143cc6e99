"""A district to look at: invented people, and some weeks of cases that were really handled.

No case is written by hand. A second office on the same database is given a clock that walks from thirty-five
working days ago until now, and everybody on it does what he would do: applicants apply, the desk accepts,
approvers decide, the clock deems and expires. What each case comes to is its *fate*.
"""

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from stdnum.cn import ric, uscc

from engine.domain.calendar import Calendar
from engine.domain.case import DECIDED, UNACCEPTED, UNDECIDED, Channel, State
from engine.domain.deadline import BEIJING, day_of
from engine.domain.errors import Refused
from engine.domain.identity import APPLICANT, CLOCK, ROLE_NAMES, Actor, Role
from engine.domain.limit import Unit
from engine.domain.material import THERE, Handed, Requirement, Standing
from engine.domain.matter import chosen
from engine.office import Office
from engine.services import applicant, approver, desk, lifecycle, manager, passwords
from engine.services.act import Act
from engine.services.advance import CALL
from engine.services.applicant import Application, Person
from engine.services.library import Matter
from engine.services.registrar import DISTRICT, HALL
from engine.store import cases, catalog, people
from engine.store.cases import Case
from engine.store.db import Row
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
    if hire(office, say):
        Story(office, size).tell()


def hire(office: Office, say: Callable[[str], None]) -> bool:
    """Add the people to an empty database, tell them through *say*, and return whether there was nobody yet."""
    with office.look() as look:
        if people.staff(look.db):
            return False
    for line in _table(_settle_in(office)):
        say(line)
    return True


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
_GIVEN = (
    "敏",
    "志远",
    "芳",
    "建国",
    "雪梅",
    "浩然",
    "丽华",
    "晓峰",
    "静怡",
    "国强",
    "思源",
    "玉兰",
    "文博",
    "海燕",
)


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
        yield Colleague(
            f"street.{code.lower()}", (("subdistrict", code), ("subdistrict", "JD"), ("window", code))
        )
    yield Colleague("manager", (("manager", DISTRICT),))
    yield Colleague("designer", (("designer", DISTRICT),))
    yield Colleague("registrar", (("registrar", DISTRICT),))


def _settle_in(office: Office) -> list[Colleague]:
    """Give everybody a name, a password and his posts; only the hash of the password is kept."""
    random = Random(SEED)  # noqa: S311  names are no secret
    pairs = [f"{surname}{given}" for given in _GIVEN for surname in _SURNAMES]
    random.shuffle(pairs)
    staff = [
        Colleague(c.login, c.posts, name, secrets.token_urlsafe(6))
        for c, name in zip(_roster(), pairs, strict=False)
    ]
    with ThreadPoolExecutor() as pool:
        hashes = list(pool.map(passwords.hashed, [c.password for c in staff]))
    with office.act(CLOCK) as act:
        orgs = _found_streets(act)
        ids = {
            c.login: people.add_user(
                act.db, c.login, c.name, hashed, [(role, orgs[org]) for role, org in c.posts]
            )
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
            people.add_org(
                act.db, code=f"{code}{n:02}", name=community, kind="community", parent_id=orgs[code]
            )
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

    ``began`` is how many working days ago they were applied for, or a word about the matter's own limits;
    ``lacks`` what is not handed in; ``desk`` what the window does; ``answer`` after how many working days the
    applicant brings what was asked for; ``halt`` the stages nobody works on; ``twist`` what comes between.
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


_ANY = frozenset({"review", "inspect", "audit", "decide"})
_DECIDE = frozenset({"decide"})

FATES: tuple[Fate, ...] = (
    Fate(22, (12, DAYS)),
    Fate(4, (8, 20), halt=frozenset({"deliver"})),
    Fate(10, (0, 3), halt=_ANY, least=5),
    Fate(5, "near", halt=_DECIDE, least=5),
    Fate(6, "late", halt=_ANY, least=5),
    Fate(2, "unlawful", halt=_DECIDE, least=5),
    Fate(3, (2, 6), halt=_ANY, twist="suspend", least=7),
    Fate(1, (9, 12), halt=_DECIDE, twist="resume", least=7),
    Fate(1, "late", halt=_DECIDE, twist="extend", least=5),
    Fate(4, (1, 8), lacks="primary", desk="correct"),
    Fate(3, (14, 25), lacks="primary", desk="correct", answer=3),
    Fate(2, (20, 28), lacks="primary", desk="correct"),
    Fate(3, (0, 2), lacks="secondary", desk="tolerate", halt=_ANY, least=5),
    Fate(3, (10, 20), lacks="secondary", desk="tolerate", answer=2, least=5),
    Fate(2, (9, 14), lacks="secondary", desk="tolerate", halt=_DECIDE, least=5),
    Fate(2, (7, 9), desk="leave", channel=Channel.WINDOW, halt=_ANY, least=7),
    Fate(1, (10, 14), desk="leave", channel=Channel.ONLINE),
    Fate(3, (10, 25), twist="deny"),
    Fate(1, (8, 12), twist="deny", halt=frozenset({"deliver"})),
    Fate(2, (4, 12), twist="withdraw", halt=_ANY, least=5),
    Fate(2, (6, 20), desk="refuse"),
    Fate(1, (6, 20), desk="not_required"),
    Fate(2, (5, 15), desk="reject", channel=Channel.ONLINE),
    Fate(3, (0, 1), desk="leave"),
    Fate(2, (0, 2), desk="prereview", channel=Channel.ONLINE),
)
#: One thing each (一件事), and how far it has come.
BUNDLES: tuple[tuple[str, Fate], ...] = (
    ("open_restaurant", Fate(1, (18, 24))),
    ("open_restaurant", Fate(1, (2, 4), halt=frozenset({"inspect"}))),
    ("open_restaurant", Fate(1, (4, 6), lacks="secondary", desk="tolerate", answer=2)),
    ("open_cinema", Fate(1, (28, 32))),
    ("open_cinema", Fate(1, (5, 8), halt=frozenset({"inspect"}))),
    ("newborn", Fate(1, (10, 14))),
    ("newborn", Fate(1, (1, 2), halt=frozenset({"review"}))),
    ("open_workshop_shop", Fate(1, (12, 13), halt=frozenset({"inspect"}))),
    ("publication_shop", Fate(1, (16, 22))),
    ("after_death", Fate(1, (6, 9))),
    ("retirement", Fate(1, (4, 6), halt=frozenset({"audit"}))),
    ("staff_onboarding", Fate(1, (8, 12))),
    ("start_enterprise", Fate(1, (1, 3))),
)


def _suits(matter: Matter, fate: Fate) -> bool:
    """Can the fate befall the matter: is its limit long enough, is there a material to be missing?"""
    promised, legal = matter.terms.promised, matter.terms.legal
    if fate.least and (promised.unit is not Unit.WORKDAY or promised.value < fate.least):
        return False
    if fate.began == "unlawful" and (legal.unit is not Unit.WORKDAY or legal.value + 2 > DAYS):
        return False
    if fate.channel is Channel.ONLINE and "online" not in matter.record.get("channels", ("online",)):
        return False
    return not fate.lacks or any(_is_lacking(r, fate.lacks) for r in matter.requirements)


def _is_lacking(requirement: Requirement, kind: str) -> bool:
    return requirement.condition is None and requirement.secondary == (kind == "secondary")


def _draw(deck: list[Matter], fate: Fate) -> Matter:
    """Take the first matter that suits from the deck and lay it back at the bottom, so that each has its turn."""
    matter = next(m for m in deck if _suits(m, fate))
    deck.remove(matter)
    deck.append(matter)
    return matter


@dataclass(frozen=True, slots=True)
class Plan:
    """Somebody will apply for *matter*, and this will become of it."""

    matter: Matter
    fate: Fate


@dataclass(slots=True)
class Life:
    """A case on its way: until when it rests, when its applicant answers, how far its twist has come."""

    id: int
    fate: Fate
    hasty: bool
    rests: int = 0
    answers: int | None = None
    twisted: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody does something with a case."""

    by: Actor
    do: Callable[[Act, Case], object]


# The story.

#: How many steps a case that is promised within hours may take at one sitting.
MOST_STEPS = 12
#: Refusals that only mean: not today.
WAITS = frozenset({"decision.gate", "bundle.not-its-turn", "bundle.member-incomplete", "materials.missing"})
#: When the hall lives: the hours at which somebody looks at every case.
HOURS = (9, 11, 14, 16)


@dataclass(slots=True)
class Story:
    """Some weeks of a district, told act by act under a clock that walks."""

    office: Office
    size: float = 1.0
    refused: list[str] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311  a story, no secret
    at: datetime = field(init=False)
    now: datetime = field(init=False)
    calendar: Calendar = field(init=False)
    walking: Office = field(init=False)
    staff: dict[tuple[str, int], list[Actor]] = field(init=False)

    def __post_init__(self) -> None:
        self.at = self.now = self.office.now()
        self.walking = Office(self.office.settings, self.office.database, clock=lambda: self.at)
        self.walking.library = self.office.library

    def tell(self) -> None:
        """Live every day from the first to today; then the clock catches up with the present."""
        today = day_of(self.now)
        with self.office.look() as look:
            self.calendar = calendar = look.calendar
            self.staff = _posts(look)
            agenda = self._agenda(look)
        begun = calendar.add(today, -DAYS)
        for day in (begun + timedelta(days=n) for n in range((today - begun).days + 1)):
            self.at = min(_at(day, time(0, 1)), self.now)
            drain(self.walking)
            if calendar.is_working(day):
                self._day(day, calendar.count(day, today), agenda)
        self.at = self.now
        drain(self.walking)
        self._urge()

    def _urge(self) -> None:
        """The manager looks in and urges what is late for no good reason (督办)."""
        late = [
            life.id for life in self.lives if life.fate.began in {"late", "unlawful"} and not life.fate.twist
        ]
        with self.walking.look() as look:
            by = self._holder("manager", look.library.org(look.db, DISTRICT))
        for case_id in late[::2]:
            with self.walking.act(by) as act:
                manager.urge(act, act.take(case_id), "已超承诺时限，请今日内办理并说明原因。")

    def _day(self, day: date, ago: int, agenda: Mapping[int, Sequence[Plan]]) -> None:
        for n, hour in enumerate(HOURS):
            opens = _at(day, time(hour, self.random.randrange(20)))
            if opens >= self.now:
                return
            self.at = opens
            for plan in agenda.get(ago, ())[n :: len(HOURS)]:
                self._apply(plan)
            for life in self.lives:
                self._live(life, DAYS - ago)

    def _today(self) -> int:
        return DAYS - self.calendar.count(day_of(self.at), day_of(self.now))

    def _pass(self) -> None:
        """Let a minute or three go by, but never beyond the present."""
        self.at = min(self.at + timedelta(seconds=self.random.randint(20, 180)), self.now)

    def _agenda(self, look: Act) -> dict[int, list[Plan]]:
        """Who will apply how many working days ago."""
        known = [look.library.matter(look.db, row.id) for row in catalog.everything(look.db)]
        deck = [matter for matter in known if matter.kind == "matter"]
        by_key = {matter.key: matter for matter in known}
        self.random.shuffle(deck)
        plans = [
            Plan(_draw(deck, fate), fate)
            for fate in FATES
            for _ in range(max(1, round(fate.share * self.size)))
        ]
        plans += [Plan(by_key[key], fate) for key, fate in BUNDLES]
        agenda: dict[int, list[Plan]] = {}
        for plan in plans:
            agenda.setdefault(self._ago(plan), []).append(plan)
        return agenda

    def _ago(self, plan: Plan) -> int:
        if isinstance(plan.fate.began, tuple):
            return self.random.randint(*plan.fate.began)
        terms = plan.matter.terms
        base, more = {"near": (terms.promised, (-1, 0)), "late": (terms.promised, (1, 3))}.get(
            plan.fate.began, (terms.legal, (1, 2))
        )
        return min(base.value + self.random.randint(*more), DAYS)

    def _apply(self, plan: Plan) -> None:
        self._pass()
        channel = plan.fate.channel or self.random.choices(tuple(Channel), (55, 35, 10))[0]
        street = self.random.choice(list(STREETS))
        flags = {q["key"]: self.random.random() < 0.5 for q in plan.matter.record.get("questions") or ()}
        with self.walking.act(self._receptionist(channel)) as act:
            application = Application(
                matter=plan.matter.key,
                applicant=_applicant(self.random, plan.matter),
                channel=channel,
                agent=_citizen(self.random, "代办员") if channel is Channel.AGENT else None,
                members=_optional(plan.matter),
                flags=flags,
                answers={"premises": f"{STREETS[street][0]}示例路{self.random.randint(1, 199)}号"},
                materials=tuple(_handed(act, plan, {"channel": str(channel), **flags})),
                street=street,
            )
            case = applicant.apply(act, application)
            ids = (case.id, *(row.id for row in cases.members(act.db, case.id)))
            lives = [Life(id_, plan.fate, _is_hasty(act, id_)) for id_ in ids]
        if plan.fate.desk == "tolerate" and plan.fate.answer:
            for member in lives[1:]:  # the window takes their promises with the bundle's acceptance
                member.answers = plan.fate.answer + self._today()
        self.lives += lives

    def _receptionist(self, channel: Channel) -> Actor:
        if channel is Channel.ONLINE:
            return APPLICANT
        with self.walking.look() as look:
            return self._holder("window", look.library.org(look.db, HALL))

    def _holder(self, role: str, org: int) -> Actor:
        return self.random.choice(self.staff[role, org])

    def _live(self, life: Life, today: int) -> None:
        """Let a case go on as far as its fate and the day allow; one promised within hours does many steps."""
        for _ in range(MOST_STEPS if life.hasty else 1):
            if today < life.rests or not self._dare(life, today):
                return
            life.rests = max(life.rests, today if life.hasty else today + self.random.randrange(2))

    def _dare(self, life: Life, today: int) -> bool:
        """Do the next step of a case; False when there is none, or it may not be done yet."""
        self._pass()
        try:
            with self.walking.look() as look:
                step = self._next(look, life, today)
            if step is None:
                return False
            with self.walking.act(step.by) as act:
                step.do(act, act.take(life.id))
        except Refused as refusal:
            life.rests = today + 1
            if refusal.code not in WAITS:
                self.refused.append(f"{refusal.code}: {refusal.message}")
                log.warning("a step of the demonstration was refused: %s", refusal.message)
            return False
        return True

    def _next(self, look: Act, life: Life, today: int) -> Step | None:
        """What happens next to a case, and who does it; None while it waits."""
        case = cases.lock(look.db, life.id)
        if life.answers is not None and life.answers <= today:
            life.answers = None
            return Step(APPLICANT, _supplement)
        tasks = [t for t in cases.open_tasks(look.db, life.id) if not t.held and t.stage != CALL]
        if case.state in UNDECIDED and tasks and life.fate.twist in _TWISTS and not life.twisted:
            return self._twist(life, case, tasks[0], today)
        for task in tasks:
            if task.stage not in life.fate.halt and (step := self._step(look, life, case, task, today)):
                return step
        return self._claim(case, tasks)

    def _twist(self, life: Life, case: Case, task: Row, today: int) -> Step:
        life.twisted = life.fate.twist != "resume" or case.paused_at is not None
        life.rests = today + 3
        if life.fate.twist == "withdraw":
            return Step(APPLICANT, _withdraw)
        role, org = ("leader", case.authority_id) if life.fate.twist == "extend" else (task.role, task.org_id)
        return Step(self._holder(role, org), _resume if case.paused_at else _TWISTS[life.fate.twist])

    def _step(self, look: Act, life: Life, case: Case, task: Row, today: int) -> Step | None:
        if task.role in {"applicant", "manager"}:
            return None
        at_window = task.stage in {"prereview", "accept", "deliver"} and task.role == "window"
        by = self._holder(task.role, case.hall_id if at_window else task.org_id)
        if not at_window:
            return self._complete(look, life, case, task, by)
        if task.stage == "deliver":
            return Step(by, self._deliver) if case.state in DECIDED and case.parent_id is None else None
        if (
            life.fate.desk in {"correct", "tolerate"}
            and life.fate.answer
            and case.state is not State.CORRECTED
        ):
            life.answers = today + life.fate.answer
        return _at_desk(life.fate, case, by)

    def _complete(self, look: Act, life: Life, case: Case, task: Row, by: Actor) -> Step | None:
        if case.paused_at is not None or task.assignee_id not in {None, by.id}:
            return None
        node = look.definition(case).nodes[task.node]
        outcome = _outcome(self.random, life.fate, tuple(node.outcomes))
        opinion = _OPINIONS.get(outcome, "经审查，情况属实，予以通过。")
        officers = ("同行人员（演示）",) if node.officers > 1 else ()
        return Step(by, lambda act, _: approver.complete(act, task.id, outcome, opinion, officers))

    def _deliver(self, act: Act, case: Case) -> None:
        method = self.random.choice(("窗口领取", "免费邮寄"))
        waybill = f"EX{self.random.randrange(10**9):09}CN" if method == "免费邮寄" else ""
        desk.deliver(act, case, method, "申请人本人", waybill)

    def _claim(self, case: Case, tasks: Sequence[Row]) -> Step | None:
        """Work that stands still still lies on somebody's desk, now and then."""
        pool = [t for t in tasks if t.assignee_id is None and t.stage in _ANY]
        if case.state not in UNDECIDED or not pool or self.random.random() > 0.2:
            return None
        task = pool[0]
        return Step(self._holder(task.role, task.org_id), lambda act, _: approver.claim(act, task.id))


_OPINIONS = {
    "denied": "经审查，不符合法定条件；如不服可依法申请行政复议或提起行政诉讼。",
    "granted": "经审查，符合法定条件，准予。",
    "fail": "经核查，存在不符合项，详见核查记录。",
}


def _outcome(random: Random, fate: Fate, outcomes: Sequence[str]) -> str:
    if fate.twist == "deny" and "denied" in outcomes:
        return "denied"
    byway = next((o for o in outcomes if o in {"complex", "inspect"}), None)
    if byway and random.random() < 0.4:
        return byway
    return outcomes[0] if outcomes else "done"


def _at_desk(fate: Fate, case: Case, by: Actor) -> Step | None:
    """What the window does with a case that waits for it."""
    if case.state is State.SUBMITTED and fate.desk in {"accept", "correct", "tolerate", "prereview"}:
        return Step(by, lambda act, case: desk.prereview(act, case, passed=True))
    if case.state is State.CORRECTED:
        return Step(by, desk.accept)
    do = _DESK.get(fate.desk)
    return Step(by, do) if do else None


def _tolerate(act: Act, case: Case) -> None:
    """Take promises for what is secondary, on the case or on the members of the bundle; then accept."""
    ids = [row.id for row in cases.members(act.db, case.id)] or [case.id]
    for case_id in ids:
        one = act.take(case_id)
        codes = [line.requirement.code for line in lifecycle.lines(act, one) if line.tolerable]
        if codes and one.state in UNACCEPTED:
            desk.tolerate(act, one, codes, None)
    if case.state in UNACCEPTED:
        desk.accept(act, case)


def _correct(act: Act, case: Case) -> None:
    desk.correct(act, case, {})


def _supplement(act: Act, case: Case) -> None:
    """Bring everything that is asked for and not awaited from somebody else."""
    if case.state not in UNACCEPTED | UNDECIDED:
        return
    wanted = [
        line.requirement.code
        for line in lifecycle.lines(act, case)
        if line.standing not in THERE and line.standing is not Standing.AWAITED
    ]
    if wanted:
        applicant.supplement(act, case, [Handed(code, Standing.RECEIVED) for code in wanted])


def _withdraw(act: Act, case: Case) -> None:
    applicant.withdraw(act, case, "经营计划有变，申请撤回。")


def _resume(act: Act, case: Case) -> None:
    approver.resume(act, case)


def _suspend(act: Act, case: Case) -> None:
    approver.suspend(act, case, "专家评审", f"特别程序告知书（{act.today:%Y}）第{case.id}号，约需十个工作日")


def _extend(act: Act, case: Case) -> None:
    manager.extend(act, case, "现场情况复杂，需补充勘验。")


_DESK: dict[str, Callable[[Act, Case], object]] = {
    "accept": desk.accept,
    "tolerate": _tolerate,
    "correct": _correct,
    "refuse": lambda act, case: desk.refuse(
        act, case, State.NOT_ACCEPTED, "不属于本机关职权范围，请向上级机关申请。"
    ),
    "not_required": lambda act, case: desk.refuse(
        act, case, State.NOT_REQUIRED, "该事项已取消审批，无需办理。"
    ),
    "reject": lambda act, case: desk.prereview(
        act, case, passed=False, reason="上传的材料无法辨认，请重新提交。"
    ),
}
_TWISTS: dict[str, Callable[[Act, Case], object]] = {
    "suspend": _suspend,
    "resume": _suspend,
    "extend": _extend,
    "withdraw": _withdraw,
}


# What they bring.


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, BEIJING)


def _posts(look: Act) -> dict[tuple[str, int], list[Actor]]:
    """Everybody, by the posts he holds himself."""
    found: dict[tuple[str, int], list[Actor]] = {}
    for row in people.staff(look.db):
        found.setdefault((row.role, row.org_id), []).append(people.actor(look.db, row.id, look.at))
    return found


def _is_hasty(act: Act, case_id: int) -> bool:
    return act.matter(act.take(case_id)).terms.promised.unit is not Unit.WORKDAY


def _optional(matter: Matter) -> tuple[str, ...]:
    return tuple(m["matter"] for m in matter.record.get("members") or () if m.get("optional"))


def _handed(act: Act, plan: Plan, flags: Mapping[str, Any]) -> Iterator[Handed]:
    """Everything the matter and its members ask for, but for what the fate leaves out and what members produce."""
    bundle = plan.matter.kind == "bundle"
    taken = [m.matter for m in chosen(plan.matter.record, flags, _optional(plan.matter))] if bundle else []
    versions = [plan.matter, *(act.library.current(act.db, key) for key in taken)]
    asked = {r.code: r for matter in versions for r in matter.requirements if r.applies(flags)}
    own = [r for r in asked.values() if r.produced_by not in taken]
    lacking = [r.code for r in own if plan.fate.lacks and _is_lacking(r, plan.fate.lacks)]
    for requirement in own:
        if requirement.code not in lacking[:1]:
            shared = requirement.source == "shared"
            yield Handed(requirement.code, Standing.SHARED if shared else Standing.RECEIVED)


def _applicant(random: Random, matter: Matter) -> Person:
    """A person or a shop, plainly invented; the numbers are well formed, the names say what they are."""
    if matter.authority in {"SCJG", "XZSP", "CGJ", "DYJ", "CBJ", "XFJY", "YC", "SW", "BANK"}:
        mark = random.choice(("好运来", "晨光", "聚福", "星河", "悦读", "百味", "新起点", "万家"))
        body = f"92510703MA{random.randrange(10**7):07}"
        return Person(
            "company", body + uscc.calc_check_digit(body), f"示范{mark}商行（演示）", _phone(random)
        )
    name = random.choice("赵钱孙李周吴郑王冯陈") + random.choice("甲乙丙丁戊己庚辛壬癸")
    return _citizen(random, name)


def _citizen(random: Random, name: str) -> Person:
    born = date(1955, 1, 1) + timedelta(days=random.randrange(16000))
    body = f"510703{born:%Y%m%d}{random.randrange(1000):03}"
    return Person("person", body + ric.calc_check_digit(body + "0"), f"{name}（演示）", _phone(random))


def _phone(random: Random) -> str:
    return f"1990000{random.randrange(10000):04}"
