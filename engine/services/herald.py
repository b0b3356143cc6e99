"""What somebody tells the cases from outside: a message to one that waits for it, or one that begins a case."""

from collections.abc import Mapping
from typing import Any

from engine.domain.errors import Incomplete, Malformed, NotNow, NotYours
from engine.domain.identity import Role
from engine.services import advance, receiving, talk
from engine.services.act import Act
from engine.services.receiving import Application
from engine.spiff import runtime
from engine.spiff.parser import Definition
from engine.store import catalog
from engine.store.cases import Case
from engine.store.db import Row


def message(
    act: Act,
    name: str,
    no: str | None = None,
    flags: Mapping[str, Any] = advance.NOTHING,
    applied: Application | None = None,
) -> Case:
    """Tell a message to case *no*, else to the one that waits for it, else to the matter that begins with it.

    It takes a post where the case is handled, or the manager's. A case is only begun with an application. Raises
    `NotNow` where nobody waits for it, or several do and none is named.
    """
    case = act.case(no) if no else None if applied else _waiting(act, name)
    if case is None:
        return _begin(act, name, flags, applied)
    _must_handle(act, case.hall_id, case.authority_id)
    if not advance.hears(act, case, "message", name):
        raise NotNow(f"该办件现在没有在等消息“{name}”。", code="message.unheard", field="name")
    _must_be_new(flags, act.definition(case), case.flags)
    act.record("told", case, kind="message", name=name, flags=dict(flags))
    advance.tell(act, case, "message", name, flags)
    return case


def _waiting(act: Act, name: str) -> Case | None:
    found = talk.listeners(act, talk.running(act, "message", name), "message", name)
    mine = [row for row in found if _handles(act, row.hall_id, row.authority_id)]
    if len(mine) > 1:
        raise NotNow(
            f"有 {len(mine)} 件在等消息“{name}”，请写明办件编号。", code="message.ambiguous", field="case"
        )
    return act.take(mine[0].id) if mine else None


def _begin(act: Act, name: str, flags: Mapping[str, Any], applied: Application | None) -> Case:
    begins = {row.key: node for row in catalog.everything(act.db) if (node := _start(act, row, name))}
    if not begins:
        raise NotNow(f"没有办件在等消息“{name}”，也没有事项由它开始。", code="message.unheard", field="name")
    if applied is None:
        raise Incomplete(
            f"消息“{name}”会开始一个办件，请附上申请（application）。",
            code="message.application",
            field="application",
        )
    if applied.matter not in begins:
        raise Malformed(f"该事项不由消息“{name}”开始。", code="message.not-start", field="application.matter")
    if not act.by.posts:
        raise NotYours("只有工作人员可以用消息开始办件。", code="post.missing")
    current = act.library.current(act.db, applied.matter)
    _must_be_new(flags, act.library.definition(act.db, current.definition_id), applied.flags)
    return receiving.take_in(act, applied, begins[applied.matter], flags)


def _start(act: Act, row: Row, name: str) -> str | None:
    return runtime.begins_with(act.library.definition(act.db, row.definition_id), "message", name)


def _handles(act: Act, *orgs: int) -> bool:
    return act.by.holds(Role.MANAGER) or any(post.org in orgs for post in act.by.posts)


def _must_handle(act: Act, *orgs: int) -> None:
    if not _handles(act, *orgs):
        raise NotYours("只有办理该件的大厅、部门或督办管理岗可以发送消息。", code="post.missing")


def _must_be_new(flags: Mapping[str, Any], drawn: Definition, known: Mapping[str, Any]) -> None:
    """What a person chose at a step, or the applicant answered, is not overwritten by a message."""
    nodes = drawn.nodes
    taken = sorted(n for n in flags if n in known or n in nodes or n.rpartition("_")[0] in nodes)
    if taken:
        raise Malformed(
            f"“{taken[0]}”是环节的办理结论或申请时的情形，不能由消息改写。", code="message.vars", field="vars"
        )
