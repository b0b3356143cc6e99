"""The reference matter: twelve tasks on the whole way, three of them side by side, two loops, three timers.

Drawn once, written twice: in our dialect, and in the Python that stock SpiffWorkflow evaluates.
"""

from collections.abc import Iterator, Sequence

import yaml

from engine.domain.identity import CLOCK, Actor
from engine.office import Office
from engine.services import applicant, approver, desk, drawings
from engine.store import cases, catalog
from engine.store.cases import Case
from tests import builders
from tests.people import Staff
from tests.spiff.diagrams import Diagram

KEY = "reference"
#: node → (label, role, stage) in the order they are done; no member of staff is asked twice in a row.
TASKS = {
    "accept": ("受理", "window", "accept"),
    "register": ("登记", "approver", "review"),
    "inspect": ("现场核查", "inspector", "inspect"),
    "review": ("材料审查", "approver", "review"),
    "expert": ("专家评审", "chief", "review"),
    "fire": ("消防会签", "approver", "review"),
    "water": ("环保会签", "inspector", "review"),
    "compare": ("比对", "approver", "audit"),
    "audit": ("审核", "chief", "audit"),
    "decide": ("决定", "leader", "decide"),
    "certify": ("制证", "approver", "review"),
    "deliver": ("送达", "window", "deliver"),
}
OUTCOMES = {
    "accept": "accepted=予以受理;tolerated=容缺受理;correct=补正告知;refused=不予受理;not_required=无需受理",
    "decide": "granted=准予;denied=不予;return=退回",
    "deliver": "delivered=已送达",
}
GOOD = {name: OUTCOMES.get(name, "pass=通过").partition("=")[0] for name in TASKS}
#: Which departments are asked, by the flag that asks for them; here both are.
ASKED = {"fire_risk": "fire", "waste_water": "water"}
FLAGS = dict.fromkeys(ASKED, True)


def diagram(*, stock: bool = False) -> Diagram:
    """Return the matter, with conditions and durations as FEEL or, for stock, as Python."""
    is_, quote = ("==", '"') if stock else ("=", "")
    d = Diagram(KEY, "参照事项").start().end().end("refused").end("withdrawn").end("urged").end("reminded")
    for name, (label, role, stage) in TASKS.items():
        limit = {} if stage in {"accept", "deliver"} else {"limit": "3 workday"}
        d.user(name, label, role, stage=stage, outcomes=OUTCOMES.get(name, "pass=通过"), **limit)
    d.user("correct", "补正", "applicant", stage="correct")
    d.user("urge", "催办", "manager", stage="urge").user("remind", "督办", "manager", stage="urge")
    d.gate("exclusive", "again", "checked", "back", "decided").gate("parallel", "fork", "join")
    d.gate("inclusive", "ask", "asked")
    d.timer("slow", "inspect", f"{quote}P10D{quote}", interrupting=False)
    d.timer("late", "audit", f"{quote}P15D{quote}", interrupting=False)
    d.timer("unanswered", "correct", f"{quote}P60D{quote}")
    d.path("begin", "again", "accept", "checked").path("checked", "back", default=True)
    d.path("checked", "correct", "again", when=f'accept {is_} "correct"')
    d.path("checked", "refused", when=f'accept {is_} "refused"')
    d.path("back", "register", "fork").path("join", "ask").path(
        "asked", "compare", "audit", "decide", "decided"
    )
    for side in ("inspect", "review", "expert"):
        d.path("fork", side, "join")
    for flag, asked in ASKED.items():
        d.path("ask", asked, "asked", when=flag)
    d.path("ask", "asked", default=True)
    d.path("decided", "back", when=f'decide {is_} "return"').path("decided", "certify", default=True)
    d.path("certify", "deliver", "done")
    return d.path("slow", "urge", "urged").path("late", "remind", "reminded").path("unanswered", "withdrawn")


def publish(office: Office) -> None:
    """Put the matter in force, with the terms and materials of 食品经营许可."""
    path = office.settings.bpmn / "matters" / "food_operation_new" / "matter.yaml"
    record = yaml.safe_load(path.read_text(encoding="utf8"))
    record |= {"key": KEY, "name": "参照事项", "questions": [{"key": key, "text": key} for key in FLAGS]}
    with office.act(CLOCK) as act:
        row = drawings.keep(act, diagram().xml(), KEY, published=True)
        catalog.publish(act.db, "matter", record, row.id, act.at)


class Walker:
    """Takes cases of the reference matter through the office, act by act, with an idempotency key each."""

    def __init__(self, office: Office, staff: Staff) -> None:
        self.office, self.staff = office, staff
        self.asked = builders.application(office, KEY, flags=FLAGS)
        with office.look() as look:
            self.authority = look.library.current(look.db, KEY).authority

    def who(self, role: str) -> Actor:
        return self.staff["lin"] if role == "window" else self.staff.of(role, self.authority)

    def apply(self, key: str) -> int:
        """Take an application in; return the case's id."""
        with self.office.act(self.staff["lin"], f"{key}:apply", {"do": "apply"}) as act:
            case = applicant.apply(act, self.asked)
            act.answer = {"no": case.no}
        return case.id

    def accept(self, key: str, case_id: int) -> None:
        with self.office.act(self.staff["lin"], f"{key}:accept", {"do": "accept"}) as act:
            act.answer = {"no": desk.accept(act, act.take(case_id)).no}

    def deliver(self, key: str, case_id: int) -> None:
        with self.office.act(self.staff["lin"], f"{key}:deliver", {"do": "deliver"}) as act:
            act.answer = {"no": desk.deliver(act, act.take(case_id), "窗口领取", "王小满").no}

    def complete(self, key: str, task_id: int, node: str) -> Case:
        with self.office.act(self.who(TASKS[node][1]), f"{key}:{node}", {"task": task_id}) as act:
            case = approver.complete(act, task_id, GOOD[node], "同意", ["同行员"])
            act.answer = {"no": case.no}
        return case

    def waiting(self, case_id: int) -> Sequence[tuple[int, str]]:
        """The open tasks of a case that an approver completes."""
        with self.office.look() as look:
            return [(t.id, t.node) for t in cases.open_tasks(look.db, case_id) if t.node != "deliver"]

    def tasks(self, case_id: int) -> Iterator[tuple[int, str]]:
        """Every task between acceptance and delivery as it opens; each is to be completed before the next."""
        while waiting := self.waiting(case_id):
            yield from waiting

    def life(self, key: str) -> int:
        """One case from application to delivery: thirteen acts."""
        case_id = self.apply(key)
        self.accept(key, case_id)
        for task_id, node in self.tasks(case_id):
            self.complete(key, task_id, node)
        self.deliver(key, case_id)
        return case_id
