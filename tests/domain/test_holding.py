"""What an applicant keeps with us: trusted as far as it is, used again only while he lets us and it is valid."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.domain import holding
from engine.domain.holding import Holding, Trust

TODAY = date(2026, 11, 23)
THEN = datetime(2026, 11, 1, tzinfo=UTC)
moments = st.none() | st.just(THEN)
holdings = st.builds(
    Holding,
    id=st.integers(1, 9),
    code=st.just("plan"),
    name=st.just("平面图"),
    file_id=st.integers(1, 9),
    trust=st.sampled_from(Trust),
    valid_until=st.none() | st.dates(TODAY - timedelta(3), TODAY + timedelta(3)),
    consent_at=moments,
    withdrawn_at=moments,
    at=st.integers(0, 9).map(lambda days: THEN - timedelta(days)),
    origin=st.just("N1"),
)
wanted = st.lists(st.sampled_from(Trust), max_size=3)


@given(st.lists(holdings), wanted)
def test_only_what_may_be_used_is_offered(kept: list[Holding], asked: list[Trust]) -> None:
    """§8, §9: consent stands, it is valid, and trusted as far as everybody who asks wants."""
    best = holding.best(kept, asked, TODAY)
    if best is not None:
        assert best.consent_at is not None
        assert best.withdrawn_at is None
        assert best.valid_until is None or best.valid_until >= TODAY
        assert all(best.trust <= each for each in asked)


@given(st.lists(holdings), wanted)
def test_nothing_better_is_left_lying(kept: list[Holding], asked: list[Trust]) -> None:
    best = holding.best(kept, asked, TODAY)
    usable = [each for each in kept if not holding.obstacle(each, asked, TODAY)]
    assert (best is None) == (not usable)
    assert best is None or all(best.trust <= each.trust for each in usable)


@given(holdings, wanted)
def test_it_is_not_offered_again_once_withdrawn(held: Holding, asked: list[Trust]) -> None:
    """§9: whatever else holds of it."""
    assert held.withdrawn_at is None or holding.obstacle(held, asked, TODAY)


@given(st.lists(st.sampled_from(Trust), min_size=1))
def test_what_is_handed_in_is_never_more_than_an_upload(asked: list[Trust]) -> None:
    """§8: C, or D where it is the applicant's own making; the window alone makes it B."""
    assert holding.graded(asked) in {Trust.UPLOADED, Trust.OWN}


def test_its_last_day_counts() -> None:
    held = Holding(
        1, "plan", "平面图", 1, Trust.VERIFIED, TODAY, THEN, None, THEN, "N1", "已核验 2026-11-02 林窗口"
    )
    assert holding.obstacle(held, ["C"], TODAY) == ""
    assert holding.obstacle(held, ["C"], TODAY + timedelta(1)) == "已于 2026-11-23 过期"
    assert holding.obstacle(held, ["A"], TODAY).startswith("可信级")
    assert held.provenance() == "取自材料库：2026-11-01 随办件 N1 提交，已核验 2026-11-02 林窗口"
