"""What the catalogue says of a matter, and what the law says where it is silent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import matter
from engine.domain.errors import Malformed
from engine.domain.limit import Limit, Unit
from engine.domain.tolerance import OnOverdue
from tests.diagrams import shelf

CINEMA = shelf.bundles()["open_cinema"]


def _named(found: tuple[matter.Member, ...]) -> list[str]:
    return [member.matter for member in found]


def test_where_the_catalogue_is_silent_the_law_speaks() -> None:
    """R-ACC-1, R-LIM-1, R-LIM-4, R-ACC-5, R-TOL-4."""
    terms = matter.terms({})
    assert (terms.notice, terms.answer) == (Limit(5, Unit.WORKDAY), Limit(15, Unit.WORKDAY))
    assert (terms.legal, terms.delivery) == (Limit(20, Unit.WORKDAY), Limit(10, Unit.WORKDAY))
    assert (terms.tolerance, terms.tolerance_overdue) == (Limit(5, Unit.WORKDAY), OnOverdue.WITHDRAW_DEEMED)


def test_handled_jointly_the_law_gives_forty_five_days() -> None:
    """R-LIM-2."""
    assert matter.terms({}, joint=True).legal == Limit(45, Unit.WORKDAY)


def test_what_the_catalogue_says_counts() -> None:
    terms = matter.terms(
        {
            "legal_limit": {"value": 30, "unit": "day"},
            "correction": {"notice": {"value": 1, "unit": "workday"}},
            "tolerance": {"max": {"value": 3, "unit": "workday"}, "on_overdue": "deny"},
        }
    )
    assert (terms.legal, terms.notice) == (Limit(30, Unit.DAY), Limit(1, Unit.WORKDAY))
    assert (terms.tolerance, terms.tolerance_overdue) == (Limit(3, Unit.WORKDAY), OnOverdue.DENY)


@pytest.mark.parametrize("key", shelf.matters())
def test_every_matter_we_ship_is_understood(key: str) -> None:
    record = shelf.matters()[key]
    assert matter.terms(record).notice.value > 0
    assert len({r.code for r in matter.requirements(record)}) == len(record.get("materials") or ())


@pytest.mark.parametrize("key", shelf.bundles())
def test_every_bundle_has_its_compulsory_members_at_least(key: str) -> None:
    record = shelf.bundles()[key]
    compulsory = [m["matter"] for m in record["members"] if not m.get("optional") and not m.get("condition")]
    assert set(compulsory) <= set(_named(matter.chosen(record, {}, ())))


def test_a_member_with_a_condition_follows_the_answers_and_not_the_wish() -> None:
    """R-BUN-6."""
    assert "food_operation_new" in _named(matter.chosen(CINEMA, {"sells_food": True}, ()))
    assert "food_operation_new" not in _named(matter.chosen(CINEMA, {}, ("food_operation_new",)))
    assert "individual_business" not in _named(matter.chosen(CINEMA, {"already_registered": True}, ()))


def test_an_optional_member_is_taken_when_it_is_wished_for() -> None:
    assert "shop_sign_filing" in _named(matter.chosen(CINEMA, {}, ("shop_sign_filing",)))
    assert "shop_sign_filing" not in _named(matter.chosen(CINEMA, {}, ()))


def test_a_wish_for_what_is_no_member_is_refused() -> None:
    with pytest.raises(Malformed, match="tobacco_retail") as refused:
        matter.chosen(CINEMA, {}, ("tobacco_retail",))
    assert refused.value.code == "bundle.member"


@given(
    st.dictionaries(st.sampled_from(matter.questions(CINEMA)), st.booleans()),
    st.sampled_from([(), ("shop_sign_filing",)]),
)
def test_the_chosen_keep_the_bundles_order(flags: dict[str, bool], wanted: tuple[str, ...]) -> None:
    found = _named(matter.chosen(CINEMA, flags, wanted))
    assert found == [m["matter"] for m in CINEMA["members"] if m["matter"] in found]
