"""Going through the running clocks for those a new calendar has left behind, keeping the place."""

from datetime import datetime, timedelta

from engine.domain.almanac import Almanac
from engine.queries import behind
from engine.store.db import Connection

#: How many cases are handed out at a time.
BATCH = 100
#: When it is gone through once more: another process may have gone on with the old calendar for some seconds.
SOON = timedelta(seconds=30)
#: When it is gone through again, whatever happened: a case that could not be reckoned is tried again.
LATER = timedelta(hours=1)


class Sweep:
    """One process's way through the running clocks. A crash loses only the place: the rows say what is left."""

    def __init__(self) -> None:
        self._versions: Almanac | None = None
        self._after: int | None = None
        self._again: datetime | None = None
        self._wait = SOON

    @property
    def over(self) -> bool:
        """Has every clock been looked at since the calendar changed?"""
        return self._after is None

    def cases(self, db: Connection, versions: Almanac, now: datetime) -> list[int]:
        """Return the next cases to reckon anew; none while there is nothing to do."""
        if versions != self._versions:
            self._versions, self._after, self._wait = versions, 0, SOON
        elif self._after is None:
            if self._again is not None and now < self._again:
                return []
            self._after, self._wait = 0, LATER
        found, self._after = behind.cases_behind(db, versions, self._after, BATCH)
        if self._after is None:
            self._again = now + self._wait
        return found
