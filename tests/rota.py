"""A rota for tests: three more approvers of one department on a shift, and who is there."""

from dataclasses import dataclass
from datetime import date

from engine.domain.identity import CLOCK, Actor, Role
from engine.domain.rota import Span
from engine.office import Office
from engine.services import foreman
from engine.services.foreman import Trio
from engine.store import people
from tests.builders import hired
from tests.people import Staff

TODAY = date(2026, 11, 23)
NAMES = ("钱主岗", "孙主岗", "李备岗")
TRIO = Trio(*NAMES)


@dataclass(frozen=True, slots=True)
class Three:
    """The three of a shift."""

    main: Actor
    second: Actor
    spare: Actor


def hire(office: Office, org: str = "SCJG", role: str = "approver") -> Three:
    """Hire three people for a post."""
    return Three(*(hired(office, name, org, role) for name in NAMES))


def drawn(
    office: Office, staff: Staff, org: str = "SCJG", role: str = "approver", span: Span = Span.DAY
) -> Three:
    """Hire three people for a post and put them on duty today."""
    three = hire(office, org, role)
    draw(office, staff["manager"], org, role, span=span)
    return three


def draw(
    office: Office,
    by: Actor,
    org: str = "SCJG",
    role: str = "approver",
    day: date = TODAY,
    span: Span = Span.DAY,
) -> int:
    """Put the three on duty."""
    with office.act(by) as act:
        return foreman.draw(act, org, Role(role), day, span, TRIO)


def arrive(office: Office, *who: Actor) -> None:
    """Let people be seen at their screens now."""
    with office.act(CLOCK) as act:
        for each in who:
            people.open_session(act.db, f"{each.id}-{act.at}", each.id or 0, act.at)


def now(office: Office, who: Actor) -> Actor:
    """Somebody as he comes in now: with his posts, those he covers, and the shifts that run."""
    with office.look() as look:
        return people.actor(look.db, who.id or 0, look.at)
