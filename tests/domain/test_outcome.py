"""What one thing comes to (R-BUN-7): one outcome, the same whatever the order, said as soon as it is certain."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import agreement, outcome
from engine.domain.case import State
from engine.domain.errors import Malformed
from engine.domain.outcome import Fate, Policy, Rule
from tests.diagrams import shelf

KEYS = "abcde"
OVER = st.sampled_from([Fate.GRANTED, Fate.DENIED, Fate.ENDED])
rules = st.builds(Rule, st.sampled_from(Policy), st.frozensets(st.sampled_from(KEYS)))
ends = st.dictionaries(st.sampled_from(KEYS), OVER, min_size=1)


def said(rule: Rule, ends: dict[str, Fate], order: list[str]) -> list[State | None]:
    """What is said after each member, one by one in this order."""
    fates = dict.fromkeys(ends, Fate.PENDING)
    found = [outcome.outcome(rule, fates)]
    for key in order:
        fates[key] = ends[key]
        found.append(outcome.outcome(rule, fates))
    return found


@given(rules, ends, st.data())
def test_it_comes_to_exactly_one_outcome_whatever_the_order(
    rule: Rule, ends: dict[str, Fate], data: st.DataObject
) -> None:
    one, other = (data.draw(st.permutations(sorted(ends))) for _ in range(2))
    first, second = said(rule, ends, one), said(rule, ends, other)
    assert {s for s in first if s} == {s for s in second if s} == {first[-1]}
    assert first[-1] is not None


@given(rules, ends, st.data())
def test_what_was_said_is_never_taken_back(rule: Rule, ends: dict[str, Fate], data: st.DataObject) -> None:
    found = said(rule, ends, data.draw(st.permutations(sorted(ends))))
    decided = [each for each in found if each is not None]
    assert found[: len(found) - len(decided)] == [None] * (len(found) - len(decided))


@given(rules, ends)
def test_a_grant_is_a_grant_and_none_is_none(rule: Rule, ends: dict[str, Fate]) -> None:
    """No licence makes a bundle denied, and none makes it granted."""
    came_to, found = outcome.outcome(rule, ends), set(ends.values())
    assert (came_to in {State.GRANTED, State.GRANTED_PARTLY}) == (Fate.GRANTED in found)
    assert (came_to is State.WITHDRAWN) == (found == {Fate.ENDED})


@pytest.mark.parametrize(
    ("policy", "counted", "fates", "came_to"),
    [
        ("all", "", "a+ b+", "granted"),
        ("all", "", "a+ b-", "granted_partly"),
        ("all", "", "a+ b.", "granted_partly"),
        ("all", "", "a+ b?", None),
        ("all", "", "a- b.", "denied"),
        ("any", "a", "a+ b?", "granted"),
        ("any", "a", "a- b+", "granted_partly"),
        ("any", "a", "a- b?", None),
        ("any", "z", "a+ b?", None),
        ("required", "a", "a+ b- c?", "granted"),
        ("required", "ab", "a+ b- c+", "granted_partly"),
        ("required", "z", "a+ b+", "granted"),
    ],
)
def test_the_three_policies(policy: str, counted: str, fates: str, came_to: str | None) -> None:
    """R-BUN-7: 全部办结, 任一里程碑办结, 必办成员办结; where none that counts takes part, all count."""
    words = {"+": Fate.GRANTED, "-": Fate.DENIED, ".": Fate.ENDED, "?": Fate.PENDING}
    read = {each[0]: words[each[1]] for each in fates.split()}
    assert outcome.outcome(Rule(Policy(policy), frozenset(counted)), read) == came_to


def test_a_denial_that_was_handed_out_is_a_denial_still() -> None:
    """R-BUN-7: its state says no more than that it is delivered."""
    assert outcome.fate(State.DELIVERED, State.DENIED) is Fate.DENIED
    assert outcome.fate(State.DELIVERED, State.GRANTED_TOLERANT) is Fate.GRANTED
    assert outcome.fate(State.VOID, None) is Fate.ENDED


def test_a_bundle_ends_as_its_members_did_where_all_ended_alike() -> None:
    assert outcome.ended(State.ACCEPTED, [State.RETURNED] * 2) is State.RETURNED
    assert outcome.ended(State.ACCEPTED, [State.RETURNED, State.WITHDRAWN]) is State.WITHDRAWN
    assert outcome.ended(State.RECEIVED, [State.NOT_ACCEPTED]) is State.NOT_ACCEPTED


def bundle(policy: str | None, *members: dict[str, Any]) -> dict[str, Any]:
    listed = [{"matter": key, **member} for key, member in zip(KEYS, members, strict=False)]
    return {"key": "shop", "name": "开店", "members": listed, **({"outcome": policy} if policy else {})}


@pytest.mark.parametrize(
    ("record", "code", "element", "grave"),
    [
        (bundle("most", {}), "bundle.outcome", "shop", True),
        (bundle("any", {}, {}), "bundle.no-milestone", "shop", True),
        (bundle("required", {"optional": True}), "bundle.no-required", "shop", True),
        (bundle("any", {"milestone": True, "optional": True}, {}), "bundle.milestone-left-out", "a", False),
        (bundle("all", {"milestone": True}), "bundle.milestone-idle", "a", False),
    ],
)
def test_a_policy_nobody_can_meet_is_found(
    record: dict[str, Any], code: str, element: str, grave: object
) -> None:
    """R-BUN-7."""
    (found,) = agreement.policy(record)
    assert (found.code, found.element, found.grave) == (code, element, grave)


def test_a_policy_that_is_no_word_of_ours_is_refused() -> None:
    with pytest.raises(Malformed, match="most"):
        outcome.policy(bundle("most", {}))


def test_no_shipped_bundle_has_a_policy_it_cannot_meet() -> None:
    """R-BUN-7."""
    found = {key: [each.code for each in agreement.policy(record)] for key, record in shelf.bundles().items()}
    assert not any(found.values()), found
