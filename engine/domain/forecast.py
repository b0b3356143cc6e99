"""How many of what falls due will be late at the present pace (超期预测)."""

import math
from collections.abc import Sequence


def expected_late(backlog: int, due: Sequence[int], pace: float) -> tuple[int, ...]:
    """Return, for each day, how many of the cases due on it will not be done by its end.

    The work is done in order of due date, what is late already first, *pace* cases a day. Of what is due on a
    day those are late that all the work up to its end does not reach.
    """
    late, owed = [], backlog
    for day, count in enumerate(due, 1):
        owed += count
        late.append(min(count, max(0, math.ceil(owed - pace * day))))
    return tuple(late)
