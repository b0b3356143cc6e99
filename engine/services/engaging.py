"""Acting on agencies (中介服务): the applicant chooses his own, and its time counts unless a law asks for it."""

from engine.domain import intermediary
from engine.domain.case import UNDECIDED, must_be
from engine.domain.deadline import due
from engine.domain.errors import NotNow
from engine.domain.identity import Role, must_hold
from engine.services import halting
from engine.services.act import Act
from engine.store import engagements, stops
from engine.store.cases import Case


def choose(act: Act, case: Case, service: str, agency: str) -> Case:
    """Choose an agency, as the applicant himself; what a law requires of it stops the clocks (浙江 28 条)."""
    known = intermediary.services(act.matter(case).record)
    chosen = intermediary.chosen(service, agency, known, himself=act.by.id is None)
    must_be(case.state, UNDECIDED, "选取中介机构")
    if any(row.service == service and row.ended_at is None for row in engagements.of_case(act.db, case.id)):
        raise NotNow("这项中介服务正在进行，办完后才能另选。", code="intermediary.running", field="service")
    act.record("agency chosen", case, service=service, agency=agency.strip())
    stop = None
    if chosen.excluded:
        words = (
            f"本件依法须进行{chosen.ground}，由申请人自主选择的{agency.strip()}进行，所需时间不计入办理时限。"
        )
        stop = halting.begin(act, case, chosen.ground, words, chosen.limit)
    engagements.add(
        act.db, case_id=case.id, service=service, agency=agency.strip(), counted=not chosen.excluded,
        limit_text=str(chosen.limit), chosen_at=act.at, due_at=due(chosen.limit, act.at, act.calendar_of(case)),
        stop_id=stop,
    )  # fmt: skip
    return case


def finish(act: Act, case: Case, engagement_id: int, result: str) -> Case:
    """Write down that the agency is done, by the applicant or the window; what it stopped goes on."""
    if act.by.id is not None:
        must_hold(act.by, Role.WINDOW, case.hall_id)
    row = engagements.get(act.db, case.id, engagement_id)
    if row.ended_at is not None:
        raise NotNow("这项中介服务已经办完。", code="intermediary.over")
    engagements.end(act.db, row.id, ended_at=act.at, result=result.strip())
    act.record("agency finished", case, service=row.service, agency=row.agency, result=result.strip())
    for stop in stops.open_(act.db, case.id):
        if stop.id == row.stop_id:
            halting.end(act, case, stop, result.strip() or f"{row.service}已完成")
    return case
