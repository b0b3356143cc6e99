"""15 分钟/10 分钟圈、5 公里圈 (rulebook §1.2): where one can go for a matter, how near it is, and when it is open."""

import pytest

from engine.domain.capability import Level
from engine.office import Office
from engine.queries import nearby
from engine.queries.nearby import Wish
from engine.services import authoriser
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.places import PLACES, SUBSIDY

HALL, STREET, COMMUNITY = (104.7402, 31.4655), (104.7311, 31.4712), (104.7268, 31.4733)


@pytest.fixture
def district(office: Office, staff: Staff) -> Office:
    """A hall, a street and its community, each with its place written down."""
    with office.act(staff["registrar"]) as act:
        for code in ("HX", "HX01"):
            authoriser.found(
                act, code, PLACES[code][0], PLACES[code][1], {"HX01": "HX"}.get(code, "DISTRICT")
            )
        for code, (longitude, latitude) in (("HALL", HALL), ("HX", STREET), ("HX01", COMMUNITY)):
            authoriser.locate(act, code, f"{code} 门口", "", longitude, latitude)
    return office


def look(office: Office, **wish: object) -> nearby.Found:
    with office.look() as act:
        return nearby.nearby(act.db, act.at, act.calendar_at, Wish(**wish))  # type: ignore[arg-type]


def covered(office: Office, matter: str = "") -> tuple[int, int, int]:
    with office.look() as act:
        found = nearby.coverage(act.db, act.at, act.calendar_at, matter)
    return found.communities, found.quarter, found.five_km


def test_the_nearest_comes_first_and_the_circles_are_marked(district: Office) -> None:
    found = look(district, near="HX01").spots
    assert [(s.code, s.walkable, s.close) for s in found] == [
        ("HX01", True, True),
        ("HX", True, True),
        ("HALL", False, True),
    ]
    assert (found[1].metres, found[1].minutes) == (470, 8)


def test_a_matter_is_asked_where_it_can_be_done(district: Office, staff: Staff) -> None:
    """村站帮办代办事项清单: what a place does not do at all is not shown."""
    assert {s.code: s.level for s in look(district, matter=SUBSIDY).spots}["HX01"] == "help"
    with district.act(staff["registrar"]) as act:
        authoriser.lay_down(act, "HX01", [SUBSIDY], Level.NONE)
    assert {s.code for s in look(district, matter=SUBSIDY).spots} == {"HALL", "HX"}
    assert [s.code for s in look(district, street="HX").spots] == ["HX", "HX01"]


def test_a_community_is_covered_by_who_takes_applications_in(district: Office, staff: Staff) -> None:
    """The street is 470 m away, the hall 1.5 km; helping is not enough."""
    assert covered(district) == (1, 1, 1)
    assert covered(district, "food_operation_new") == (1, 0, 1)
    with district.act(staff["registrar"]) as act:
        authoriser.lay_down(act, "HX01", ["food_operation_new"], Level.FORWARD)
    assert covered(district, "food_operation_new") == (1, 1, 1)


def test_it_says_whether_it_is_open_and_until_when(district: Office, staff: Staff, watch: Watch) -> None:
    """A hall that is booked keeps its windows' hours, a place its own, any other those of the calendar."""
    with district.act(staff["registrar"]) as act:
        authoriser.locate(act, "HX01", "", "", *COMMUNITY, hours=[{"workday": "09:00-11:00"}])
    watch.set("2026-11-27 18:00")  # a Friday
    spots = {s.code: s.opening for s in look(district).spots}
    assert {code: o.open for code, o in spots.items()} == {"HALL": True, "HX": False, "HX01": False}
    until = {
        code: f"{o.until.astimezone(watch.time.tzinfo):%m-%d %H:%M}" for code, o in spots.items() if o.until
    }
    assert until == {"HALL": "11-27 20:00", "HX": "11-30 09:00", "HX01": "11-30 09:00"}
    assert [s.code for s in look(district, open=True).spots] == ["HALL"]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"longitude": 104.7}, "place.half"),
        ({"longitude": 31.4, "latitude": 104.7}, "place.swapped"),
        ({"longitude": 4.7, "latitude": 31.4}, "place.elsewhere"),
        ({"hours": [{"workday": "nine to five"}]}, "hours.unreadable"),
    ],
)
def test_what_cannot_be_is_refused(
    district: Office, staff: Staff, told: dict[str, object], code: str
) -> None:
    refusal = builders.refused(district, staff["registrar"], authoriser.locate, "HX", **told)  # type: ignore[arg-type]
    assert refusal.code == code
