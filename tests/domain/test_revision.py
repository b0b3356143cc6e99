"""What changes from one catalogue to another (减事项、减材料, rulebook §1.6)."""

from typing import Any

from engine.domain.limit import Limit
from engine.domain.revision import Totals, revisions, totals


def matter(*codes: str, shared: tuple[str, ...] = (), promised: int = 10) -> dict[str, Any]:
    materials = [{"code": code, "name": code, "source": "self"} for code in codes]
    materials += [{"code": code, "name": code, "source": "shared"} for code in shared]
    return {
        "name": "事项", "promised_limit": {"value": promised, "unit": "workday"}, "materials": materials,
    }  # fmt: skip


def test_a_material_that_comes_to_be_shared_is_one_fewer_to_bring() -> None:
    before, after = {"m": matter("a", "b")}, {"m": matter("a", shared=("b",))}
    assert (totals(before), totals(after)) == (Totals(1, 2, 2), Totals(1, 2, 1))
    (changed,) = revisions(before, after)
    assert (changed.fewer, changed.more, changed.is_faster) == (("b",), (), False)


def test_a_matter_that_is_gone_takes_its_materials_along() -> None:
    (gone,) = revisions({"m": matter("a", "b")}, {})
    assert (gone.is_gone, gone.is_new, gone.fewer) == (True, False, ("a", "b"))


def test_a_new_matter_brings_its_own() -> None:
    (new,) = revisions({}, {"m": matter("a")})
    assert (new.is_new, new.more, new.promised) == (True, ("a",), (None, Limit.parse("10 workday")))


def test_less_time_promised_is_faster_and_more_is_not() -> None:
    assert [r.is_faster for r in revisions({"m": matter()}, {"m": matter(promised=7)})] == [True]
    assert [r.is_faster for r in revisions({"m": matter()}, {"m": matter(promised=12)})] == [False]


def test_what_stays_the_same_is_not_told() -> None:
    assert revisions({"m": matter("a")}, {"m": matter("a")}) == ()
