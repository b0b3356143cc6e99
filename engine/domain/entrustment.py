"""What an authority gives out of its hands (委托受理、委托实施、下放): to whom, in whose name, and never further.

行政许可法 第二十四条: within its powers, to another administrative organ, told to the public, in the name of who
entrusts; whoever is entrusted entrusts nobody else.
"""

from enum import StrEnum

from engine.domain.errors import NotNow, must_say


class Scope(StrEnum):
    """How much is given away."""

    ACCEPT = "accept"
    IMPLEMENT = "implement"
    DEVOLVED = "devolved"


SCOPE_NAMES: dict[Scope, str] = {
    Scope.ACCEPT: "委托受理",
    Scope.IMPLEMENT: "委托实施",
    Scope.DEVOLVED: "下放",
}
#: In whose name papers are made out.
IN_WHOSE_NAME: dict[Scope, str] = {
    Scope.ACCEPT: "委托机关",
    Scope.IMPLEMENT: "委托机关",
    Scope.DEVOLVED: "承接机关",
}
#: Who steps do not pass to: the agent only accepts.
DECIDES = frozenset({Scope.IMPLEMENT, Scope.DEVOLVED})
#: The places that are administrative organs (行政机关); a community or a self-service point is none.
ORGANS = frozenset({"department", "street", "district", "hall"})
_LICENCE = "行政许可"


def must_be_given(scope: Scope, type_of: str, agent_kind: str, notice_no: str) -> None:
    """Raise `NotNow` for an agent that may not have it, `Incomplete` without a public notice."""
    must_say(
        notice_no,
        "委托、下放须向社会公告（行政许可法二十四条），请写明公告文号。",
        code="entrust.notice",
        field="notice_no",
    )
    if type_of == _LICENCE and agent_kind not in ORGANS:
        raise NotNow(
            f"行政许可只能{SCOPE_NAMES[scope]}给行政机关（行政许可法二十四条）；"
            "社区、站点可登记为代办或帮办。",
            code="entrust.not-organ",
            field="agent",
        )


def must_be_own(*, own: bool, held: Scope | None) -> None:
    """Raise `NotNow` unless who entrusts has it by law: what was entrusted is not entrusted further (24 条三款)."""
    if held in {Scope.ACCEPT, Scope.IMPLEMENT}:
        raise NotNow(
            "受委托机关不得再委托其他组织或者个人（行政许可法二十四条）；请由委托机关另行委托。",
            code="entrust.further",
            field="principal",
        )
    if not own and held is not Scope.DEVOLVED:
        raise NotNow(
            "该机关不是本事项的实施机关，不能委托或下放；请选择事项的实施机关。",
            code="entrust.not-own",
            field="principal",
        )
