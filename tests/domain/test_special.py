"""What stops the clocks by law, what regions add, and what else they rule (R-LIM-5, R-ACC-1, R-ACC-5)."""

import pytest

from engine.domain import special
from engine.domain.errors import Refused
from engine.domain.matter import Unanswered, terms
from engine.domain.special import Region
from tests.diagrams import shelf

REGIONS = [Region(each["code"], each["name"], each) for each in shelf.page(shelf.BPMN / "regions.yaml")]
FOOD = shelf.matters()["food_operation_new"]
SUBSIDY = shelf.matters()["disability_subsidies"]


def grounds(record: object, region: str) -> set[str]:
    return set(special.grounds(special.local(record, REGIONS, region))) - set(special.LEGAL)


def test_the_list_of_the_law_is_closed() -> None:
    """行政许可法 45; an inspection on the spot (现场勘验) and a technical review (技术审查) count."""
    assert len(special.LEGAL) == 8
    for name in ("现场勘验", "技术审查", ""):
        with pytest.raises(Refused):
            special.ground(name, special.LEGAL)


def test_a_region_adds_grounds_for_itself() -> None:
    """滨州 公示、评审、招投标; elsewhere nothing."""
    assert grounds(FOOD, "371602") == {"公示", "评审", "招投标"}
    assert grounds(FOOD, "510703") == set()


def test_a_ground_may_hold_for_one_kind_of_matter() -> None:
    assert grounds(SUBSIDY, "510703") == {"公示"}
    assert special.grounds(special.local(SUBSIDY, REGIONS, "510703"))["公示"].basis


@pytest.mark.parametrize(
    ("region", "days", "unanswered"),
    [
        ("410502", 1, Unanswered.WITHDRAW_DEEMED),
        ("430102", 2, Unanswered.WITHDRAW_DEEMED),
        ("371602", 2, Unanswered.DENY),
        ("510703", 2, Unanswered.WITHDRAW_DEEMED),
    ],
)
def test_regions_look_first_and_wait_differently(region: str, days: int, unanswered: Unanswered) -> None:
    """R-ACC-1: 安阳 1, 湖南 2 working days; R-ACC-5: 滨州 denies what is not answered."""
    found = terms(special.local(FOOD, REGIONS, region))
    assert (found.prereview.value, found.unanswered) == (days, unanswered)


def test_a_notice_is_only_ever_stricter() -> None:
    """R-ACC-1: five working days or fewer."""
    strict = Region("", "x", {"notice": {"value": 2, "unit": "workday"}})
    loose = Region("", "x", {"notice": {"value": 9, "unit": "workday"}})
    assert terms(special.local(FOOD, [strict], "1")).notice.value == 2
    assert terms(special.local(FOOD, [loose], "1")).notice.value == 5


@pytest.mark.parametrize("text", ["", "当场", "3 fixed", "三天", "soon"])
def test_the_announced_time_is_a_time(text: str) -> None:
    with pytest.raises(Refused):
        special.announced(text)
