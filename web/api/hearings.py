"""Hearings (听证) and agencies (中介服务) of a case."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import proceedings as beside
from engine.queries import sight
from engine.services import engaging, hearing
from engine.services.act import Act
from web import auth, proceedings, schemas
from web.api import shown
from web.api.door import Room, answer, brief, plain, reading

room = Room("hearings", "听证与中介服务")

CASE = "/cases/<key:no>"


def _case(act: Act, no: str) -> Any:
    return act.take(sight.find(act.db, act.by, no))


@room.get(f"{CASE}/hearing", gives=shown.HearingShown)
def show(no: str) -> ResponseReturnValue:
    """Show the latest hearing of a case; empty where there was none."""
    with reading() as look:
        found = beside.hearing_of(look.db, sight.find(look.db, look.by, no), look.at)
        return plain(found) if found else {}


@room.post(f"{CASE}/hearing/announce", takes=proceedings.HearingWords, gives=shown.CaseShown)
def announce(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Tell the applicant that he may be heard (告知听证权利)."""
    with auth.act() as act:
        return answer(act, brief(hearing.announce(act, _case(act, no), **given)))


@room.post(f"{CASE}/hearing/ask", takes=schemas.Reason, gives=shown.CaseShown)
def ask(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Enter that the applicant asks to be heard (听证申请)."""
    with auth.act() as act:
        return answer(act, brief(hearing.ask(act, _case(act, no), **given)))


@room.post(f"{CASE}/hearing/waive", gives=shown.CaseShown)
def waive(_given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Enter that the applicant gives the right up (放弃听证)."""
    with auth.act() as act:
        return answer(act, brief(hearing.waive(act, _case(act, no))))


@room.post(f"{CASE}/hearing/schedule", takes=proceedings.ScheduleHearing, gives=shown.CaseShown)
def schedule(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Set day, place and chair, with seven days' notice (听证通知)."""
    with auth.act() as act:
        return answer(act, brief(hearing.schedule(act, _case(act, no), **given)))


@room.post(f"{CASE}/hearing/hold", takes=proceedings.HoldHearing, gives=shown.CaseShown)
def hold(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Hand the record of a hearing in (听证笔录)."""
    with auth.act() as act:
        return answer(act, brief(hearing.hold(act, _case(act, no), **given)))


@room.post(f"{CASE}/agencies", takes=proceedings.ChooseAgency, gives=shown.CaseShown)
def choose(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Choose an agency: always refused here, for only the applicant chooses, by his tracking code."""
    with auth.act() as act:
        return answer(act, brief(engaging.choose(act, _case(act, no), **given)))


@room.post(
    f"{CASE}/agencies/<number:engagement_id>/finish", takes=proceedings.FinishAgency, gives=shown.CaseShown
)
def finish(given: dict[str, Any], no: str, engagement_id: int) -> ResponseReturnValue:
    """Enter that an agency's service is done (中介服务办完)."""
    with auth.act() as act:
        return answer(act, brief(engaging.finish(act, _case(act, no), engagement_id, **given)))
