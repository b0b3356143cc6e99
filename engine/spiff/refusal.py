"""How a file is turned away: a code that stays, a sentence, the line where it is known."""

from typing import NoReturn

from engine.domain.errors import Malformed, TooLarge
from engine.spiff.findings import Bar, error


def refuse(code: str, message: str, line: int | None = None) -> NoReturn:
    """Raise Malformed, or TooLarge, with one finding."""
    found = error(code, None, line, message).barring(Bar.KEEPING)
    family = TooLarge if code == "upload.too-large" else Malformed
    raise family(message, code=code, line=line, findings=(found,))
