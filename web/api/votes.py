"""A committee's votes (决策委员会): what one is to vote on, convened, cast, closed."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import proceedings as beside
from engine.services import voting
from web import auth, proceedings
from web.api import shown
from web.api.door import Room, answer, brief, plain, reading

room = Room("votes", "委员会表决")

VOTE = "/tasks/<number:task_id>/vote"


@room.get("/votes", gives=shown.ListShown)
def mine() -> ResponseReturnValue:
    """List the votes one is a member of."""
    with reading() as look:
        return {"items": plain(beside.my_votes(look.db, look.by))}


@room.get(VOTE, gives=shown.VoteShown)
def show(task_id: int) -> ResponseReturnValue:
    """Show a vote; what others chose is told when it is over."""
    with reading() as look:
        told: dict[str, Any] = plain(
            beside.vote_of(look.db, look.library.definition, look.by, task_id, look.at)
        )
        return told


@room.post(f"{VOTE}/convene", takes=proceedings.Convene, gives=shown.CaseShown)
def convene(given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Put a question to a committee (提请表决), or put the end of its vote off."""
    with auth.act() as act:
        return answer(act, brief(voting.convene(act, task_id, **given)))


@room.post(f"{VOTE}/cast", takes=proceedings.Cast, gives=shown.CaseShown)
def cast(given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Vote (投票)."""
    with auth.act() as act:
        return answer(act, brief(voting.cast(act, task_id, **given)))


@room.post(f"{VOTE}/recuse", takes=proceedings.Recuse, gives=shown.CaseShown)
def recuse(given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Let a member take no part (回避)."""
    with auth.act() as act:
        return answer(act, brief(voting.recuse(act, task_id, **given)))


@room.post(f"{VOTE}/close", takes=proceedings.CloseVote, gives=shown.CaseShown)
def close(given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """End a vote with its minutes (会议纪要)."""
    with auth.act() as act:
        return answer(act, brief(voting.close(act, task_id, **given)))
