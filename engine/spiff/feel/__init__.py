"""FEEL (DMN 1.5 §10.3), compiled to closures: conditions, deadlines, assignments, cells of decision tables.

An unknown name is null; what cannot be compared or reckoned with is null; a condition holds only when it
is true. ``compile_`` is the way in; ``translated`` reads what other editors write (juel.py).
"""

from engine.spiff.feel.compiler import (
    CONDITION,
    Expression,
    Flags,
    Surroundings,
    cell,
    closure,
    compile_,
    in_turn,
    scope,
)
from engine.spiff.feel.juel import translated
from engine.spiff.feel.library import FUNCTIONS

__all__ = [
    "CONDITION", "Expression", "Flags", "Surroundings", "cell", "closure", "compile_", "functions", "in_turn",
    "scope", "translated",
]  # fmt: skip


def functions() -> frozenset[str]:
    """Return the names of all functions that may be called."""
    return FUNCTIONS
