"""Who somebody is and what his posts let him do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import NotYours
from engine.domain.identity import APPLICANT, CLOCK, ROLE_NAMES, Actor, Post, Role, must_hold

LIN = Actor(1, "林窗口", frozenset({Post("window", 7)}))
posts = st.frozensets(st.builds(Post, st.sampled_from(Role), st.integers(1, 3)))


def test_every_role_has_a_name() -> None:
    assert set(ROLE_NAMES) == set(Role)


def test_a_post_is_held_in_its_organisation_only() -> None:
    assert LIN.holds("window")
    assert LIN.holds("window", 7)
    assert not LIN.holds("window", 8)
    assert not LIN.holds("chief", 7)


@pytest.mark.parametrize("nobody", [CLOCK, APPLICANT])
def test_the_clock_and_the_applicant_hold_no_post(nobody: Actor) -> None:
    assert not any(nobody.holds(role) for role in Role)


def test_who_lacks_a_post_is_told_which_and_what_to_do() -> None:
    with pytest.raises(NotYours, match=r"“审核岗”.*AB岗") as refused:
        must_hold(LIN, "chief", 7)
    assert (refused.value.code, refused.value.about["role"]) == ("post.missing", "chief")


def test_a_role_the_house_does_not_know_is_held_by_nobody() -> None:
    with pytest.raises(NotYours, match="wizard"):
        must_hold(LIN, "wizard")


@given(posts, st.sampled_from(Role), st.integers(1, 3))
def test_holding_somewhere_is_holding_in_some_organisation(
    held: frozenset[Post], role: Role, org: int
) -> None:
    actor = Actor(2, "何主任", held)
    assert actor.holds(role) == any(actor.holds(role, one) for one in (1, 2, 3))
    assert actor.holds(role, org) == (Post(role, org) in held)
