"""Trying the house out (改革体验官、局长进大厅、第三方评估): a case like any other that counts nowhere."""

from collections.abc import Mapping
from enum import StrEnum

from engine.domain.case import UNACCEPTED, UNDECIDED, State
from engine.domain.errors import Malformed, NotNow


class Capacity(StrEnum):
    """As what somebody tries the house out."""

    EXPERIENCER = "experiencer"
    COMPANION = "companion"
    DIRECTOR = "director"
    ASSESSOR = "assessor"


CAPACITY_NAMES = {
    Capacity.EXPERIENCER: "改革体验官",
    Capacity.COMPANION: "我陪群众走流程",
    Capacity.DIRECTOR: "局长进大厅",
    Capacity.ASSESSOR: "第三方评估",
}
#: What an opinion sheet (意见单) scores from 1 to 5.
ASPECTS: Mapping[str, str] = {
    "guide": "指南是否准确",
    "notice": "告知是否一次说清",
    "materials": "材料是否多要",
    "speed": "办理是否及时",
    "manner": "态度是否热情",
}


def must_be_at_intake(state: State) -> None:
    """Raise `NotNow` once a case is accepted: what has counted cannot be made not to have."""
    if state not in UNACCEPTED:
        raise NotNow("体验办件须在受理之前标明；已受理的件已计入统计，不能再改。", code="visit.too-late")


def must_be_over(state: State) -> None:
    """Raise `NotNow` for an opinion before the end: who would know it by then?"""
    if state in UNACCEPTED | UNDECIDED:
        raise NotNow("办件还没有结果，办结后再填写意见单。", code="visit.running")


def must_fit(scores: Mapping[str, int]) -> None:
    """Raise `Malformed` for an aspect the sheet does not have."""
    if unknown := sorted(set(scores) - set(ASPECTS)):
        raise Malformed(
            f"意见单上没有“{unknown[0]}”；可填：{'、'.join(ASPECTS.values())}。",
            code="visit.aspect",
            field="scores",
        )
