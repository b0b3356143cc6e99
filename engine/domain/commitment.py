"""Informed commitment (告知承诺): the applicant says that he *already* meets the conditions, and is checked later.

It is another thing than tolerance, which promises something for later (rulebook §4.3).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from engine.domain.errors import NotNow

#: The scenario question by which the applicant chooses it, or declines.
FLAG = "inform_commit"
#: The text that is signed; a change of its words is a new version.
VERSION = "2026-1"
TEXT = (
    "本人（单位）已知晓审批机关告知的全部内容，已符合告知的条件、标准和技术要求，提交的材料真实、合法、有效；"
    "愿意接受事后核查，承诺不实的，限期整改，直至撤销决定，并承担相应法律责任。"
)


class Result(StrEnum):
    """What the check after the grant found, and what came of it."""

    TRUE = "true"
    FALSE = "false"
    RECTIFIED = "rectified"
    REVOKED = "revoked"


RESULT_NAMES = {
    Result.TRUE: "承诺属实",
    Result.FALSE: "承诺不实，限期整改",
    Result.RECTIFIED: "已整改到位",
    Result.REVOKED: "整改不到位，撤销决定",
}
#: What may follow what: first the check; then, where it was false, what became of it.
NEXT: Mapping[str, frozenset[Result]] = {
    "": frozenset({Result.TRUE, Result.FALSE}),
    Result.FALSE: frozenset({Result.RECTIFIED, Result.REVOKED}),
}


def must_be_open(record: Mapping[str, Any]) -> None:
    """Raise `NotNow` unless the matter may be decided on a commitment."""
    if not record.get(FLAG):
        raise NotNow(
            "所申请的事项未列入告知承诺范围（涉及国家安全、公共安全、金融、生态环境、人身健康等的不适用）；"
            "请按一般程序申请。",
            code="commitment.excluded",
            field=FLAG,
        )


def must_follow(before: str, after: Result) -> None:
    """Raise `NotNow` where *after* may not follow what was found *before*."""
    if after not in NEXT.get(before, frozenset()):
        known = RESULT_NAMES[Result(before)] if before else "尚未核查"
        raise NotNow(f"告知承诺现为“{known}”，不能登记“{RESULT_NAMES[after]}”。", code="commitment.order")
