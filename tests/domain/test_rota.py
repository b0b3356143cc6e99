"""Who may take work of a post at a moment (2主1备轮值, rulebook §1.1)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import rota
from engine.domain.errors import Malformed, NotNow, Taken
from engine.domain.rota import Duty, Presence, Shift, Span, Stand

#: The three of a shift are 1, 2, 3; the others hold the post too, or cover somebody.
SHIFT = Shift(1, 2, 3)
PEOPLE = st.integers(1, 7)
groups = st.frozensets(PEOPLE)
presences = st.builds(
    Presence, online=groups, hold=groups, covers=st.dictionaries(PEOPLE, st.frozensets(PEOPLE, min_size=1))
)
#: Wednesday at nine and at two in Beijing.
MORNING, AFTERNOON = (datetime(2026, 11, 25, hour, tzinfo=UTC) for hour in (1, 6))
TODAY = date(2026, 11, 25)


def _for(who: int, presence: Presence) -> set[int]:
    """For whom somebody holds the post: himself, and those he covers."""
    mine = {who} if who > 3 or who in presence.hold else set[int]()
    return mine | {each for each, cover in presence.covers.items() if who in cover and each in presence.hold}


def _may(who: int, presence: Presence) -> bool:
    return rota.stand(SHIFT, _for(who, presence), presence) is not Stand.OFF


@given(presences)
def test_no_task_is_left_without_somebody_to_take_it(presence: Presence) -> None:
    """Whoever of its holders is there: at least one of them may take it."""
    there = [who for who in presence.online if _for(who, presence)]
    assert not there or any(_may(who, presence) for who in there)


@given(presences, st.sampled_from(SHIFT.mains), groups)
def test_a_main_always_may(presence: Presence, main: int, others: frozenset[int]) -> None:
    assert rota.stand(SHIFT, {main, *others}, presence) is Stand.MAIN


@given(presences, st.integers(4, 7))
def test_others_may_only_while_none_of_the_three_answers(presence: Presence, who: int) -> None:
    some = any(presence.answers(each) for each in SHIFT.all)
    assert (rota.stand(SHIFT, {who}, presence) is Stand.OFF) == some


@given(presences)
def test_the_spare_is_called_exactly_while_no_main_answers(presence: Presence) -> None:
    called = rota.stand(SHIFT, {SHIFT.spare}, presence) is Stand.CALLED
    assert called == (not any(presence.answers(main) for main in SHIFT.mains))


@given(presences, PEOPLE)
def test_more_people_there_never_opens_the_post_wider(presence: Presence, comes: int) -> None:
    more = Presence(presence.online | {comes}, presence.hold, presence.covers)
    assert all(_may(who, presence) for who in range(1, 8) if _may(who, more))


def test_of_a_main_who_is_away_his_deputy_answers_and_not_he() -> None:
    """AB岗: a main who is covered counts as away, wherever he is seen."""
    away = Presence(frozenset({1}), frozenset({1, 2, 3}), {1: frozenset({5})})
    assert not away.answers(1)
    assert Presence(frozenset({5}), frozenset({1}), away.covers).answers(1)


def test_a_main_who_lost_the_post_answers_for_nothing() -> None:
    seen = Presence(frozenset({1, 2}), frozenset({3}), {})
    assert rota.stand(SHIFT, {3}, seen) is Stand.CALLED


def test_off_duty_is_said_with_names_and_a_way_out() -> None:
    duty = Duty("approver", 7, Stand.OFF, Span.DAY, ("甲", "乙"), "丙")
    with pytest.raises(NotNow) as refused:
        rota.must_be_on_duty((duty,), "approver", 7)
    assert refused.value.code == "duty.off"
    assert "甲、乙当班（丙备岗）" in refused.value.message
    assert rota.must_be_on_duty((duty,), "chief", 7) == ""


@pytest.mark.parametrize(
    ("stand", "said"), [(Stand.MAIN, ""), (Stand.CALLED, "备岗接办"), (Stand.OPEN, "接办")]
)
def test_taking_it_out_of_turn_is_written_down(stand: Stand, said: str) -> None:
    assert said in rota.must_be_on_duty((Duty("approver", 7, stand, Span.DAY),), "approver", 7)


def test_noon_in_beijing_parts_the_day() -> None:
    assert rota.running(MORNING) == (TODAY, (Span.DAY, Span.MORNING))
    assert rota.running(datetime(2026, 11, 25, 4, tzinfo=UTC)) == (TODAY, (Span.DAY, Span.AFTERNOON))


@given(st.sampled_from(Span), st.sampled_from(Span))
def test_only_the_two_halves_stand_side_by_side(one: Span, other: Span) -> None:
    assert rota.overlap(one, other) == rota.overlap(other, one)
    assert rota.overlap(one, other) != ({one, other} == {Span.MORNING, Span.AFTERNOON})


@pytest.mark.parametrize(
    ("day", "span", "at", "code"),
    [
        (TODAY - timedelta(days=1), Span.DAY, MORNING, "rota.past"),
        (TODAY, Span.MORNING, AFTERNOON, "rota.past"),
        (date.max, Span.DAY, MORNING, "rota.far"),
    ],
)
def test_what_is_over_or_far_away_is_not_drawn(day: date, span: Span, at: datetime, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        rota.must_be_ahead(day, span, at)
    assert (refused.value.code, refused.value.field) == (code, "day")
    rota.must_be_ahead(TODAY, Span.DAY, AFTERNOON)


@pytest.mark.parametrize(
    ("three", "field"), [((1, 1, 2), "second"), ((1, 2, 1), "spare"), ((1, 2, 2), "spare")]
)
def test_three_are_three_people(three: tuple[int, int, int], field: str) -> None:
    with pytest.raises(Malformed) as refused:
        rota.must_be_three(Shift(*three))
    assert (refused.value.code, refused.value.field) == ("rota.same-person", field)


def test_one_post_has_one_shift_at_a_time() -> None:
    rota.must_be_free(TODAY, Span.MORNING, [Span.AFTERNOON])
    with pytest.raises(Taken) as refused:
        rota.must_be_free(TODAY, Span.DAY, [Span.AFTERNOON])
    assert (refused.value.code, refused.value.field) == ("rota.overlap", "span")
