"""Who chooses an agency, and whose time does not count (浙江 28 条)."""

import pytest

from engine.domain import intermediary
from engine.domain.errors import Refused

TEST = {"name": "卫生检测", "required": True, "ground": "检测", "limit": {"value": 7, "unit": "workday"}}
HELP = {"name": "材料编制", "required": False, "ground": "检测", "limit": {"value": 5, "unit": "workday"}}
KNOWN = intermediary.services({"intermediary": [TEST, HELP]})


def test_only_what_a_law_requires_does_not_count() -> None:
    assert {name: service.excluded for name, service in KNOWN.items()} == {
        "卫生检测": True,
        "材料编制": False,
    }
    assert intermediary.services({}) == {}


@pytest.mark.parametrize(
    ("name", "agency", "himself", "code"),
    [
        ("卫生检测", "安信", False, "intermediary.official"),
        ("环评", "安信", True, "intermediary.unknown"),
        ("卫生检测", " ", True, "intermediary.agency"),
    ],
)
def test_the_applicant_chooses_from_what_is_listed(
    name: str, agency: str, code: str, *, himself: bool
) -> None:
    with pytest.raises(Refused) as refused:
        intermediary.chosen(name, agency, KNOWN, himself=himself)
    assert refused.value.code == code
