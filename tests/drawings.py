"""Small matters drawn for a test, from acceptance to delivery, that may be published."""

from itertools import count

from tests.spiff.diagrams import Diagram, properties

ACCEPTANCE = "accepted=受理;tolerated=容缺受理;correct=补正;refused=不予受理;not_required=无需受理"


def matter(
    name: str = "drawn", *, review: str = "pass=通过;loop=再来;odd=无路可走", begins: bool = True
) -> Diagram:
    """The steps every matter has; the paths between them are the test's."""
    drawn = Diagram(name, "试验事项").start()
    drawn.user("accept", "受理", stage="accept", outcomes=ACCEPTANCE)
    drawn.user("review", "审查", role="approver", outcomes=review)
    drawn.user("decide", "决定", role="leader", stage="decide", outcomes="granted=准予;denied=不予")
    drawn.user("deliver", "送达", stage="deliver", outcomes="delivered=送达").end()
    drawn.path(*(("begin", "accept") if begins else ()))
    return drawn.path("decide", "deliver", "done")


def brittle() -> Diagram:
    """A review that passes, or asks far more people than a step may have, or leads nowhere."""
    count = '<bpmn:loopCardinality>if review = "pass" then 1 else 5000</bpmn:loopCardinality>'
    many = f"<bpmn:multiInstanceLoopCharacteristics>{count}</bpmn:multiInstanceLoopCharacteristics>"
    drawn = matter().gate("exclusive", "way").path("accept", "review", "way")
    drawn.element("userTask", "crowd", many, "众人会签", camunda__candidateGroups="approver")
    drawn.path("way", "decide", when='review = "pass"').path("way", "crowd", when='review = "loop"')
    return drawn.path("crowd", "decide")


def joint(loop: str, *, sequential: bool = False, role: str = "approver") -> Diagram:
    """A matter whose review is signed jointly (会签) as *loop* says; rejected, it is decided by the leader anyway."""
    drawn = Diagram("drawn", "会签事项").start()
    drawn.user("accept", "受理", stage="accept", outcomes=ACCEPTANCE)
    words = properties(outcomes="pass=同意;reject=不同意", limit="3 workday")
    many = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">{loop}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    drawn.element("userTask", "sign", words + many, "共同签署", camunda__candidateGroups=role)
    drawn.user("decide", "决定", role="leader", stage="decide", outcomes="granted=准予;denied=不予")
    drawn.user("deliver", "送达", stage="deliver", outcomes="delivered=送达").end()
    return drawn.path("begin", "accept", "sign", "decide", "deliver", "done")


def seats(n: int, until: str = "") -> str:
    """So many sign, until a condition holds."""
    ends = f"<bpmn:completionCondition>{until}</bpmn:completionCondition>" if until else ""
    return f"<bpmn:loopCardinality>{n}</bpmn:loopCardinality>{ends}"


def words(*kinds: tuple[str, str]) -> str:
    """What the events of a diagram refer to: ``("error", "fake")``."""
    said = {"error": "errorCode", "escalation": "escalationCode", "message": "name", "signal": "name"}
    return "".join(f'<bpmn:{kind} id="{kind}.{name}" {said[kind]}="{name}"/>' for kind, name in kinds)


def event(kind: str, name: str) -> str:
    """An event definition of its kind."""
    return f'<bpmn:{kind}EventDefinition id="{kind}-{name}-{next(_number)}" {kind}Ref="{kind}.{name}"/>'


_number = count()


def ways(*more: str) -> Diagram:
    """A matter whose review passes, or takes the way named like its outcome (to an event of the test's)."""
    listed = ";".join(["pass=通过", *(f"{each}={each}" for each in more)])
    drawn = matter(review=listed).gate("exclusive", "way").path("accept", "review", "way")
    for each in more:
        drawn.path("way", each, when=f'review = "{each}"')
    return drawn.path("way", "decide", default=True)


def bundle(*members: str) -> Diagram:
    """A bundle whose members run beside one another; each call may have its boundary events."""
    drawn = Diagram("drawn", "试验一件事").start()
    drawn.user("accept", "统一受理", stage="accept", outcomes="accepted=统一受理;refused=不予受理")
    drawn.user("deliver", "统一出件", stage="deliver", outcomes="delivered=统一出件").end()
    drawn.gate("parallel", "split", "join").path("begin", "accept", "split").path("join", "deliver", "done")
    for member in members:
        drawn.call(member, member).gate("exclusive", f"{member}-done").path(
            "split", member, f"{member}-done", "join"
        )
    return drawn


def tolerant() -> Diagram:
    """A matter whose designer draws himself what follows a broken promise (R-TOL-5), beside the review."""
    drawn = (
        matter(review="pass=通过")
        .gate("parallel", "fork", "complete")
        .gate("exclusive", "owing", "ruled", "there")
    )
    drawn.path("accept", "fork", "review", "complete", "decide").path("fork", "owing").path(
        "there", "complete"
    )
    drawn.user("bring", "补交", role="applicant", stage="supply").end(
        "over", "<bpmn:terminateEventDefinition/>"
    )
    drawn.path("owing", "bring", when='accept = "tolerated"').path("owing", "there", default=True)
    drawn.timer("broken", "bring", "承诺日", kind="timeDate").path("bring", "there").path("broken", "ruled")
    for act in ("revoke_acceptance", "deny", "terminate", "suspend"):
        rule = "suspend_then_return" if act == "suspend" else act
        drawn.element("serviceTask", act, properties(act=act)).path(
            "ruled", act, when=f'on_overdue = "{rule}"'
        )
    drawn.element("serviceTask", "withdraw", properties(act="withdraw_deemed")).path(
        "ruled", "withdraw", default=True
    )
    for act in ("revoke_acceptance", "deny", "terminate", "withdraw"):
        drawn.path(act, "over")
    drawn.user("again", "中止期内补交", role="applicant", stage="supply").path("suspend", "again", "there")
    drawn.element("serviceTask", "sent_back", properties(act="return"))
    return drawn.timer("lapsed", "again", "承诺日", kind="timeDate").path("lapsed", "sent_back", "over")
