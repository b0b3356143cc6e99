"""Functions of lists and of contexts (DMN 1.5 §10.3.4.4, §10.3.4.8)."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key, reduce
from typing import Any

from engine.spiff.feel.functions import Row, whole
from engine.spiff.feel.operators import ORDERED, equal
from engine.spiff.feel.values import EXACT, Context, Items, Steps, Value, items

#: How many pairs may be compared.
MAX_PAIRS = 4_000_000


def _alike(values: Items, kinds: frozenset[type]) -> bool:
    return len(values) > 0 and type(values[0]) in kinds and len({type(each) for each in values}) == 1


def _extreme(choose: Callable[..., Any]) -> Callable[[Items], Value]:
    return lambda values: choose(values) if _alike(values, ORDERED) else None


NUMBER: frozenset[type] = frozenset({Decimal})


def _numeric(reckon: Callable[[Items], Value]) -> Callable[[Items], Value]:
    return lambda values: reckon(values) if _alike(values, NUMBER) else None


def _sum(values: Items) -> Decimal:
    total = Decimal(0)
    for each in values:
        total = EXACT.add(total, each)
    return total


def _mean(values: Items) -> Decimal:
    return EXACT.divide(_sum(values), Decimal(len(values)))


def _median(values: Items) -> Decimal:
    ranked = sorted(values)
    middle = len(ranked) // 2
    if len(ranked) % 2:
        return Decimal(ranked[middle])
    return EXACT.divide(EXACT.add(ranked[middle - 1], ranked[middle]), Decimal(2))


def _deviation(values: Items) -> Decimal | None:
    if len(values) < 2:
        return None
    mean = _mean(values)
    squares = Items(EXACT.power(EXACT.subtract(each, mean), Decimal(2)) for each in values)
    return EXACT.sqrt(EXACT.divide(_sum(squares), Decimal(len(values) - 1)))


def _mode(values: Items) -> Items | None:
    if not values:
        return Items()
    if not _alike(values, NUMBER):
        return None
    counted = Counter(values)
    most = max(counted.values())
    return Items(sorted(each for each, count in counted.items() if count == most))


def _every(values: Items) -> bool | None:
    if any(each is False for each in values):
        return False
    return True if all(each is True for each in values) else None


def _some(values: Items) -> bool | None:
    if any(each is True for each in values):
        return True
    return False if all(each is False for each in values) else None


# --- places -------------------------------------------------------------------------------------


def _place(values: Items, position: Decimal) -> int:
    """Return where in *values* the FEEL *position* lies; raise ValueError if nowhere."""
    at = whole(position)
    if at == 0 or abs(at) > len(values):
        raise ValueError(at)
    return at - 1 if at > 0 else len(values) + at


def _sublist(values: Items, start: Decimal, length: Decimal | None = None) -> Items | None:
    begin = _place(values, start)
    count = len(values) - begin if length is None else whole(length)
    return Items(values[begin : begin + count]) if 0 <= count <= len(values) - begin else None


def _inserted(values: Items, position: Decimal, item: Value) -> Items:
    at = _place(values, position)
    return Items((*values[:at], item, *values[at:]))


def _removed(values: Items, position: Decimal) -> Items:
    at = _place(values, position)
    return Items((*values[:at], *values[at + 1 :]))


def _replaced_at(values: Items, position: Decimal, item: Value) -> Items:
    at = _place(values, position)
    return Items((*values[:at], item, *values[at + 1 :]))


def _replaced_where(values: Items, match: Any, item: Value) -> Items | None:
    found = [match.invoke([each, item], {}) for each in values]
    if any(type(each) is not bool for each in found):
        return None
    return Items(item if hit else each for each, hit in zip(values, found, strict=True))


# --- wholes -------------------------------------------------------------------------------------


def _contains(values: Items, element: Value) -> bool:
    return any(equal(each, element) is True for each in values)


def _positions(values: Items, match: Value) -> Items:
    return Items(Decimal(place) for place, each in enumerate(values, start=1) if equal(each, match) is True)


def _concatenated(lists: Items) -> Items:
    Steps().step(sum(map(len, lists)))
    return Items(each for values in lists for each in values)


def _distinct(values: Items) -> Items:
    found: list[Value] = []
    steps = Steps(MAX_PAIRS)
    for each in values:
        steps.step(len(found))
        if not _contains(Items(found), each):
            found.append(each)
    return Items(found)


def _flat(values: Items) -> Items:
    steps, flat, waiting = Steps(), [], list(reversed(values))
    while waiting:
        steps.step()
        each = waiting.pop()
        if type(each) is Items:
            waiting += reversed(each)
        else:
            flat.append(each)
    return Items(flat)


def _sorted(values: Items, precedes: Any = None) -> Items | None:
    if precedes is None:
        return Items(sorted(values)) if _alike(values, ORDERED) or not values else None

    def order(left: Value, right: Value) -> int:
        if precedes.invoke([left, right], {}) is True:
            return -1
        return 1 if precedes.invoke([right, left], {}) is True else 0

    return Items(sorted(values, key=cmp_to_key(order)))


# --- contexts -----------------------------------------------------------------------------------


def _context(entries: Items) -> Context | None:
    made = Context()
    for entry in entries:
        if type(entry) is not Context or type(entry.get("key")) is not str or "value" not in entry:
            return None
        if entry["key"] in made:
            return None
        made[entry["key"]] = entry["value"]
    return made


def _value_at(context: Context, keys: Items) -> Value:
    found: Value = context
    for key in keys:
        found = found.get(key) if type(found) is Context else None
    return found


def _entries(context: Context) -> Items:
    return Items(Context(key=name, value=value) for name, value in context.items())


def _put(context: Context, keys: Items, value: Value) -> Context | None:
    if not keys or type(keys[0]) is not str:
        return None
    key, rest = keys[0], Items(keys[1:])
    if not rest:
        return Context({**context, key: value})
    inner = context.get(key)
    below = _put(inner, rest, value) if type(inner) is Context else None
    return None if below is None else Context({**context, key: below})


def _merged(contexts: Items) -> Context | None:
    if any(type(each) is not Context for each in contexts):
        return None
    return Context({name: value for each in contexts for name, value in each.items()})


def _folds() -> list[Row]:
    """Functions of a list that also take its items as arguments."""
    folds: dict[str, Callable[[Items], Value]] = {
        "min": _extreme(min),
        "max": _extreme(max),
        "sum": _numeric(_sum),
        "product": _numeric(lambda values: reduce(EXACT.multiply, values)),
        "mean": _numeric(_mean),
        "median": _numeric(_median),
        "stddev": _numeric(_deviation),
        "mode": _mode,
        "all": _every,
        "any": _some,
    }
    return [
        row for name, run in folds.items() for row in ((name, "list:list", run), (name, "item:any*", run))
    ]


ROWS: tuple[Row, ...] = (
    *_folds(),
    ("count", "list:list", lambda values: Decimal(len(values))),
    ("list contains", "list:list, element:any", _contains),
    ("sublist", "list:list, start position:number, length:number?", _sublist),
    ("append", "list:list, item:any*", lambda values, more: Items((*values, *more))),
    ("concatenate", "list:list*", _concatenated),
    ("insert before", "list:list, position:number, newItem:any", _inserted),
    ("remove", "list:list, position:number", _removed),
    ("list replace", "list:list, position:number, newItem:any", _replaced_at),
    ("list replace", "list:list, match:function, newItem:any", _replaced_where),
    ("reverse", "list:list", lambda values: Items(reversed(values))),
    ("index of", "list:list, match:any", _positions),
    ("union", "list:list*", lambda lists: _distinct(_concatenated(lists))),
    ("distinct values", "list:list", _distinct),
    ("flatten", "list:list", _flat),
    ("sort", "list:list, precedes:function?", _sorted),
    ("context", "entries:list", _context),
    ("get value", "m:context, key:text", lambda context, key: context.get(key)),
    ("get value", "context:context, keys:list", _value_at),
    ("get entries", "m:context", _entries),
    ("context put", "context:context, key:text, value:any", lambda c, key, value: _put(c, items(key), value)),
    ("context put", "context:context, keys:list, value:any", _put),
    ("context merge", "contexts:list", _merged),
)
