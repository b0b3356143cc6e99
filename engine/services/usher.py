"""What the usher does (导办): says who goes first, helps, hands out numbers at the door and calls them."""

from collections.abc import Sequence

from engine.domain import case as life
from engine.domain.case import FINAL, State
from engine.domain.errors import NotNow, must_say
from engine.domain.identity import must_hold
from engine.domain.priority import groups as read
from engine.services import bundle
from engine.services.act import Act
from engine.store import appointments, assists, cases
from engine.store.cases import Case
from engine.store.db import Row


def prefer(act: Act, case: Case, groups: Sequence[str]) -> Case:
    """Let an application go first for who its applicant is (老弱病残孕幼), or no longer where no group is named.

    Why is kept apart and in no journal: lists and colleagues see only that it goes first.
    """
    must_hold(act.by, "window", case.hall_id)
    named = read(groups)
    if case.parent_id is not None:
        raise NotNow("请在“一件事”整件上登记优先。", code="bundle.whole")
    life.must_be(case.state, frozenset(State) - FINAL, "登记优先")
    assists.prefer(act.db, case.id, named, act.at, act.by.id)
    case.first = bool(named)
    assists.lead(act.db, case.id, first=case.first)
    if case.kind == "bundle":
        bundle.lead(act, case)
    act.record("goes first" if named else "goes first no longer", case)
    return case


def assist(act: Act, case: Case, words: str) -> Case:
    """Write down what an applicant was helped with (帮办)."""
    must_hold(act.by, "window", case.hall_id)
    words = must_say(words, "请写明帮办的内容。", code="words.missing", field="words")
    assists.help_(act.db, case_id=case.id, org_id=case.hall_id, words=words, at=act.at, by_id=act.by.id)
    act.record("assisted", case, words=words)
    return case


def draw(act: Act, org_id: int, *, first: bool = False, appointment_id: int | None = None) -> str:
    """Hand out the next number of the day at a hall (取号); who goes first is called first."""
    must_hold(act.by, "window", org_id)
    no = f"{'Y' if first else 'A'}{cases.serial(act.db, f'number {org_id} {act.today:%Y%m%d}'):03d}"
    appointments.draw(
        act.db, org_id=org_id, day=act.today, no=no, first=first, appointment_id=appointment_id,
        taken_at=act.at,
    )  # fmt: skip
    return no


def call(act: Act, org_id: int) -> Row:
    """Call who is next at a hall (叫号). Raises `NotNow` where nobody waits."""
    must_hold(act.by, "window", org_id)
    for number in appointments.waiting(act.db, org_id, act.today):
        if appointments.call(act.db, number.id, act.by.id, act.at):
            return number
    raise NotNow("没有人在等候。", code="number.none")
