"""What an event waits for or says: a deadline, something told, a condition, or several of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from engine.spiff.feel import Expression

if TYPE_CHECKING:
    from engine.spiff.tokens import Token

#: What is raised upwards through the scopes, and not told to everybody.
RAISED = frozenset({"error", "escalation"})


class Nothing(EventDefinition):
    """An event that only marks a point."""


class Deadline(EventDefinition):
    """A timer that never looks at the clock: others count it, and fire it."""

    def __init__(self, name: str, kind: str, text: str, calendar: str) -> None:
        super().__init__(name)
        self.kind = kind
        self.text = text
        self.calendar = calendar


class Told(EventDefinition):
    """A message or a signal by its name, an error or an escalation by its code ("" is any).

    ``pieces`` are the parts of a name that is put together from the flags when it is listened for.
    """

    def __init__(self, kind: str, name: str, pieces: tuple[str | Expression, ...] = ()) -> None:
        super().__init__(name)
        self.kind = kind
        self.pieces = pieces

    def called(self, token: Token) -> str:
        """Return the name as it is at *token*."""
        if not self.pieces:
            return str(self.name)
        view, budget = token.workflow.view(token), token.workflow.budget
        said = [piece if isinstance(piece, str) else piece.run(view, budget) for piece in self.pieces]
        return "".join("" if part is None else str(part) for part in said)


class When(EventDefinition):
    """A condition on the flags; it happens when it becomes true."""

    def __init__(self, name: str, condition: Expression) -> None:
        super().__init__(name)
        self.condition = condition


class Several(EventDefinition):
    """Several events: one of them is caught, or every one of them; all of them are thrown."""

    def __init__(self, name: str, parts: tuple[EventDefinition, ...], *, every: bool = False) -> None:
        super().__init__(name)
        self.parts = parts
        self.every = every


def parts_of(definition: EventDefinition) -> tuple[EventDefinition, ...]:
    """Return the single events *definition* consists of."""
    return definition.parts if isinstance(definition, Several) else (definition,)


def repeats(text: str) -> float:
    """Return how often a cycle such as ``R3/P1D`` comes; ``R/P1D`` has no end."""
    count = text.partition("/")[0].removeprefix("R")
    return int(count) if count else float("inf")
