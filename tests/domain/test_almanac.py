"""Which calendar is in force for whom: the nearest organisation's own, over those below it."""

import pytest

from engine.domain.almanac import CHINA, almanac, depth, label, must_be_code
from engine.domain.errors import Malformed

PARENTS = {CHINA: None, "GX": CHINA, "HALL": "GX"}
#: A district (1) with a hall (2) and an office of it (3), and a department (4).
ORGS = {1: (None, "GX"), 2: (1, "HALL"), 3: (2, None), 4: (1, None), 5: (None, None)}


def test_the_nearest_calendar_counts_over_those_below() -> None:
    found = almanac({CHINA: "n", "GX": "g", "HALL": "h"}, PARENTS, ORGS)
    assert found is not None
    assert [found.of(org) for org in (1, 2, 3, 4, 5)] == ["n+g", "n+g+h", "n+g+h", "n+g", "n"]


def test_one_without_a_version_adds_nothing() -> None:
    found = almanac({CHINA: "n", "HALL": "h"}, PARENTS, ORGS)
    assert found is not None
    assert [found.of(org) for org in (1, 3, 4)] == ["n", "n+h", "n"]


def test_without_the_nations_there_is_none() -> None:
    assert almanac({"GX": "g"}, PARENTS, ORGS) is None


def test_a_new_version_has_a_number_of_its_own() -> None:
    first = label(CHINA, 2027, [])
    second = label(CHINA, 2027, [first])
    assert (first, second) == ("国务院放假通知至2027年", "国务院放假通知至2027年·2")
    assert label("HALL", 0, ["HALL.1", "HALL.2"]) == "HALL.3"
    assert depth("HALL", PARENTS) == 2


@pytest.mark.parametrize("code", ["", "A", "hall", "A+B", "1A", "A" * 13, "大厅"])
def test_a_code_is_short_and_plain(code: str) -> None:
    with pytest.raises(Malformed) as refused:
        must_be_code(code)
    assert refused.value.code == "calendar.code"
