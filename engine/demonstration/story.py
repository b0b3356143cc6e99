"""The story itself: a clock that walks through some weeks, and everybody doing what a case's fate asks of him."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from engine.demonstration import deeds, papers, voices
from engine.demonstration.deeds import Step
from engine.demonstration.fates import ANY, BEGINNING, BUNDLES, DAYS, FATES, Fate, Plan, draw
from engine.demonstration.staff import SEED, STREETS
from engine.domain.calendar import Calendar
from engine.domain.case import DECIDED, UNDECIDED, Channel, State
from engine.domain.deadline import BEIJING, day_of
from engine.domain.errors import Refused
from engine.domain.identity import APPLICANT, DISTRICT, HALL, Actor
from engine.domain.limit import Unit
from engine.office import Office
from engine.services import applicant, approver, desk, manager, supervisor
from engine.services.act import Act
from engine.services.mandating import Presented
from engine.services.receiving import Application
from engine.services.seating import CALL
from engine.store import cases, catalog, offers, people, pushes
from engine.store.cases import Case
from engine.store.db import Row
from engine.worker import drain

log = logging.getLogger(__name__)


#: How many steps a case that is promised within hours may take at one sitting.
MOST_STEPS = 12
#: Refusals that only mean: not today.
WAITS = frozenset(
    {
        "decision.gate",
        "bundle.not-its-turn",
        "bundle.member-incomplete",
        "materials.missing",
        "offer.may-decline",
    }
)
#: How people apply; what is begun unasked comes by itself.
APPLIED = (Channel.WINDOW, Channel.ONLINE, Channel.AGENT)
#: What becomes of what is begun unasked: an officer does it, and now and then its person does not want it.
BEGUN = (Fate(0, (0, 0)), Fate(0, (0, 0)), Fate(0, (0, 0), twist="decline"))
#: One in so many grants is not acknowledged by whoever supervises it.
FORGOTTEN = 4
#: What the forms of those ask for whom more follows: it begins unasked by these.
KNOWN = {"medical_years": 30, "mother_insurance": "employee"}
#: When the hall lives: the hours at which somebody looks at every case.
HOURS = (9, 11, 14, 16)


@dataclass(slots=True)
class Life:
    """A case on its way: until when it rests, when its applicant answers, how far its twist has come."""

    id: int
    fate: Fate
    hasty: bool
    rests: int = 0
    answers: int | None = None
    twisted: bool = False


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
        with self.walking.look() as look:
            desk_, district = (look.library.org(look.db, code) for code in (HALL, DISTRICT))
        heard = (self._holder("window", desk_), self._holder("manager", district))
        voices.tell(self.walking, self.random, [life.id for life in self.lives], *heard)

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
            self._adopt()
            if n == 0:
                self._acknowledge()
            for life in self.lives:
                self._live(life, DAYS - ago)

    def _adopt(self) -> None:
        """Whoever works the district's cases works those too that began unasked."""
        known = {life.id for life in self.lives}
        with self.walking.look() as look:
            new = [case_id for case_id in offers.case_ids(look.db) if case_id not in known]
        told = sum(life.fate in BEGUN for life in self.lives)
        self.lives += [
            Life(case_id, BEGUN[n % len(BEGUN)], hasty=False) for n, case_id in enumerate(new, start=told)
        ]

    def _acknowledge(self) -> None:
        """Whoever supervises what was granted says in the morning that he knows, but for what he forgets."""
        with self.walking.look() as look:
            waiting = [(row.id, row.org_id) for row in pushes.waiting(look.db) if row.id % FORGOTTEN]
        for push_id, org in waiting:
            with self.walking.act(self._holder("chief", org)) as act:
                supervisor.acknowledge(act, push_id)

    def _today(self) -> int:
        return DAYS - self.calendar.count(day_of(self.at), day_of(self.now))

    def _pass(self) -> None:
        """Let a minute or three go by, but never beyond the present."""
        self.at = min(self.at + timedelta(seconds=self.random.randint(20, 180)), self.now)

    def _agenda(self, look: Act) -> dict[int, list[Plan]]:
        """Who will apply how many working days ago."""
        known = [look.library.matter(look.db, row.id) for row in catalog.everything(look.db)]
        # a renewal needs a licence that ends; none does within some weeks
        deck = [m for m in known if m.kind == "matter" and "renewal" not in m.record]
        by_key = {matter.key: matter for matter in known}
        self.random.shuffle(deck)
        plans = [
            Plan(draw(deck, fate), fate)
            for fate in FATES
            for _ in range(max(1, round(fate.share * self.size)))
        ]
        plans += [Plan(by_key[key], fate) for key, fate in (*BUNDLES, *BEGINNING)]
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
        channel = plan.fate.channel or self.random.choices(APPLIED, (55, 35, 10))[0]
        street = self.random.choice(list(STREETS))
        agent = papers.citizen(self.random, "代办员") if channel is Channel.AGENT else None
        flags = {q["key"]: self.random.random() < 0.5 for q in plan.matter.record.get("questions") or ()}
        with self.walking.act(self._receptionist(channel)) as act:
            application = Application(
                matter=plan.matter.key,
                applicant=papers.person(self.random, plan.matter),
                channel=channel,
                agent=agent,
                mandate=Presented(act.today + timedelta(days=180)) if agent else None,
                members=papers.optional(plan.matter),
                flags=flags,
                answers={
                    "premises": f"{STREETS[street][0]}示例路{self.random.randint(1, 199)}号",
                    **(KNOWN if plan.matter.record.get("followed_by") else {}),
                },
                materials=tuple(papers.handed(act, plan, {"channel": str(channel), **flags})),
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
            return Step(APPLICANT, deeds.supplement)
        tasks = [t for t in cases.open_tasks(look.db, life.id) if not t.held and t.stage != CALL]
        if case.state in UNDECIDED and tasks and life.fate.twist in deeds.TWISTS and not life.twisted:
            return self._twist(life, case, tasks[0], today)
        for task in tasks:
            if task.stage not in life.fate.halt and (step := self._step(look, life, case, task, today)):
                return step
        return self._claim(case, tasks)

    def _twist(self, life: Life, case: Case, task: Row, today: int) -> Step:
        life.twisted = life.fate.twist != "resume" or case.paused_at is not None
        life.rests = today + 3
        if life.fate.twist in {"withdraw", "decline"}:
            return Step(APPLICANT, deeds.TWISTS[life.fate.twist])
        role, org = ("leader", case.authority_id) if life.fate.twist == "extend" else (task.role, task.org_id)
        return Step(
            self._holder(role, org), deeds.resume if case.paused_at else deeds.TWISTS[life.fate.twist]
        )

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
        return deeds.at_desk(life.fate, case, by)

    def _complete(self, look: Act, life: Life, case: Case, task: Row, by: Actor) -> Step | None:
        if case.paused_at is not None or task.assignee_id not in {None, by.id}:
            return None
        node = look.definition(case).nodes[task.node]
        outcome = deeds.outcome(self.random, life.fate, tuple(node.outcomes))
        opinion = deeds.OPINIONS.get(outcome, "经审查，情况属实，予以通过。")
        officers = ("同行人员（演示）",) if node.officers > 1 else ()
        return Step(by, lambda act, _: approver.complete(act, task.id, outcome, opinion, officers))

    def _deliver(self, act: Act, case: Case) -> None:
        method = self.random.choice(("窗口领取", "免费邮寄"))
        waybill = f"EX{self.random.randrange(10**9):09}CN" if method == "免费邮寄" else ""
        desk.deliver(act, case, method, "申请人本人", waybill)

    def _claim(self, case: Case, tasks: Sequence[Row]) -> Step | None:
        """Work that stands still still lies on somebody's desk, now and then."""
        pool = [t for t in tasks if t.assignee_id is None and t.stage in ANY]
        if case.state not in UNDECIDED or not pool or self.random.random() > 0.2:
            return None
        task = pool[0]
        return Step(self._holder(task.role, task.org_id), lambda act, _: approver.claim(act, task.id))


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
