"""Acting for somebody else (代办授权): only within a mandate that stands and covers the matter (R-ACC-7)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from engine.domain.errors import Malformed, NotYours


class Basis(StrEnum):
    """How a mandate is known: a letter shown at the window, or given online with the principal's own tracking code."""

    PAPER = "paper"
    ONLINE = "online"


BASIS_NAMES = {Basis.PAPER: "窗口出示授权书", Basis.ONLINE: "本人网上授权"}


@dataclass(frozen=True, slots=True)
class Mandate:
    """What somebody may do for somebody else: for which *matters* (none named: all), and from when until when."""

    matters: frozenset[str]
    since: datetime
    until: datetime
    revoked_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Is it in force at that moment?"""
        return self.since <= at < self.until and (self.revoked_at is None or at < self.revoked_at)

    def covers(self, matter: str, members: Collection[str] = ()) -> bool:
        """Does it reach *matter*? A bundle (一件事) is reached by its own name, or where all its members are."""
        return not self.matters or matter in self.matters or (bool(members) and set(members) <= self.matters)


def must_hold(mandates: Iterable[Mandate], at: datetime, matter: str, members: Collection[str] = ()) -> None:
    """Raise `NotYours` unless one of *mandates* stands at that moment and covers the matter."""
    known = tuple(mandates)
    standing = [mandate for mandate in known if mandate.stands(at)]
    if any(mandate.covers(matter, members) for mandate in standing):
        return
    if standing:
        raise NotYours(
            "授权书没有写这个事项，不能代办；请由本人办理，或另行授权。", code="mandate.scope", field="agent"
        )
    if known:
        raise NotYours(
            "授权已到期或已撤销，不能再代办；请由本人办理，或重新授权。", code="mandate.over", field="agent"
        )
    raise NotYours(
        "代办须有本人授权：请在窗口出示授权书并登记，或由本人用查询码在网上授权。",
        code="mandate.missing",
        field="agent",
    )


#: So many days before its last one, whoever it concerns is told that a mandate ends.
SOON = timedelta(days=7)


def ends_soon(mandate: Mandate, at: datetime) -> bool:
    """Does it stand, but not much longer?"""
    return mandate.stands(at) and mandate.until <= at + SOON


def stays(mandates: Iterable[Mandate], after: datetime, matter: str, members: Collection[str] = ()) -> bool:
    """Is there one that stands and covers the matter when another is over? Then nobody need be told."""
    return any(mandate.stands(after) and mandate.covers(matter, members) for mandate in mandates)


def must_end_later(since: datetime, until: datetime) -> None:
    """Raise `Malformed` for a mandate that ends before it begins."""
    if until <= since:
        raise Malformed("授权的截止日期须在今天以后。", code="mandate.until", field="until")
