"""How the engine says no: one family of refusals, drawn once.

Refused
├── Malformed     the input cannot be read or breaks a form rule
│   └── TooLarge  it is more than is taken in at once
├── Incomplete    something that must be there is missing
├── NotYours      the actor holds no post that may do this
├── NotFound      there is no such thing (or none you may see)
├── NotNow        the thing is not in a state that allows it
│   └── Halted    the case's diagram itself cannot go on; leaves an incident
├── Stale         somebody acted on it since you looked
├── Taken         somebody else holds it
└── AlreadyDone   the same command was carried out before; carries its answer

`must_say` draws the commonest of them: words that must be there.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class Refused(Exception):
    """A refusal is an answer: a stable *code*, a sentence a clerk can read, and what it is about."""

    code = "refused"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        element: str | None = None,
        field: str | None = None,
        findings: Sequence[Any] = (),
        **about: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.element = element
        self.field = field
        self.findings = tuple(findings)
        self.about = about


class Malformed(Refused):
    """The input cannot be read, or breaks a rule of form."""

    code = "malformed"


class TooLarge(Malformed):
    """The input is more than is taken in at once."""

    code = "too-large"


class Incomplete(Refused):
    """Something that must be there is missing."""

    code = "incomplete"


def must_say(text: str, refusal: str, *, code: str = "words.missing", field: str = "words") -> str:
    """Return *text* without the space around it. Raises `Incomplete` with *refusal* where nothing is said."""
    said = text.strip()
    if not said:
        raise Incomplete(refusal, code=code, field=field)
    return said


class NotYours(Refused):
    """The actor holds no post that may do this."""

    code = "not-yours"


class NotFound(Refused):
    """There is no such thing, or none the actor may see."""

    code = "not-found"


class NotNow(Refused):
    """The thing is not in a state that allows it."""

    code = "not-now"


class Halted(NotNow):
    """The case's diagram itself cannot go on, through no fault of the actor: nothing was done.

    *about* names what was tried, always alike; *what* says it in a word. A case that was only being made has
    no *case_id*, for it is gone; its *matter* is left.
    """

    code = "halted"

    def __init__(
        self,
        message: str,
        *,
        code: str,
        element: str | None,
        about: str,
        what: str,
        matter: str,
        case_id: int | None,
    ) -> None:
        super().__init__(message, code=code, element=element, tried=about, what=what)
        self.tried, self.what, self.matter, self.case_id = about, what, matter, case_id


class Stale(Refused):
    """Somebody acted on it since the actor looked."""

    code = "stale"


class Taken(Refused):
    """Somebody else holds it."""

    code = "taken"


class AlreadyDone(Refused):
    """The same command was carried out before; ``answer`` is what it answered then."""

    code = "already-done"

    def __init__(self, message: str, *, answer: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.answer = answer
