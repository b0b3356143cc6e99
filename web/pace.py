"""How often one address may knock: so many times a minute, kept in memory, wrong guesses counted like right ones."""

import time
from collections import deque
from threading import Lock

from flask import abort, request

MOST, WINDOW = 60, 60.0
#: Beyond so many addresses the quiet ones are forgotten.
_CROWD = 10_000


class Pace:
    """Counts the knocks of each address within the last minute."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._lock = Lock()
        self._knocks: dict[str, deque[float]] = {}

    def allows(self, address: str, now: float) -> bool:
        """Count a knock; say whether it is still within the pace."""
        with self._lock:
            if len(self._knocks) > _CROWD:
                self._knocks = {a: k for a, k in self._knocks.items() if k and k[-1] > now - WINDOW}
            knocks = self._knocks.setdefault(address, deque())
            while knocks and knocks[0] <= now - WINDOW:
                knocks.popleft()
            if len(knocks) >= self.most:
                return False
            knocks.append(now)
            return True

    def knock(self) -> None:
        """Count this request; too many are answered with 429."""
        if not self.allows(request.remote_addr or "", time.monotonic()):
            abort(429)
