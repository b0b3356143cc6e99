"""A district to look at: invented people, and some weeks of cases that were really handled.

No case is written by hand. A second office on the same database is given a clock that walks from thirty-five
working days ago until now, and everybody on it does what he would do: applicants apply, the desk accepts,
approvers decide, the clock deems and expires. What each case comes to is its *fate*.
"""

from collections.abc import Callable

from engine.demonstration import staff
from engine.demonstration.story import Story
from engine.office import Office
from engine.store import people

__all__ = ["Story", "fill", "hire"]


def fill(office: Office, say: Callable[[str], None], size: float = 1.0) -> None:
    """Fill an empty database with people, told once through *say*, and with cases; one with people is left alone.

    *size* shrinks the story: every kind of fate is still told at least once.
    """
    if hire(office, say):
        Story(office, size).tell()


def hire(office: Office, say: Callable[[str], None]) -> bool:
    """Add the people to an empty database, tell them through *say*, and return whether there was nobody yet."""
    with office.look() as look:
        if people.staff(look.db):
            return False
    for line in staff.table(staff.settle_in(office)):
        say(line)
    return True
