"""What people say at the end of the story: they rate, ask, complain; one bad rating is put right, others wait."""

from collections.abc import Iterable
from random import Random

from engine.domain.case import DECIDED, State
from engine.domain.identity import APPLICANT, Actor
from engine.domain.rating import About, Level
from engine.domain.ticket import Cause, Kind, Source
from engine.office import Office
from engine.services import appraising, rectifying, ticketing
from engine.services.appraising import Said
from engine.services.ticketing import Told
from engine.store import cases, ratings

#: What is said with each level.
WORDS = {
    Level.VERY_GOOD: "一次就办好了",
    Level.GOOD: "比原来方便",
    Level.FAIR: "等候时间还可以再短些",
    Level.BAD: "材料说了两次才说清楚",
    Level.VERY_BAD: "问了三个窗口才找对",
}
#: What comes to the window and by telephone.
TICKETS = (
    Told(Kind.CONSULT, "小餐饮许可要准备哪些材料？", matter="small_catering", caller="来电人（演示）"),
    Told(
        Kind.STUCK, "房屋没有产权证，材料开不出来。", caller="王先生（演示）", cause=Cause.MATERIALS,
        matter="food_operation_new",
    ),
    Told(
        Kind.STUCK, "租赁合同备案要先有执照，执照又要先备案。", caller="李女士（演示）",
        cause=Cause.MATERIALS, matter="food_operation_new",
    ),
    Told(
        Kind.STUCK, "平面图找不到人画。", caller="赵先生（演示）", cause=Cause.MATERIALS,
        matter="food_operation_new",
    ),
    Told(
        Kind.COMPLAINT, "电话一直没人接。", source=Source.HOTLINE, caller="孙女士（演示）",
        cause=Cause.SLOW, connected=True,
    ),
)  # fmt: skip


def tell(office: Office, random: Random, case_ids: Iterable[int], window: Actor, manager: Actor) -> None:
    """Let some of those whose case is decided rate it, and others come with something else."""
    rated = [_rate(office, random, case_id) for case_id in case_ids]
    bad = [rating_id for rating_id in rated if rating_id]
    for rating_id in bad[:1]:
        _put_right(office, rating_id, manager)
    for told in TICKETS:
        with office.act(window) as act:
            ticketing.take(act, told)


def _rate(office: Office, random: Random, case_id: int) -> int | None:
    """Rate a case, or not; return the rating's id where it is a bad one."""
    with office.look() as look:
        case = cases.lock(look.db, case_id)
    if case.parent_id is not None or case.state not in DECIDED | {State.DELIVERED} or random.random() < 0.6:
        return None
    level = random.choices(tuple(Level), (42, 24, 10, 14, 10))[0]
    about = random.choice((About.WHOLE, About.INTAKE, About.REVIEW))
    said = Said(level, about=about, words=WORDS[level], named=random.random() < 0.7)
    with office.act(APPLICANT) as act:
        receipt = appraising.rate(act, act.take(case_id), said)
        return receipt.id if ratings.rectification(act.db, receipt.id) else None


def _put_right(office: Office, rating_id: int, by: Actor) -> None:
    with office.act(by) as act:
        rectifying.verify(act, rating_id, "已查阅办件，并向经办部门核实：告知单漏列一项。")
    with office.act(by) as act:
        rectifying.rectify(act, rating_id, "已更正告知单模板，并向申请人致歉。")
