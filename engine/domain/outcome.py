"""What one thing (一件事) comes to: its outcome, as soon as those of its members leave only one (R-BUN-7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.domain.case import CONCLUDED, DECIDED, GRANTS, UNACCEPTED, State
from engine.domain.errors import Malformed


class Policy(StrEnum):
    """Which members' grants make the whole thing granted (父件办结策略)."""

    ALL = "all"
    ANY = "any"
    REQUIRED = "required"


POLICY_NAMES = {
    Policy.ALL: "全部办结",
    Policy.ANY: "任一里程碑办结",
    Policy.REQUIRED: "必办成员办结",
}


class Fate(StrEnum):
    """What became of a member, as far as its bundle is concerned."""

    PENDING = "pending"
    GRANTED = "granted"
    DENIED = "denied"
    ENDED = "ended"  # without a decision: withdrawn, refused, revoked


@dataclass(frozen=True, slots=True)
class Rule:
    """A bundle's policy, and the members it looks at: its milestones (里程碑), or those it cannot do without."""

    policy: Policy
    counted: frozenset[str] = frozenset()


def policy(record: Mapping[str, Any]) -> Policy:
    """Return the policy a bundle's *record* names; without one, all must be granted. Raises `Malformed`."""
    named = record.get("outcome") or Policy.ALL
    if named not in set(Policy):
        raise Malformed(
            f"办结策略“{named}”读不出来，应为 {'、'.join(Policy)} 之一（R-BUN-7）",
            code="bundle.outcome",
            field="outcome",
        )
    return Policy(named)


def milestones(record: Mapping[str, Any]) -> frozenset[str]:
    """Return the members that are milestones (里程碑)."""
    return frozenset(member["matter"] for member in record["members"] if member.get("milestone"))


def required(record: Mapping[str, Any]) -> frozenset[str]:
    """Return the members nobody may leave out of his own will (必办); the answers still may."""
    return frozenset(member["matter"] for member in record["members"] if not member.get("optional"))


def rule(record: Mapping[str, Any]) -> Rule:
    """Return the rule by which a bundle's *record* lets it end."""
    named = policy(record)
    counted = {Policy.ANY: milestones, Policy.REQUIRED: required}.get(named)
    return Rule(named, counted(record) if counted else frozenset())


def fate(state: State, decision: State | None) -> Fate:
    """Say what became of a member by its *state* and, once it is handed out, by what was decided."""
    if state not in CONCLUDED:
        return Fate.PENDING
    if decision is None and state not in DECIDED:
        return Fate.ENDED
    return Fate.GRANTED if (decision or state) in GRANTS else Fate.DENIED


def outcome(rule: Rule, fates: Mapping[str, Fate]) -> State | None:
    """Return what the bundle comes to, or None while that still hangs on somebody.

    What is said once no later fate can change, whatever the order they come in: a grant is said as soon as those
    that count are granted, anything less only when nobody is left to change it. Where none of those that count
    takes part, everybody counts. ``WITHDRAWN`` stands for an end without any decision.
    """
    looked_at = [fates[key] for key in rule.counted & fates.keys()] or list(fates.values())
    enough = any if rule.policy is Policy.ANY and rule.counted & fates.keys() else all
    if looked_at and enough(each is Fate.GRANTED for each in looked_at):
        return State.GRANTED
    found = set(fates.values())
    if Fate.PENDING in found:
        return None
    if Fate.GRANTED in found:
        return State.GRANTED_PARTLY
    return State.DENIED if Fate.DENIED in found else State.WITHDRAWN


def ended(bundle: State, members: Iterable[State]) -> State:
    """Return how a bundle ends none of whose members was decided: as they did, where all ended alike."""
    found = set(members)
    ways = _ENDS_UNACCEPTED if bundle in UNACCEPTED else _ENDS_ACCEPTED
    return found.pop() if len(found) == 1 and found <= ways else State.WITHDRAWN


#: The ways a bundle may end with its members, before its acceptance and after it.
_ENDS_UNACCEPTED = frozenset({State.NOT_ACCEPTED, State.NOT_REQUIRED})
_ENDS_ACCEPTED = frozenset(
    {State.WITHDRAWN_DEEMED, State.ACCEPTANCE_REVOKED, State.RETURNED, State.VOID},
)
