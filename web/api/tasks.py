"""Tasks: the list of an actor, and what he does with one."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import inbox, register, sight
from engine.queries.pools import Filter, View
from engine.services import approver, colleague
from engine.services.act import Act
from web import auth, schemas
from web.api import shown
from web.api.door import Room, answer, brief, plain, reading

room = Room("tasks", "任务")

TASK = "/tasks/<number:task_id>"


def _task(act: Act, task_id: int) -> dict[str, Any]:
    task = register.task(act.db, task_id)
    node = act.library.definition(act.db, task.definition_id).nodes.get(task.node)  # it may be redrawn since
    told = {name: value for name, value in plain(task).items() if name not in {"case_id", "definition_id"}}
    officers, outcomes = (node.officers, node.outcomes) if node else (1, {})
    return {**told, "officers": officers, "outcomes": dict(outcomes)}


@room.get("/tasks", takes=schemas.Inbox, gives=shown.ListShown)
def mine(given: dict[str, Any]) -> ResponseReturnValue:
    """Page through one's tasks, most urgent first; of the pool what one may take now (当班), or with ``whole`` all."""
    with reading() as look:
        page = inbox.items(
            look.db,
            look.by,
            look.at,
            look.calendar,
            View(given["view"]),
            Filter(given["q"], given["matter"], given["whole"]),
            given["cursor"],
            given["limit"],
        )
    return {"items": plain(page.items), "counts": plain(page.counts), "next": page.cursor}


@room.get(TASK, gives=shown.TaskShown)
def show(task_id: int) -> ResponseReturnValue:
    """Show a task, and what it may be completed with."""
    with reading() as look:
        sight.must_see(look.db, look.by, register.task(look.db, task_id).case_id)
        return _task(look, task_id)


@room.post(f"{TASK}/claim", gives=shown.TaskShown)
def claim(_given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Take a task from the pool (认领)."""
    with auth.act() as act:
        approver.claim(act, task_id)
        return answer(act, _task(act, task_id))


@room.post(f"{TASK}/release", gives=shown.TaskShown)
def release(_given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Give a claimed task back to the pool."""
    with auth.act() as act:
        approver.release(act, task_id)
        return answer(act, _task(act, task_id))


@room.post(f"{TASK}/complete", takes=schemas.Complete, gives=shown.CaseShown)
def complete(given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Complete a step with one of its outcomes and an opinion."""
    with auth.act() as act:
        return answer(act, brief(approver.complete(act, task_id, **given)))


@room.post(f"{TASK}/return", takes=schemas.Return, gives=shown.CaseShown)
def return_(given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Send the case back to an earlier step (退回)."""
    with auth.act() as act:
        return answer(act, brief(approver.return_(act, task_id, **given)))


@room.post(f"{TASK}/recall", gives=shown.CaseShown)
def recall(_given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Take one's own completed step back while nobody is at what followed (拿回)."""
    with auth.act() as act:
        return answer(act, brief(approver.recall(act, task_id)))


@room.post(f"{TASK}/transfer", takes=schemas.Transfer, gives=shown.TaskShown)
def transfer(given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Give a task over to somebody else who holds its post (转办); a manager may give anybody's (改派)."""
    with auth.act() as act:
        colleague.transfer(act, task_id, given["user"], given["reason"])
        return answer(act, _task(act, task_id))


@room.post(f"{TASK}/delegate", takes=schemas.Delegate, gives=shown.TaskShown)
def delegate(given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Entrust a task to somebody of the department; his completing it brings it back with his opinion (委派)."""
    with auth.act() as act:
        colleague.delegate(act, task_id, given["user"], given["words"])
        return answer(act, _task(act, task_id))


@room.post(f"{TASK}/add-signer", takes=schemas.AddSigner, gives=shown.CaseShown)
def add_signer(given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Let one more person sign a joint step (加签)."""
    with auth.act() as act:
        return answer(act, brief(approver.add_signer(act, task_id, given["user"], given["reason"])))


@room.post(f"{TASK}/remove-signer", takes=schemas.RemoveSigner, gives=shown.CaseShown)
def remove_signer(given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Let the signer of this task, or ``user`` beside it, sign no more (减签)."""
    with auth.act() as act:
        return answer(act, brief(approver.remove_signer(act, task_id, given["user"], given["reason"])))


@room.post(f"{TASK}/remind", takes=schemas.Remind, gives=shown.CaseShown)
def remind(given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Remind whoever holds a task (催办)."""
    with auth.act() as act:
        sight.must_see(act.db, act.by, register.task(act.db, task_id).case_id)
        return answer(act, brief(colleague.remind(act, task_id, given["words"])))


@room.post(f"{TASK}/copy", takes=schemas.Copy, gives=shown.CaseShown)
def copy(given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Show a case at this step to others for information (抄送)."""
    with auth.act() as act:
        return answer(act, brief(colleague.copy(act, task_id, given["users"], given["words"])))
