"""How often somebody had to come (到场次数): days on which he stood at a window, against what was promised."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.domain.case import Channel
from engine.domain.pause import day_of

#: How a delivery at the window is written down.
AT_WINDOW = ("window", "窗口领取")


def allowed(record: Mapping[str, Any], channel: str) -> int:
    """How many visits a matter promises; who chose to come although he need not (0 visits) is owed one (R-ACC-7)."""
    figure = record.get("onsite_visits")
    promised = 1 if figure is None else int(figure["value"])
    return promised if channel == Channel.ONLINE else max(promised, 1)


def is_another(last: datetime | None, at: datetime) -> bool:
    """Is it another visit? Whoever stays, or comes again the same day, came once."""
    return last is None or day_of(last) < day_of(at)
