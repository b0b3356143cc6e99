"""Who waits for whom in one thing (一件事), when a member begins, how long the longest chain is (R-BUN-2, 4, 9)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from engine.domain.errors import Malformed
from engine.domain.limit import Limit, Unit
from engine.domain.matter import Terms

#: How long a unit is in working days, where only lengths are compared; hours are the hall's.
WORKDAYS = {
    Unit.WORKDAY: 1.0,
    Unit.DAY: 5 / 7,
    Unit.FIXED: 5 / 7,
    Unit.HOUR: 1 / 7,
    Unit.CLOCKHOUR: 5 / 168,
    Unit.MINUTE: 1 / 420,
    Unit.MONTH: 21.75,
    Unit.YEAR: 261.0,
    Unit.ONSPOT: 0.0,
}


class On(StrEnum):
    """What of its predecessor a member waits for (R-BUN-4)."""

    ACCEPTED = "accepted"  # that it is accepted (受理)
    GRANTED = "granted"  # that it is decided (办结)
    DELIVERED = "delivered"  # that its result is handed out (送达)
    DATA = "data"  # nothing but what it produces: both run, and the decision waits for the material (R-BUN-3)


class Pickup(StrEnum):
    """How the applicant gets what is decided; his own choice, until it is handed out (R-BUN-1)."""

    TOGETHER = "together"  # everything at once, when the last member is decided (统一出件)
    APART = "apart"  # each result when it is there (分批领取)


#: The flags of a case that say so: the applicant chose it, or another member waits for the delivery (R-BUN-4).
APART, FIRST = "pickup_apart", "handed_out_first"


def by_itself(flags: Mapping[str, Any]) -> bool:
    """Is a member's result handed out by itself, not with the others'?"""
    return bool(flags.get(APART) or flags.get(FIRST))


#: From the earliest to the latest moment at which a predecessor lets its successors begin.
RELEASES = (On.ACCEPTED, On.GRANTED, On.DELIVERED)


class Start(StrEnum):
    """The moment of acceptance that counts for a member (R-BUN-2)."""

    UNIFIED = "unified"  # with the others, when the one window accepts (统一受理)
    NOTICE = "notice"  # when the notice of the predecessor's result arrives


@dataclass(frozen=True, slots=True)
class Wait:
    """A predecessor, and what of it is waited for."""

    matter: str
    on: On


@dataclass(frozen=True, slots=True)
class Chain:
    """The longest chain of promises: its length in working days, and the matters along it (R-BUN-9)."""

    days: float
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """The members of a bundle in its own order, and what each waits for."""

    waits: Mapping[str, tuple[Wait, ...]]
    verified: frozenset[str] = frozenset()

    @classmethod
    def read(cls, bundle: Mapping[str, Any], names: Mapping[str, str] = MappingProxyType({})) -> "Graph":
        """Read the dependencies of a *bundle*, called by their *names*.

        Raises `Malformed` for a member listed twice, one that waits for no member, or a circle.
        """
        members: list[Mapping[str, Any]] = list(bundle["members"])
        keys = [member["matter"] for member in members]
        if twice := sorted({names.get(key, key) for key in keys if keys.count(key) > 1}):
            raise Malformed(
                f"“{'”“'.join(twice)}”列了不止一次；请只留一处", code="bundle.member", field="members"
            )
        graph = cls(
            {
                member["matter"]: tuple(_wait(each) for each in member.get("after") or ())
                for member in members
            },
            frozenset(member["matter"] for member in members if member.get("mode") == "verify_only"),
        )
        graph._must_know(names)
        graph._must_end(names)
        return graph

    def _must_know(self, names: Mapping[str, str]) -> None:
        for key, waits in self.waits.items():
            for wait in waits:
                if wait.matter not in self.waits:
                    raise Malformed(
                        f"“{names.get(key, key)}”要等的“{names.get(wait.matter, wait.matter)}”不是成员事项；"
                        "请把它加为成员，或删去这一依赖",
                        code="bundle.member",
                        field="members",
                    )

    def _must_end(self, names: Mapping[str, str]) -> None:
        circle = self.circle()
        if circle:
            words = " → ".join(names.get(key, key) for key in (*circle, circle[0]))
            raise Malformed(
                f"成员事项互相等待，谁也开始不了：{words}；请断开其中一处",
                code="bundle.cycle",
                field="members",
            )

    def circle(self) -> tuple[str, ...]:
        """Return members that wait for each other in a circle, in the order they would begin; empty if none do."""
        left = {key: {wait.matter for wait in waits} for key, waits in self.waits.items()}
        while free := [key for key, before in left.items() if not before & left.keys()]:
            for key in free:
                del left[key]
        if not left:
            return ()
        walk = [next(iter(left))]
        while (before := next(key for key in left if key in left[walk[-1]])) not in walk:
            walk.append(before)
        circle = walk[walk.index(before) :][::-1]
        first = circle.index(next(key for key in self.waits if key in circle))
        return (*circle[first:], *circle[:first])

    @property
    def order(self) -> tuple[str, ...]:
        """The members, each after all it waits for; else in the bundle's own order."""
        done: dict[str, None] = {}
        while len(done) < len(self.waits):
            for key, waits in self.waits.items():
                if key not in done and all(wait.matter in done for wait in waits):
                    done[key] = None
        return tuple(done)

    def starts(self, key: str) -> Start:
        """Say which moment of acceptance counts: who waits for a result is accepted at its notice (R-BUN-2)."""
        return Start.NOTICE if self.begins_after(key) else Start.UNIFIED

    def begins_after(self, key: str) -> tuple[str, ...]:
        """Return those that must let *key* begin."""
        return tuple(wait.matter for wait in self.waits[key] if wait.on is not On.DATA)

    def releases(self, key: str) -> On:
        """Say when *key* lets its successors begin: one moment for all of them, the latest any of them asks for."""
        asked = self._asked(key)
        return max(asked, key=RELEASES.index, default=On.GRANTED)

    def handed_out_first(self, taken: Collection[str]) -> frozenset[str]:
        """Return those of the members *taken* whose delivery another of them waits for (R-BUN-4).

        They are handed out ahead of the others: whoever waits for them could never be decided otherwise.
        """
        return frozenset(
            wait.matter for key in taken for wait in self.waits[key] if wait.on is On.DELIVERED
        ) & frozenset(taken)

    def followers(self, key: str) -> tuple[str, ...]:
        """Return all that wait for *key*, directly or by way of another, in their order."""
        found = {key}
        for each in self.order:
            if any(wait.matter in found for wait in self.waits[each]):
                found.add(each)
        return tuple(each for each in self.order if each in found - {key})

    def held_up(self) -> tuple[Wait, ...]:
        """Return whom a successor waits for longer than it asks to, since another asks for a later moment."""
        return tuple(
            Wait(key, on)
            for key in self.waits
            for on in RELEASES
            if on in self._asked(key) and on is not self.releases(key)
        )

    def _asked(self, key: str) -> set[On]:
        waits = (wait for waits in self.waits.values() for wait in waits if wait.matter == key)
        return {wait.on for wait in waits if wait.on is not On.DATA}

    def direct(self) -> Mapping[str, tuple[str, ...]]:
        """Return whom each member begins after, without those it begins after anyway by way of another."""
        before: dict[str, frozenset[str]] = {}
        for key in self.order:
            own = self.begins_after(key)
            before[key] = frozenset(own).union(*(before[other] for other in own))
        return {
            key: tuple(
                one
                for one in dict.fromkeys(self.begins_after(key))
                if not any(one in before[other] for other in self.begins_after(key))
            )
            for key in self.waits
        }

    def longest(self, promises: Mapping[str, Limit], taken: Collection[str] | None = None) -> Chain:
        """Return the longest chain of *promises*, of the members *taken* or of all (R-BUN-9).

        Who is only verified, or left out, takes no time; who waits for an acceptance begins with it; who waits
        for data only ends no earlier than what produces them.
        """
        begun: dict[str, Chain] = {}
        ended: dict[str, Chain] = {}
        for key in self.order:
            moments = [
                (begun if w.on is On.ACCEPTED else ended)[w.matter]
                for w in self.waits[key]
                if w.on is not On.DATA
            ]
            begun[key] = max(moments, key=_days, default=Chain(0.0, ()))
            data = [ended[wait.matter] for wait in self.waits[key] if wait.on is On.DATA]
            here = taken is None or key in taken
            own = 0.0 if key in self.verified or not here else length(promises[key])
            mine = Chain(begun[key].days + own, (*begun[key].path, key) if here else begun[key].path)
            late = max(data, key=_days, default=mine)
            ended[key] = Chain(late.days, (*late.path, key)) if here and late.days > mine.days else mine
        return max(ended.values(), key=_days, default=Chain(0.0, ()))


def _days(chain: Chain) -> float:
    return chain.days


def _wait(after: Mapping[str, Any]) -> Wait:
    on = after.get("on") or On.GRANTED
    if on not in set(On):
        raise Malformed(
            f"依赖“{on}”读不出来，应为 {'、'.join(On)} 之一（R-BUN-4）",
            code="bundle.dependency",
            field="members",
        )
    return Wait(after["matter"], On(on))


def length(limit: Limit) -> float:
    """Return how many working days *limit* comes to."""
    return limit.value * WORKDAYS[limit.unit]


def promises(terms: Mapping[str, Terms], *, committed: bool) -> dict[str, Limit]:
    """Return what each matter promises, by informed commitment (告知承诺) or without it."""
    return {key: each.promise({"inform_commit": committed}) for key, each in terms.items()}
