"""A matter (事项) and a bundle (一件事) as the catalogue tells them: limits, materials, members."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.domain.clock import Precision
from engine.domain.errors import Malformed
from engine.domain.limit import Limit, Unit
from engine.domain.material import Requirement, holds
from engine.domain.tolerance import OnOverdue, When

#: Administrative Licensing Law art. 42 para. 1 (R-LIM-1): where nothing else is provided.
DEFAULT_LEGAL = Limit(20, Unit.WORKDAY)
#: Art. 42 para. 2 (R-LIM-2): handled jointly.
DEFAULT_LEGAL_JOINT = Limit(45, Unit.WORKDAY)
#: Art. 42: how much longer, once: by the authority's head (R-LIM-1), by the government's for joint handling (R-LIM-2).
DEFAULT_EXTENSION = Limit(10, Unit.WORKDAY)
DEFAULT_EXTENSION_JOINT = Limit(15, Unit.WORKDAY)
#: A first look at an online application; regional practice (R-ACC-1).
DEFAULT_PREREVIEW = Limit(2, Unit.WORKDAY)
#: Art. 32 (R-ACC-1).
DEFAULT_NOTICE = Limit(5, Unit.WORKDAY)
#: Art. 44 (R-LIM-4).
DEFAULT_DELIVERY = Limit(10, Unit.WORKDAY)
#: The applicant's answer to a correction notice; regional practice (R-ACC-5).
DEFAULT_ANSWER = Limit(15, Unit.WORKDAY)
#: The check that follows an informed commitment; regional practice (rulebook §4.3).
DEFAULT_FOLLOW = Limit(60, Unit.WORKDAY)
#: What a false commitment is to be put right in; regional practice (rulebook §4.3).
DEFAULT_RECTIFY = Limit(15, Unit.WORKDAY)
#: The longest promise of tolerant acceptance; regional practice (R-TOL-4).
DEFAULT_TOLERANCE = Limit(5, Unit.WORKDAY)
#: Art. 43 (R-LIM-3): the review by an authority below.
DEFAULT_INITIAL = Limit(20, Unit.WORKDAY)


class Unanswered(StrEnum):
    """What becomes of a correction that is not answered in time (R-ACC-5); the region decides which."""

    WITHDRAW_DEEMED = "withdraw_deemed"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Terms:
    """The clocks a matter is accepted under."""

    notice: Limit
    prereview: Limit
    answer: Limit
    unanswered: Unanswered
    promised: Limit
    uncommitted: Limit | None
    legal: Limit
    extension: Limit
    precision: Precision
    delivery: Limit
    follow: Limit
    rectify: Limit
    tolerance: Limit
    tolerance_overdue: OnOverdue
    tolerance_when: When
    aftergrant: Limit
    #: Within which an authority below reviews and passes up what one above decides (R-LIM-3); None of any other.
    initial: Limit | None

    def promise(self, flags: Mapping[str, Any]) -> Limit:
        """The promised limit under these scenario *flags*: on the spot may hold for informed commitment only."""
        return self.promised if self.uncommitted is None or flags.get("inform_commit") else self.uncommitted


@dataclass(frozen=True, slots=True)
class Member:
    """A matter inside a bundle (R-BUN-2..6)."""

    matter: str
    optional: bool
    condition: str | None
    starts: str
    prereview: bool
    mode: str | None
    after: tuple[str, ...]


def limit(figure: Mapping[str, Any] | None, default: Limit) -> Limit:
    """Read a catalogue figure ``{value, unit, …}``."""
    return default if figure is None else Limit(int(figure["value"]), Unit(figure["unit"]))


def terms(record: Mapping[str, Any], *, joint: bool = False) -> Terms:
    """Return the terms of a matter's or bundle's *record*; what it does not say the law says."""
    legal = record.get("legal_cap" if joint else "legal_limit")
    correction = record.get("correction") or {}
    tolerance = record.get("tolerance") or {}
    initial = record.get("initial_review")
    return Terms(
        notice=limit(correction.get("notice"), DEFAULT_NOTICE),
        prereview=limit(record.get("prereview_limit"), DEFAULT_PREREVIEW),
        answer=limit(correction.get("answer"), DEFAULT_ANSWER),
        unanswered=Unanswered(correction.get("on_overdue", Unanswered.WITHDRAW_DEEMED)),
        promised=limit(record.get("promised_limit"), DEFAULT_LEGAL),
        uncommitted=limit(record["promised_limit_without_commitment"], DEFAULT_LEGAL)
        if record.get("promised_limit_without_commitment")
        else None,
        legal=limit(legal, DEFAULT_LEGAL_JOINT if joint else DEFAULT_LEGAL),
        extension=limit(record.get("extension"), DEFAULT_EXTENSION_JOINT if joint else DEFAULT_EXTENSION),
        precision=Precision(record.get("precision", Precision.DATE)),
        delivery=limit(record.get("delivery_limit"), DEFAULT_DELIVERY),
        follow=limit(record.get("follow_limit"), DEFAULT_FOLLOW),
        rectify=limit(record.get("rectify_limit"), DEFAULT_RECTIFY),
        tolerance=limit(tolerance.get("max"), DEFAULT_TOLERANCE),
        tolerance_overdue=OnOverdue(tolerance.get("on_overdue", OnOverdue.WITHDRAW_DEEMED)),
        tolerance_when=When(tolerance.get("when", When.ACCEPT)),
        aftergrant=limit(tolerance.get("after") or tolerance.get("max"), DEFAULT_TOLERANCE),
        initial=limit(initial.get("limit"), DEFAULT_INITIAL) if initial else None,
    )


def validity(record: Mapping[str, Any]) -> Limit | None:
    """Return how long its result is valid, if law or its own rules say so; a common figure binds nobody."""
    figure = (record.get("result") or {}).get("valid")
    return limit(figure, DEFAULT_LEGAL) if figure and figure.get("basis") in {"law", "found"} else None


def requirements(record: Mapping[str, Any]) -> tuple[Requirement, ...]:
    """Return what a matter asks for."""
    return tuple(_requirement(m) for m in record.get("materials") or ())


def _requirement(material: Mapping[str, Any]) -> Requirement:
    days = material.get("tolerance_days")
    return Requirement(
        code=material["code"],
        name=material["name"],
        secondary=bool(material.get("secondary")),
        source=material.get("source", "self"),
        condition=material.get("condition"),
        produced_by=material.get("produced_by"),
        produced_at=material.get("produced_at", "granted"),
        trust=material.get("trust", "C"),
        tolerance=f"{days['value']} {days['unit']}" if days else None,
    )


def members(record: Mapping[str, Any]) -> tuple[Member, ...]:
    """Return the members of a bundle, in its own order."""
    return tuple(
        Member(
            matter=m["matter"],
            optional=bool(m.get("optional")),
            condition=m.get("condition"),
            starts=m.get("start", "unified"),
            prereview=bool(m.get("prereview")),
            mode=m.get("mode"),
            after=tuple(a["matter"] for a in m.get("after") or ()),
        )
        for m in record["members"]
    )


def chosen(record: Mapping[str, Any], flags: Mapping[str, Any], wanted: Iterable[str]) -> tuple[Member, ...]:
    """Return the members an application takes: the compulsory, those its answers call for, and those *wanted*.

    Raises `Malformed` when *wanted* names a matter that is no member (R-BUN-6).
    """
    wish = set(wanted)
    everyone = members(record)
    if unknown := wish - {m.matter for m in everyone}:
        raise Malformed(
            f"不是本“一件事”的成员事项：{'、'.join(sorted(unknown))}。", code="bundle.member", field="members"
        )
    return tuple(m for m in everyone if _taken(m, flags, wish))


def _taken(member: Member, flags: Mapping[str, Any], wish: set[str]) -> bool:
    if member.condition is not None:
        return holds(member.condition, flags)
    return not member.optional or member.matter in wish


def questions(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The scenario flags (情形) the record asks about."""
    return tuple(q["key"] for q in record.get("questions") or ())
