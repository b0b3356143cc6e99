"""Activities that are repeated: for many at once (会签), one after another, or while a condition holds.

The outer step stands for the activity; each member is a token of an inner step within it. What the
loop counts is seen by conditions inside it and by its own (``nrOfInstances`` and the like), and for
a task with outcomes ``<task>_<outcome>`` says how many chose it, also afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.domain.errors import NotNow
from engine.spiff.activities import plain
from engine.spiff.feel import Expression
from engine.spiff.nodes import Step

if TYPE_CHECKING:
    from engine.spiff.tokens import Plan, Token

#: Members of one multi-instance activity.
MAX_MEMBERS = 1_000


@dataclass(frozen=True, slots=True)
class Many:
    """How a multi-instance activity was drawn."""

    sequential: bool
    count: Expression | None
    items: Expression | None
    item: str | None
    until: Expression | None
    outcomes: tuple[str, ...] = ()


class Repeated(Step):
    """What both kinds of loops share: an inner step, whose tokens stand within the outer one."""

    def __init__(self, plan: Plan, name: str, *, each: str, **words: Any) -> None:
        super().__init__(plan, name, **words)
        self.each = each

    def member(self, my_task: Token, local: dict[str, Any], note: Any = None) -> None:
        """Let one more member begin; *local* is what only it sees, *note* what is told of it outside."""
        case = my_task.workflow
        token = case.put(case.spec.task_specs[self.each], my_task)
        token.internal_data["local"] = local
        if note is not None:
            token.internal_data["note"] = note
        token.arrive()

    def finish(self, my_task: Token) -> None:
        """Whatever is still inside is over."""
        my_task.workflow.clear(my_task)
        my_task.complete()


class Multiple(Repeated):
    """A multi-instance activity: all, any, a ratio or one veto, as its completion condition says."""

    many = True

    def __init__(self, plan: Plan, name: str, *, loop: Many, **words: Any) -> None:
        super().__init__(plan, name, **words)
        self.loop = loop

    def _run_hook(self, my_task: Token) -> bool | None:
        for outcome in self.loop.outcomes:
            my_task.workflow.data[f"{self.node}_{outcome}"] = 0
        items = self._items(my_task)
        count = self._count(my_task) if items is None else len(items)
        if count > MAX_MEMBERS:
            raise self._odd("budget.cardinality", f"实例超过 {MAX_MEMBERS} 个")
        if count == 0:
            return True
        my_task.begin()
        my_task.internal_data["begun"] = 0
        if items is not None:
            my_task.internal_data["items"] = items
        self._say(my_task, count, 0)
        for _ in range(1 if self.loop.sequential else count):
            self._next(my_task)
        return None

    def _items(self, my_task: Token) -> list[Any] | None:
        if self.loop.items is None:
            return None
        found = plain(self.loop.items.run(my_task.workflow.view(my_task), my_task.workflow.budget))
        if not isinstance(found, list):
            raise self._odd("loop.items", "要逐一办理的名单不是列表")
        return found

    def _count(self, my_task: Token) -> int:
        assert self.loop.count is not None
        found = self.loop.count.run(my_task.workflow.view(my_task), my_task.workflow.budget)
        if not isinstance(found, Decimal) or found < 0 or found != found.to_integral_value():
            raise self._odd("loop.count", "实例个数不是非负整数")
        return int(found)

    def _odd(self, code: str, why: str) -> NotNow:
        return NotNow(f"“{self.bpmn_name}”：{why}；请检查多实例的设置", code=code, element=self.node)

    def _say(self, my_task: Token, count: int, done: int) -> None:
        my_task.internal_data["local"] = {
            "nrOfInstances": count,
            "nrOfCompletedInstances": done,
            "nrOfActiveInstances": max(0, min(self._taking_part(my_task), count) - done),
        }

    def _taking_part(self, my_task: Token) -> int:
        """How many have begun and were not dropped; a number once given out is never given again."""
        notes = my_task.internal_data
        return int(notes["begun"]) - int(notes.get("dropped", 0))

    def _next(self, my_task: Token) -> None:
        number = my_task.internal_data["begun"]
        my_task.internal_data["begun"] = number + 1
        said = my_task.internal_data["local"]
        self._say(my_task, said["nrOfInstances"], said["nrOfCompletedInstances"])
        items = my_task.internal_data.get("items")
        local = {"loopCounter": number}
        if items is not None and self.loop.item and number < len(items):
            local[self.loop.item] = items[number]
        self.member(my_task, local, self._added(my_task, said["nrOfInstances"]))

    def _added(self, my_task: Token, count: int) -> Any:
        """The note of the member that begins now, if it was added: those come after all that were drawn."""
        added = my_task.internal_data.get("added", [])
        left = count - self._taking_part(my_task)  # after this one
        return added.pop(0) if left < len(added) else None

    def vote(self, my_task: Token, outcome: object) -> None:
        """Count what one member chose."""
        if outcome in self.loop.outcomes:
            data, name = my_task.workflow.data, f"{self.node}_{outcome}"
            data[name] = data.get(name, 0) + 1

    def emptied(self, my_task: Token) -> None:
        """One member is done."""
        said = my_task.internal_data.get("local", {})
        if my_task.started and said:
            self._say(my_task, said["nrOfInstances"], said["nrOfCompletedInstances"] + 1)
            self._look(my_task)

    def _look(self, my_task: Token) -> None:
        case, said = my_task.workflow, my_task.internal_data["local"]
        if self.loop.until is not None and self.loop.until.holds(case.view(my_task), case.budget):
            self.finish(my_task)
        elif case.inside(my_task):
            return
        elif self._taking_part(my_task) < said["nrOfInstances"]:
            self._next(my_task)
        else:
            self.finish(my_task)

    def add(self, my_task: Token, note: Any = None) -> None:
        """One more member takes part (加签); in a sequence it comes last, and *note* waits for it."""
        said = my_task.internal_data["local"]
        if said["nrOfInstances"] >= MAX_MEMBERS:
            raise self._odd("budget.cardinality", f"实例超过 {MAX_MEMBERS} 个")
        self._say(my_task, said["nrOfInstances"] + 1, said["nrOfCompletedInstances"])
        my_task.internal_data.setdefault("added", []).append(note)
        if not self.loop.sequential:
            self._next(my_task)

    def drop(self, my_task: Token, member: Token) -> None:
        """One member takes part no more (减签): it is counted neither as done nor as to do."""
        self._must_not_be_last(my_task)
        notes, said = my_task.internal_data, my_task.internal_data["local"]
        my_task.workflow.take(member)
        notes["dropped"] = notes.get("dropped", 0) + 1
        self._say(my_task, said["nrOfInstances"] - 1, said["nrOfCompletedInstances"])
        self._look(my_task)

    def unqueue(self, my_task: Token, note: Any) -> None:
        """One who was added, but whose turn has not come, takes part no more."""
        said = my_task.internal_data["local"]
        my_task.internal_data["added"].remove(note)
        self._say(my_task, said["nrOfInstances"] - 1, said["nrOfCompletedInstances"])

    def _must_not_be_last(self, my_task: Token) -> None:
        if my_task.internal_data["local"]["nrOfInstances"] <= 1:
            raise NotNow("会签至少要留一个人；请改为转办，或由他办结", code="loop.last", element=self.node)


class Again(Repeated):
    """A standard loop: once more while its condition holds, asked before or after each round."""

    def __init__(
        self, plan: Plan, name: str, *, holds: Expression | None, before: bool, most: int | None, **words: Any
    ) -> None:
        super().__init__(plan, name, **words)
        self.holds = holds
        self.before = before
        self.most = most

    def _run_hook(self, my_task: Token) -> bool | None:
        if self.before and not self._once_more(my_task, 0):
            return True
        my_task.begin()
        self.member(my_task, {"loopCounter": 0})
        return None

    def _once_more(self, my_task: Token, rounds: int) -> bool:
        if self.most is not None and rounds >= self.most:
            return False
        case = my_task.workflow
        return self.holds is None or self.holds.holds(case.view(my_task), case.budget)

    def emptied(self, my_task: Token) -> None:
        """One round is done."""
        if not my_task.started or my_task.workflow.inside(my_task):
            return
        rounds = my_task.internal_data.get("rounds", 0) + 1
        my_task.internal_data["rounds"] = rounds
        if self._once_more(my_task, rounds):
            self.member(my_task, {"loopCounter": rounds})
        else:
            self.finish(my_task)
