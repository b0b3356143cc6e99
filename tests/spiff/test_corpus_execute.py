"""Public conformance cases: pass, or refuse naming the element; never wrong, never stuck."""

from collections import Counter

import pytest

from tests.spiff.conformance import Verdict, cases, judge

CASES = cases("execute")
pytestmark = pytest.mark.skipif(not CASES, reason="the public cases lie outside the project")


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return [judge(case) for case in CASES]


def test_nothing_is_wrong_and_nothing_is_stuck(verdicts: list[Verdict]) -> None:
    assert [each for each in verdicts if each.said not in ("pass", "refused")] == []


def test_five_of_six_pass(verdicts: list[Verdict]) -> None:
    said = Counter(each.said for each in verdicts)
    assert said["pass"] >= 0.83 * len(CASES), said


def test_the_judge_can_say_wrong_and_stuck() -> None:
    case = next(case for case in CASES if case["id"].startswith("betsy/SequenceFlow#"))
    for trace, said in ((["task9"], "wrong"), (["task1", "task1"], "stuck")):
        assert judge({**case, "case": {**case["case"], "expect_trace": trace}}).said == said
