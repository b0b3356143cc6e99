"""What is asked for, what is there, and which way out that leaves."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.material import (
    LATER,
    STANDING_NAMES,
    THERE,
    Handed,
    Line,
    Requirement,
    Standing,
    Verdict,
    defects,
    holds,
    lines,
    outstanding,
    verdict,
)

CODES = ("floor-plan", "rules", "licence", "photo")
requirements = st.tuples(*(st.builds(Requirement, st.just(c), st.just(c), st.booleans()) for c in CODES))
shelves = st.dictionaries(st.sampled_from(CODES), st.sampled_from(Standing)).map(
    lambda found: {code: Handed(code, standing) for code, standing in found.items()}
)
#: From the worst way out to the best.
RANK = {Verdict.CORRECT: 0, Verdict.TOLERATE: 1, Verdict.ACCEPT: 2}


def _line(standing: Standing, *, secondary: bool) -> Line:
    return Line(Requirement("rules", "管理制度", secondary), standing)


def test_every_standing_has_a_name() -> None:
    assert set(STANDING_NAMES) == set(Standing)
    assert not THERE & LATER


@pytest.mark.parametrize(
    ("condition", "flags", "asked"),
    [
        (None, {}, True),
        ("catering", {}, False),
        ("catering", {"catering": True}, True),
        ("catering", {"catering": False}, False),
        ("!catering", {}, True),
        ("!catering", {"catering": True}, False),
    ],
)
def test_a_condition_holds_by_its_flag(condition: str | None, flags: dict[str, Any], *, asked: bool) -> None:
    assert holds(condition, flags) is asked
    assert (
        Requirement("food-licence", "食品经营许可证", secondary=True, condition=condition).applies(flags)
        is asked
    )


def test_a_material_nobody_asks_for_in_this_scenario_is_no_line() -> None:
    sign = Requirement("food-licence", "食品经营许可证", secondary=True, condition="catering")
    assert lines([sign], {"catering": False}, {}) == ()


@pytest.mark.parametrize("standing", sorted(THERE))
def test_what_is_there_stands_in_nobodys_way(standing: Standing) -> None:
    assert verdict([_line(standing, secondary=False)]) is Verdict.ACCEPT


@pytest.mark.parametrize("standing", [Standing.MISSING, Standing.REJECTED])
def test_a_missing_primary_material_must_be_corrected_and_a_secondary_may_be_tolerated(
    standing: Standing,
) -> None:
    """R-ACC-1, R-TOL-1."""
    assert verdict([_line(standing, secondary=False)]) is Verdict.CORRECT
    assert verdict([_line(standing, secondary=True)]) is Verdict.TOLERATE


@pytest.mark.parametrize("standing", sorted(LATER))
def test_what_is_promised_or_awaited_lets_a_case_be_accepted_but_not_decided(standing: Standing) -> None:
    """R-TOL-3, R-BUN-3."""
    waiting = (_line(standing, secondary=False),)
    assert verdict(waiting) is Verdict.ACCEPT
    assert outstanding(waiting) == waiting


def test_what_a_sibling_will_produce_is_awaited_and_not_missing() -> None:
    """R-BUN-3: by the name of its maker, R-BUN-5: or by the code of its result."""
    licence = Requirement("business-licence", "营业执照", secondary=False)
    opinion = Requirement("fire-check-opinion", "消防意见", secondary=False, produced_by="fire_check")
    siblings = {"individual_business": "business-licence", "fire_check": None}
    assert [line.standing for line in lines([licence, opinion], {}, {}, siblings)] == [Standing.AWAITED] * 2
    assert [line.standing for line in lines([licence, opinion], {}, {})] == [Standing.MISSING] * 2


def test_what_was_handed_in_counts_before_what_a_sibling_may_bring() -> None:
    licence = Requirement("business-licence", "营业执照", secondary=False)
    handed = {"business-licence": Handed("business-licence", Standing.REJECTED, 4, "过期")}
    (line,) = lines([licence], {}, handed, {"individual_business": "business-licence"})
    assert (line.standing, line.file_id, line.remark) == (Standing.REJECTED, 4, "过期")


@given(requirements, shelves, st.sampled_from(CODES), st.sampled_from(sorted(THERE)))
def test_handing_in_more_never_worsens_the_way_out(
    asked: tuple[Requirement, ...], shelf: dict[str, Handed], code: str, standing: Standing
) -> None:
    before = verdict(lines(asked, {}, shelf))
    after = verdict(lines(asked, {}, shelf | {code: Handed(code, standing)}))
    assert RANK[after] >= RANK[before]


@given(requirements, shelves)
def test_a_notice_names_exactly_what_keeps_a_case_from_plain_acceptance(
    asked: tuple[Requirement, ...], shelf: dict[str, Handed]
) -> None:
    """R-ACC-1: all of it at once, and nothing else."""
    checked = lines(asked, {}, shelf)
    named = {line.requirement.code for line in defects(checked)}
    cured = shelf | {code: Handed(code, Standing.RECEIVED) for code in named}
    assert verdict(lines(asked, {}, cured)) is Verdict.ACCEPT
    assert bool(named) is (verdict(checked) is not Verdict.ACCEPT)
    assert named <= {line.requirement.code for line in outstanding(checked)}
