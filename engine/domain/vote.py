"""A committee's vote (重大行政审批事项决策委员会): quorum (法定人数), share of agreement, recusal (回避), exactly.

A diagram says by which rules: ``gov:vote`` is ``quorum=2/3;agree>1/2;abstain=counts``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from engine.domain.errors import Incomplete, Malformed, NotNow

#: How many may vote at least, without those who are recused.
FEWEST = 3
#: How a diagram says the rules; the whole of it is a pattern of the dialect too.
WRITTEN = r"quorum=[1-9]\d?/[1-9]\d?;\s*agree(?:>=|>)[1-9]\d?/[1-9]\d?(?:;\s*abstain=(?:counts|ignored))?"


class Choice(StrEnum):
    """What a member did; "" is one who has not voted."""

    NONE = ""
    AGREE = "agree"
    OPPOSE = "oppose"
    ABSTAIN = "abstain"
    RECUSED = "recused"


class Outcome(StrEnum):
    """What a vote comes to; one without a quorum comes to nothing yet."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    INQUORATE = "inquorate"


CHOICE_NAMES: Mapping[Choice, str] = {
    Choice.NONE: "未投票",
    Choice.AGREE: "同意",
    Choice.OPPOSE: "不同意",
    Choice.ABSTAIN: "弃权",
    Choice.RECUSED: "回避",
}
OUTCOME_NAMES: Mapping[Outcome, str] = {
    Outcome.ADOPTED: "通过",
    Outcome.REJECTED: "未通过",
    Outcome.INQUORATE: "未达法定人数",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """How many must take part, which share must agree, and whether who abstains counts among the voters."""

    quorum: Fraction
    share: Fraction
    more: bool
    abstain_counts: bool = True

    @classmethod
    def parse(cls, text: str) -> "Rules":
        """Read the rules as a diagram writes them. Raises `Malformed`."""
        found = re.fullmatch(
            r"quorum=(\d+/\d+);\s*agree(>=?)(\d+/\d+)(?:;\s*abstain=(counts|ignored))?", text.strip()
        )
        if found is None or not re.fullmatch(WRITTEN, text.strip()):
            raise _unreadable()
        quorum, share = Fraction(found[1]), Fraction(found[3])
        if quorum > 1 or share > 1 or (share == 1 and found[2] == ">"):
            raise _unreadable()
        return cls(quorum, share, found[2] == ">", found[4] != "ignored")

    def words(self) -> str:
        """Say the rules as a chair would."""
        base = "到会委员" if self.abstain_counts else "投票委员（弃权不计）"
        share = f"超过{base}的 {self.share}" if self.more else f"{base}的 {self.share} 以上"
        return f"应到委员的 {self.quorum} 以上到会；{share} 同意的通过"


def _unreadable() -> Malformed:
    return Malformed(
        "表决规则写法不对；请写成 quorum=2/3;agree>1/2;abstain=counts 这样，比例不超过一。",
        code="vote.rules",
        field="vote",
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """The ballots counted. Who is recused is no member of this vote."""

    members: int
    agree: int
    oppose: int
    abstain: int
    recused: int

    @property
    def present(self) -> int:
        """How many have voted, in whatever way."""
        return self.agree + self.oppose + self.abstain

    @property
    def complete(self) -> bool:
        """Has everybody voted who may?"""
        return self.present == self.members


def count(choices: Iterable[Choice]) -> Tally:
    """Count the ballots, one for each member, in whatever order they come."""
    given = list(choices)
    recused = given.count(Choice.RECUSED)
    return Tally(
        members=len(given) - recused,
        agree=given.count(Choice.AGREE),
        oppose=given.count(Choice.OPPOSE),
        abstain=given.count(Choice.ABSTAIN),
        recused=recused,
    )


def outcome(tally: Tally, rules: Rules) -> Outcome:
    """Return what the ballots come to, reckoned in fractions."""
    if tally.members == 0 or Fraction(tally.present, tally.members) < rules.quorum:
        return Outcome.INQUORATE
    base = tally.agree + tally.oppose + (tally.abstain if rules.abstain_counts else 0)
    share = Fraction(tally.agree, base) if base else Fraction(0)
    adopted = share > rules.share if rules.more else share >= rules.share
    return Outcome.ADOPTED if adopted else Outcome.REJECTED


def must_be_many(members: int) -> None:
    """Raise `Incomplete` for a committee too small to be one."""
    if members < FEWEST:
        raise Incomplete(
            f"决策委员会除回避的外不少于 {FEWEST} 人，现有 {members} 人；请补充委员。",
            code="vote.members",
            field="members",
        )


def must_be_open(until: datetime, now: datetime) -> None:
    """Raise `NotNow` once the time to vote is over."""
    if now >= until:
        raise NotNow("表决期限已过；请主持人结束表决，或延期后再投。", code="vote.over")


def must_be_over(tally: Tally, rules: Rules, until: datetime, now: datetime) -> Outcome:
    """Return the outcome. Raises `NotNow` while somebody may still vote in time, or without a quorum."""
    if now < until and not tally.complete:
        raise NotNow(
            f"还有 {tally.members - tally.present} 名委员未投票，期限未到，不能结束表决。", code="vote.open"
        )
    found = outcome(tally, rules)
    if found is Outcome.INQUORATE:
        raise NotNow(
            f"到会 {tally.present} 人，未达法定人数（{rules.quorum}）；请延期，或补充委员后再表决。",
            code="vote.quorum",
        )
    return found
