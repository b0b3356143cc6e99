"""Who takes a case in, who accepts it and who decides it (收件、受理、审批): three organisations, kept apart.

At the district's own hall they are what they always were, and nothing is asked of the tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.domain import capability, crossing
from engine.domain.capability import Level
from engine.domain.case import BY_HIMSELF, Channel
from engine.domain.clock import Clock
from engine.domain.crossing import Mode
from engine.domain.entrustment import DECIDES, SCOPE_NAMES, Scope
from engine.domain.errors import NotNow
from engine.domain.identity import HALL
from engine.services import timing
from engine.services.act import Act
from engine.services.library import Matter
from engine.store import crossings, places
from engine.store.cases import Case
from engine.store.db import Row


@dataclass(frozen=True, slots=True)
class Route:
    """The way of one case. *acceptor* and *acting* are others than who took it in and who decides, or nobody."""

    hall: int
    place: int
    acceptor: int | None = None
    authority: int | None = None
    acting: int | None = None
    crossing: str = ""
    entrustment: Row | None = None

    @property
    def forwards(self) -> bool:
        """Is it taken in for somebody else's window, and on its way first?"""
        return self.acceptor is not None

    def columns(self, authority: int) -> dict[str, Any]:
        """What of it stands on the case; *authority* is the matter's own."""
        return {
            "hall_id": self.hall,
            "acceptor_id": self.acceptor,
            "authority_id": self.authority or authority,
            "acting_id": self.acting,
            "crossing": self.crossing,
            "entrustment_id": self.entrustment.id if self.entrustment else None,
        }


def routes(
    act: Act, matter: Matter, members: Sequence[Matter], hall: str, homes: Sequence[str], channel: Channel
) -> tuple[Route, ...]:
    """Return the way of an application: one, or one for each of its homes (多地联办). *members* are a bundle's.

    Raises `NotNow` where the place may not take the matter in, with the way out.
    """
    place = act.library.org(act.db, hall)
    if not homes and hall == HALL:
        return (Route(place, place),)
    if not homes:
        return (_home(act, matter, members, place, channel),)
    crossing.must_be_several(len(homes))
    _must_be_single(matter, "跨区通办")
    sites = [act.library.org(act.db, code) for code in dict.fromkeys(homes)]
    mode = Mode.SITES if len(sites) > 1 else Mode.ONLINE if channel in BY_HIMSELF else Mode.PROXY
    return tuple(_abroad(act, matter, place, site, mode, channel) for site in sites)


def _home(act: Act, matter: Matter, members: Sequence[Matter], place: int, channel: Channel) -> Route:
    """What is decided here and comes by another place than the hall: another region's, a street, a kiosk."""
    home, where = act.library.org(act.db, HALL), act.library.place(act.db, place)
    ours = act.library.place(act.db, home)
    own = ours.region or act.region
    if where.region and where.region != own:
        crossing.must_reach(matter.record, own, where.region, f"属地的{ours.name}")
        _must_be_single(matter, "跨区通办")
        return _crossed(place, home, channel)
    given = places.held(act.db, place, matter.key, act.at)
    if channel in BY_HIMSELF:
        return Route(home, place)
    if given is not None:
        return _given(Route(place, place), given)
    level, narrowest = _least(act, matter, members, place, where.kind)
    capability.must_take_in(level, where.name, narrowest, ours.name)
    if level is Level.ACCEPT:
        return Route(place, place)
    _must_be_single(matter, "代办")
    return Route(place, place, acceptor=home, crossing=Mode.PROXY)


def _least(act: Act, matter: Matter, members: Sequence[Matter], place: int, kind: str) -> tuple[Level, str]:
    """What a place does about a matter, with its name; about a bundle, what it does least about of its members.

    Where a bundle's matters are in the powers of both levels, either accepts it, and whoever accepts first sends
    each member on to who decides it (R-BUN-8).
    """
    laid = places.level(act.db, place, matter.key)
    if not members:
        return laid or capability.usual(kind, matter.record), matter.name
    found = [(laid, matter.name)] if laid else []
    found += [(_of_member(act, each, place, kind), each.name) for each in members]
    return max(found, key=lambda each: list(Level).index(each[0]))


def _of_member(act: Act, member: Matter, place: int, kind: str) -> Level:
    if places.held(act.db, place, member.key, act.at) is not None:
        return Level.ACCEPT
    return places.level(act.db, place, member.key) or capability.usual(kind, member.record)


def of_member(act: Act, member: Matter, route: Route) -> Route:
    """Return the way of a bundle's member: the bundle's own, but decided by whoever was given it where it came in."""
    if route.forwards or route.place == act.library.org(act.db, HALL):
        return route
    given = places.held(act.db, route.place, member.key, act.at)
    return route if given is None else _given(Route(route.hall, route.place), given)


def _crossed(place: int, home: int, channel: Channel) -> Route:
    """Online the place of intake has nothing to do; at its window it takes in and forwards."""
    if channel in BY_HIMSELF:
        return Route(home, place, crossing=Mode.ONLINE)
    return Route(place, place, acceptor=home, crossing=Mode.PROXY)


def _given(route: Route, given: Row) -> Route:
    """What was entrusted is made out in the name of who entrusts; what was devolved in that of who has it now."""
    agent = given.agent_id
    if given.scope == Scope.DEVOLVED:
        return replace(route, authority=agent, acting=agent, entrustment=given)
    acting = agent if Scope(given.scope) in DECIDES else None
    return replace(route, authority=given.principal_id, acting=acting, entrustment=given)


def _abroad(act: Act, matter: Matter, place: int, site: int, mode: Mode, channel: Channel) -> Route:
    """One home of an application that is decided elsewhere; it may be ours, among others."""
    home = act.library.org(act.db, HALL)
    there, here = act.library.place(act.db, site), act.library.place(act.db, place)
    crossing.must_reach(
        matter.record, there.region or act.region, here.region or act.region, f"属地的{there.name}"
    )
    decides = None if site == home else site
    if channel in BY_HIMSELF or site == place:
        return Route(site, place, None, decides, decides, mode)
    return Route(place, place, site, decides, decides, mode)


def _must_be_single(matter: Matter, what: str) -> None:
    if matter.kind == "bundle":
        raise NotNow(
            f"“一件事”不能{what}；请在属地的综合窗口统一收件，或由申请人网上申请。",
            code="crossing.bundle",
            field="matter",
        )


def keep(act: Act, case: Case, route: Route, lead: int) -> None:
    """Write down how a case came here, and start the clock of its way where it is on one."""
    if route.crossing:
        crossings.add(act.db, case.id, route.place, case.accepts, lead)
    if route.forwards:
        limit = crossing.legs(act.matter(case).record).transfer
        timing.start(act, case, [timing.row(act, case, Clock.TRANSFER, limit, act.at)])
        act.record("collected", case, mode=route.crossing, to=act.library.place(act.db, case.accepts).name)
    if route.entrustment is not None:
        act.record("under entrustment", case, scope=SCOPE_NAMES[Scope(route.entrustment.scope)],
                   document_no=route.entrustment.notice_no)  # fmt: skip
