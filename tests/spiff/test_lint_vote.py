"""A committee's vote is drawn as one step with two ends and rules that can be kept (gov:vote)."""

import pytest

from engine.spiff import lint, parser
from tests.spiff.diagrams import line

RULES = "quorum=2/3;agree>1/2;abstain=counts"
TWO = "pass=通过;oppose=不通过"


def told(**words: str) -> list[str]:
    drawn = line("accept").user("panel", "会审", **words).path("accept", "panel", "done")
    return [each.code for each in lint.check(drawn.xml()) if each.code.startswith(("vote", "word"))]


@pytest.mark.parametrize(
    ("vote", "outcomes", "codes"),
    [
        (RULES, TWO, []),
        ("quorum=3/2;agree>1/2", TWO, ["vote.rules"]),
        ("half of them", TWO, ["word.unreadable"]),
        (RULES, "pass=通过", ["vote.outcomes"]),
        (RULES, "pass=通过;oppose=不通过;later=再议", ["vote.outcomes"]),
    ],
)
def test_a_vote_has_rules_that_can_be_kept_and_two_ends(vote: str, outcomes: str, codes: list[str]) -> None:
    assert told(vote=vote, outcomes=outcomes) == codes


def test_the_rules_reach_the_step() -> None:
    drawn = line("accept").user("panel", "会审", vote=RULES, outcomes=TWO).path("accept", "panel", "done")
    assert parser.read(drawn.xml()).nodes["panel"].vote == "quorum=2/3;agree>1/2;abstain=counts"
