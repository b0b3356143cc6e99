"""Script tasks that only set flags: ``name = expression``, line by line. Nothing else is a script here."""

import re

from engine.domain.errors import Malformed
from engine.spiff import idioms
from engine.spiff.drawing import Element
from engine.spiff.feel import Expression

#: What a script may say its language is; anything else would need an interpreter.
LANGUAGES = frozenset({"", "feel", "juel"})
_ASSIGNMENT = re.compile(r"([^\W\d]\w*)\s*=\s*(?!=)(.+)")


def assignments(element: Element) -> tuple[tuple[str, Expression], ...]:
    """Return what the script of *element* sets, or raise Malformed ``script.refused``."""
    language = element.attributes.get("scriptFormat", "").rpartition("/")[2].lower()
    lines = [line.strip().rstrip(";") for line in element.extras.get("script", "").splitlines()]
    found = [_ASSIGNMENT.fullmatch(line) for line in lines if line]
    if language not in LANGUAGES or not found or None in found:
        raise Malformed(
            "脚本任务只能逐行给标志赋值，如 passed = true，不执行任何代码；请改写，或改为人工任务",
            code="script.refused",
            element=element.id,
        )
    return tuple((match[1], idioms.compile_(match[2])) for match in found if match is not None)
