"""An incident (异常): what goes wrong with a case through no fault of whoever acts, and when it is tried again."""

from datetime import timedelta
from enum import StrEnum


class Source(StrEnum):
    """What did not succeed: somebody's act, a letter, a deadline, its card or reckoning, or an event nobody caught.

    A *former* one was written down by a version that did not know.
    """

    ACT = "act"
    LETTER = "letter"
    DEADLINE = "deadline"
    CARD = "card"
    CALENDAR = "calendar"
    EVENT = "event"
    FORMER = "former"


#: What each is called on a page.
SOURCE_NAMES: dict[Source, str] = {
    Source.ACT: "人员办理",
    Source.LETTER: "办件之间流转",
    Source.DEADLINE: "时限到点",
    Source.CARD: "发牌",
    Source.CALENDAR: "按新日历重算",
    Source.EVENT: "未接住的事件",
    Source.FORMER: "旧版本记录",
}
#: What is tried again: the house does so by itself, and at once when asked.
RETRIED = frozenset({Source.LETTER, Source.DEADLINE, Source.CARD})
#: What a step of the diagram is refused for although nothing is wrong with the diagram: what was asked of it.
OWN = frozenset(
    {
        "calendar.missing",
        "case.ended",
        "flag.unfit",
        "jump.member",
        "jump.unsound",
        "loop.closed",
        "loop.last",
        "node.unknown",
        "task.closed",
        "timer.closed",
    }
)
#: The first pause before it is tried again, and the longest.
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)


def is_of_the_diagram(code: str) -> bool:
    """Is a step that was refused with *code* refused for a reason of the diagram?"""
    return code not in OWN


def pause(times: int) -> timedelta:
    """Return how long to wait after it failed for the *times*-th time: twice as long each time, up to six hours."""
    doubled: int = 2 ** min(times - 1, 10)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
