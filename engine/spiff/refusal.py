"""How a file is turned away: a code that stays, a sentence, the line where it is known."""

from typing import NoReturn

from engine.domain.errors import Malformed
from engine.spiff.findings import error


def refuse(code: str, message: str, line: int | None = None) -> NoReturn:
    """Raise Malformed with one finding."""
    raise Malformed(message, code=code, line=line, findings=(error(code, None, line, message),))
