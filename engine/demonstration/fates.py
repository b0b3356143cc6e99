"""What becomes of the cases of the story, and which matters it can befall."""

from dataclasses import dataclass

from engine.domain.case import Channel
from engine.domain.limit import Unit
from engine.domain.material import Requirement
from engine.services.library import Matter

#: How many working days the story begins before today.
DAYS = 35


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of some of the cases.

    ``began`` is how many working days ago they were applied for, or a word about the matter's own limits;
    ``lacks`` what is not handed in; ``desk`` what the window does; ``answer`` after how many working days the
    applicant brings what was asked for; ``halt`` the stages nobody works on; ``twist`` what comes between.
    """

    share: int
    began: tuple[int, int] | str
    lacks: str = ""
    desk: str = "accept"
    answer: int | None = None
    halt: frozenset[str] = frozenset()
    twist: str = ""
    channel: Channel | None = None
    least: int = 0


#: The stages of an authority, where a case may be left lying.
ANY = frozenset({"review", "inspect", "audit", "decide"})
_DECIDE = frozenset({"decide"})

FATES: tuple[Fate, ...] = (
    Fate(22, (12, DAYS)),
    Fate(4, (8, 20), halt=frozenset({"deliver"})),
    Fate(10, (0, 3), halt=ANY, least=5),
    Fate(5, "near", halt=_DECIDE, least=5),
    Fate(6, "late", halt=ANY, least=5),
    Fate(2, "unlawful", halt=_DECIDE, least=5),
    Fate(3, (2, 6), halt=ANY, twist="suspend", least=7),
    Fate(1, (9, 12), halt=_DECIDE, twist="resume", least=7),
    Fate(1, "late", halt=_DECIDE, twist="extend", least=5),
    Fate(4, (1, 8), lacks="primary", desk="correct"),
    Fate(3, (14, 25), lacks="primary", desk="correct", answer=3),
    Fate(2, (20, 28), lacks="primary", desk="correct"),
    Fate(3, (1, 3), lacks="secondary", desk="tolerate", halt=ANY, least=5),
    Fate(3, (10, 20), lacks="secondary", desk="tolerate", answer=2, least=5),
    Fate(2, (9, 14), lacks="secondary", desk="tolerate", halt=_DECIDE, least=5),
    Fate(2, (7, 9), desk="leave", channel=Channel.WINDOW, halt=ANY, least=7),
    Fate(1, (10, 14), desk="leave", channel=Channel.ONLINE),
    Fate(3, (10, 25), twist="deny"),
    Fate(1, (8, 12), twist="deny", halt=frozenset({"deliver"})),
    Fate(2, (4, 12), twist="withdraw", halt=ANY, least=5),
    Fate(2, (6, 20), desk="refuse"),
    Fate(1, (6, 20), desk="not_required"),
    Fate(2, (5, 15), desk="reject", channel=Channel.ONLINE),
    Fate(1, (1, 1), desk="leave", channel=Channel.ONLINE),
    Fate(2, (0, 1), desk="leave"),
    Fate(1, (1, 1), desk="leave", channel=Channel.ONLINE),
    Fate(2, (0, 2), desk="prereview", channel=Channel.ONLINE),
)
#: One thing each (一件事), and how far it has come.
BUNDLES: tuple[tuple[str, Fate], ...] = (
    ("open_restaurant", Fate(1, (18, 24))),
    ("open_restaurant", Fate(1, (2, 4), halt=frozenset({"inspect"}))),
    ("open_restaurant", Fate(1, (4, 6), lacks="secondary", desk="tolerate", answer=2)),
    ("open_cinema", Fate(1, (28, 32))),
    ("open_cinema", Fate(1, (5, 8), halt=frozenset({"inspect"}))),
    ("newborn", Fate(1, (10, 14))),
    ("newborn", Fate(1, (1, 2), halt=frozenset({"review"}))),
    ("open_workshop_shop", Fate(1, (12, 13), halt=frozenset({"inspect"}))),
    ("publication_shop", Fate(1, (16, 22))),
    ("after_death", Fate(1, (6, 9))),
    ("retirement", Fate(1, (4, 6), halt=frozenset({"audit"}))),
    ("staff_onboarding", Fate(1, (8, 12))),
    ("start_enterprise", Fate(1, (1, 3))),
)
#: What begins something else unasked (免申即办), and which of the house's supervision is told of (双告知).
BEGINNING: tuple[tuple[str, Fate], ...] = (
    ("birth_certificate", Fate(1, (20, 22))),
    ("birth_certificate", Fate(1, (18, 19))),
    ("birth_certificate", Fate(1, (3, 4))),
    ("pension_retirement", Fate(1, (26, 30))),
    ("pension_retirement", Fate(1, (9, 12))),
    ("food_workshop", Fate(1, (28, 32))),
)


def _suits(matter: Matter, fate: Fate) -> bool:
    """Can the fate befall the matter: is its limit long enough, is there a material to be missing?"""
    promised, legal = matter.terms.promised, matter.terms.legal
    if fate.least and (promised.unit is not Unit.WORKDAY or promised.value < fate.least):
        return False
    if fate.began == "unlawful" and (legal.unit is not Unit.WORKDAY or legal.value + 2 > DAYS):
        return False
    if fate.channel is Channel.ONLINE and "online" not in matter.record.get("channels", ("online",)):
        return False
    return not fate.lacks or any(is_lacking(r, fate.lacks) for r in matter.requirements)


def is_lacking(requirement: Requirement, kind: str) -> bool:
    """May it be what is missing: asked of everybody, and primary or secondary as the fate says?"""
    return requirement.condition is None and requirement.secondary == (kind == "secondary")


def draw(deck: list[Matter], fate: Fate) -> Matter:
    """Take the first matter that suits from the deck and lay it back at the bottom, so that each has its turn."""
    matter = next(m for m in deck if _suits(m, fate))
    deck.remove(matter)
    deck.append(matter)
    return matter


@dataclass(frozen=True, slots=True)
class Plan:
    """Somebody will apply for *matter*, and this will become of it."""

    matter: Matter
    fate: Fate
