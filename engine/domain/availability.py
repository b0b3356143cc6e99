"""Is a matter offered (在用、暂停、取消, rulebook §1.6)? Paused or ended it takes no new case; running ones go on."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from engine.domain.errors import NotNow, must_say


class Availability(StrEnum):
    """Whether new cases of a matter are taken in."""

    OPEN = "open"
    PAUSED = "paused"
    ENDED = "ended"


AVAILABILITY_NAMES = {
    Availability.OPEN: "在用",
    Availability.PAUSED: "暂停办理",
    Availability.ENDED: "已取消",
}

Record = Mapping[str, Any]


def availability(record: Record) -> Availability:
    """Read what a record says; one that says nothing is open."""
    return Availability((record.get("availability") or {}).get("state", Availability.OPEN))


def reason(record: Record) -> str:
    """Why it is not open; empty for one that is."""
    return str((record.get("availability") or {}).get("reason", ""))


def made(record: Record, state: Availability, why: str) -> dict[str, Any]:
    """Return the record made available or not.

    Raises `Incomplete` for a pause or an end without its reason, `NotNow` where it is so already.
    """
    if availability(record) is state:
        raise NotNow(f"“{record['name']}”已经是“{AVAILABILITY_NAMES[state]}”。", code="matter.availability")
    plain = {name: value for name, value in record.items() if name != "availability"}
    if state is Availability.OPEN:
        return plain
    why = must_say(why, "暂停或取消事项须写明理由，向社会公开。", code="reason.missing", field="reason")
    return {**plain, "availability": {"state": str(state), "reason": why}}


def kept(record: Record, before: Record | None) -> Record:
    """Return a new version of a record, offered as the version *before* it was."""
    said = (before or {}).get("availability")
    return {**record, "availability": said} if said else record


def must_be_offered(record: Record) -> None:
    """Raise `NotNow` ``matter.paused`` or ``matter.ended`` unless new cases are taken in."""
    state = availability(record)
    if state is not Availability.OPEN:
        raise NotNow(
            f"“{record['name']}”{AVAILABILITY_NAMES[state]}：{reason(record)}。可在办事指南中查看其他事项，或到综合窗口咨询。",
            code=f"matter.{state}",
            field="matter",
        )
