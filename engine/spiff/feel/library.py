"""All built-in functions (DMN 1.5 §10.3.4) by name; what is not here cannot be called."""

from engine.spiff.feel import lists, moments, numbers, strings
from engine.spiff.feel.functions import Builtin, library

BUILTINS: dict[str, Builtin] = library((*numbers.ROWS, *strings.ROWS, *lists.ROWS, *moments.ROWS))
#: What asks for the moment of the turn; the caller says when that is.
CLOCK = frozenset({"now", "today"})
FUNCTIONS = frozenset(BUILTINS) | CLOCK
