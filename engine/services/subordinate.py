"""What an authority below does with what one above decides (初审、转报): review, and pass up as it stands."""

from engine.domain import case as life
from engine.domain import material
from engine.domain.case import UNDECIDED, State
from engine.domain.clock import Clock
from engine.domain.errors import Incomplete, Malformed, NotNow, must_say
from engine.services import advance, halting, holding, lifecycle, timing
from engine.services.act import Act
from engine.store import cases, deadlines, referrals
from engine.store.cases import Case

#: The clocks that bind whoever decides; they begin anew above, as of a direct submission.
_DECIDING = (Clock.PROMISED, Clock.LEGAL)


def report_up(act: Act, task_id: int, outcome: str, opinion: str) -> Case:
    """Complete the initial review and pass the whole case up (行政许可法 43 条, R-LIM-3).

    What goes up is complete: the authority above may not ask for anything again. Raises `NotNow` where nobody
    above decides the matter, `Incomplete` without an opinion or with a material still to come.
    """
    case = act.take_of(task_id)
    task = holding.mine(act, task_id)
    matter = act.matter(case)
    if matter.terms.initial is None:
        raise NotNow("本事项由本机关决定，不须转报上级。", code="referral.own")
    life.must_be(case.state, UNDECIDED - {State.TRANSFERRED}, "转报")
    node = act.definition(case).nodes[task.node]
    if node.outcomes and outcome not in node.outcomes:
        raise Malformed(
            f"本环节的结论只能是：{'、'.join(node.outcomes.values())}。", code="task.outcome", field="outcome"
        )
    _must_be_whole(act, case, opinion)
    halting.must_not_hold(act, case, task)
    above = act.library.org(act.db, matter.record["initial_review"]["to"])
    _pass(act, case, above, opinion.strip())
    advance.complete(act, case, task, outcome, opinion)
    return case


def _must_be_whole(act: Act, case: Case, opinion: str) -> None:
    must_say(opinion, "转报须附初审意见。", code="referral.opinion", field="opinion")
    lacking = material.outstanding(lifecycle.lines(act, case))
    if lacking:
        names = "、".join(line.requirement.name for line in lacking)
        raise Incomplete(
            f"材料未齐，不能转报（上级不得要求重复提供）：{names}。",
            code="referral.incomplete",
            field="materials",
        )


def _pass(act: Act, case: Case, above: int, opinion: str) -> None:
    """The review is over; the limits of who decides begin, and what is left of the diagram is his."""
    running = {row.clock: row for row in deadlines.running(act.db, case.id)}
    referrals.add(
        act.db, case_id=case.id, from_id=case.authority_id, to_id=above, opinion=opinion, by_id=act.by.id,
        at=act.at, due_at=running[Clock.TRANSFER].due_at,
    )  # fmt: skip
    lifecycle.change(act, case, State.TRANSFERRED)
    timing.settle(act, case, (*_DECIDING, Clock.TRANSFER))
    case.authority_id, case.acting_id = above, above
    cases.pass_up(act.db, case.id, above)
    terms = act.matter(case).terms
    limits = zip(_DECIDING, (terms.promise(case.flags), terms.legal), strict=True)
    begun = [timing.row(act, case, clock, limit, act.at, "", terms.precision) for clock, limit in limits]
    timing.start(act, case, begun)
    act.record("reported up", case, to=act.library.place(act.db, above).name, opinion=opinion)
