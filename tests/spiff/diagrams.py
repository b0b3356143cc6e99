"""A tiny generator of diagrams: a line of ids is a path, a keyword is an element."""

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:flowable="http://flowable.org/bpmn" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:gov="urn:lianban:gov"'
)


def attributes(**words: str) -> str:
    """``camunda__formKey="a"`` is written ``camunda:formKey="a"``."""
    return "".join(f" {name.replace('__', ':')}={quoteattr(value)}" for name, value in words.items())


def properties(**words: str) -> str:
    """Extension properties ``gov:…``."""
    inside = "".join(
        f'<camunda:property name="gov:{name}" value={quoteattr(value)}/>' for name, value in words.items()
    )
    return (
        f"<bpmn:extensionElements><camunda:properties>{inside}</camunda:properties></bpmn:extensionElements>"
    )


class Diagram:
    """One process being drawn."""

    def __init__(self, name: str = "case", title: str = "办件") -> None:
        self.name, self.title = name, title
        self.parts: list[str] = []
        self.heads: list[str] = []
        self.defaults: dict[str, str] = {}
        self.elements: list[tuple[str, str, str, str]] = []
        self.flows: list[tuple[str, str, str, str | None]] = []
        self.executable = ' isExecutable="true"'

    def element(
        self, tag: str, name: str, inner: str = "", label: str | None = None, **words: str
    ) -> "Diagram":
        self.elements.append((tag, name, attributes(name=label or name, **words), inner))
        return self

    def user(self, name: str, label: str | None = None, role: str = "window", **gov: str) -> "Diagram":
        words = {"camunda__candidateGroups": role} if role else {}
        return self.element("userTask", name, properties(**gov) if gov else "", label, **words)

    def users(self, *names: str) -> "Diagram":
        for name in names:
            self.user(name)
        return self

    def start(self, name: str = "begin") -> "Diagram":
        return self.element("startEvent", name)

    def end(self, name: str = "done", inner: str = "") -> "Diagram":
        return self.element("endEvent", name, inner)

    def gate(self, kind: str, *names: str) -> "Diagram":
        for name in names:
            self.element(f"{kind}Gateway", name)
        return self

    def call(self, name: str, called: str) -> "Diagram":
        return self.element("callActivity", name, calledElement=called)

    def timer(
        self,
        name: str,
        host: str,
        text: str = "P5D",
        *,
        interrupting: bool = True,
        kind: str = "timeDuration",
        **gov: str,
    ) -> "Diagram":
        inner = (properties(**gov) if gov else "") + timed(text, kind)
        return self.element(
            "boundaryEvent", name, inner, attachedToRef=host, cancelActivity=str(interrupting).lower()
        )

    def path(self, *names: str, when: str | None = None, default: bool = False) -> "Diagram":
        """Draw flows along *names*; *when* is the condition of the first."""
        for number, (source, target) in enumerate(pairwise(names)):
            flow = f"f{len(self.flows)}"
            self.flows.append((flow, source, target, when if number == 0 else None))
            if default and number == 0:
                self.defaults[source] = flow
        return self

    def raw(self, xml: str) -> "Diagram":
        self.parts.append(xml)
        return self

    def head(self, xml: str) -> "Diagram":
        self.heads.append(xml)
        return self

    def body(self) -> str:
        lines = [
            f"<bpmn:{tag} id={quoteattr(name)}{words}{self._default(name)}>{inner}</bpmn:{tag}>"
            for tag, name, words, inner in self.elements
        ]
        lines += [flow_xml(*flow) for flow in self.flows]
        return "\n".join([*lines, *self.parts])

    def _default(self, name: str) -> str:
        return f' default="{self.defaults[name]}"' if name in self.defaults else ""

    def process(self) -> str:
        words = attributes(id=self.name, name=self.title) + self.executable
        return f"<bpmn:process{words}>\n{self.body()}\n</bpmn:process>"

    def xml(self) -> bytes:
        return document(self, heads="".join(self.heads))


#: An expression for machines says so.
FORMAL = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="bpmn:tFormalExpression"'


def timed(text: str, kind: str = "timeDuration") -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}{FORMAL}>{escape(text)}</bpmn:{kind}></bpmn:timerEventDefinition>"


def flow_xml(name: str, source: str, target: str, when: str | None = None) -> str:
    words = attributes(id=name, sourceRef=source, targetRef=target)
    condition = f"<bpmn:conditionExpression{FORMAL}>{escape(when)}</bpmn:conditionExpression>" if when else ""
    return f"<bpmn:sequenceFlow{words}>{condition}</bpmn:sequenceFlow>"


def document(*diagrams: Diagram, heads: str = "", plane: str = "") -> bytes:
    processes = "\n".join(diagram.process() for diagram in diagrams)
    inside = f"{heads}{processes}\n{plane}"
    xml = f'<bpmn:definitions {NAMESPACES} id="file" targetNamespace="urn:test">\n{inside}</bpmn:definitions>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml}'.encode()


def line(*names: str) -> Diagram:
    """begin → the user tasks *names* → done."""
    return Diagram().start().users(*names).end().path("begin", *names, "done")


def review() -> Diagram:
    """A correction loop before a parallel review: accept ⇄ correct, then inspect ‖ audit, then decide."""
    diagram = Diagram().start().users("accept", "correct", "inspect", "audit", "decide").end()
    diagram.gate("exclusive", "again", "accepted").gate("parallel", "fork", "join")
    diagram.path("begin", "again", "accept", "accepted")
    diagram.path("accepted", "correct", "again", when='accept = "correct"').path(
        "accepted", "fork", default=True
    )
    diagram.path("fork", "inspect", "join").path("fork", "audit", "join")
    return diagram.path("join", "decide", "done")


def matter() -> Diagram:
    """The reference matter: twelve tasks for people on the whole way, timers, both joins, two loops."""
    d = Diagram("matter", "食品经营许可").start()
    for name, label in MATTER.items():
        d.user(name, label)
    d.end().end("refused_end").end("withdrawn_end").end("urged_end")
    d.gate("exclusive", "again", "accepted", "back", "decided", "closed").gate(
        "parallel", "fork", "join"
    ).gate("inclusive", "ask", "asked")
    d.timer("warn", "accept", "P1D", interrupting=False).timer("late", "correct", "P15D").timer(
        "slow", "inspect", "10个工作日", interrupting=False
    )
    d.path("begin", "register", "again", "accept", "accepted")
    d.path("accepted", "correct", "again", when='accept = "correct"')
    d.path("accepted", "refuse", "refused_end", when='accept = "refused"').path(
        "accepted", "back", default=True
    )
    d.path("back", "fork").path("fork", "inspect", "join").path("fork", "review", "join").path(
        "fork", "expert", "join"
    ).path("join", "ask")
    d.path("ask", "fire", "asked", when="fire").path("ask", "water", "asked", when="water").path(
        "ask", "own", "asked", default=True
    )
    d.path("asked", "audit", "decide", "decided").path("decided", "back", when='decide = "return"').path(
        "decided", "closed", default=True
    )
    d.path("closed", "certify", "deliver", "done")
    d.path("warn", "remind", "urged_end").path("late", "withdraw", "withdrawn_end").path(
        "slow", "urge", "urged_end"
    )
    return d


MATTER = {
    "register": "登记",
    "accept": "受理",
    "correct": "补正",
    "refuse": "不予受理",
    "inspect": "现场核查",
    "review": "材料审查",
    "expert": "专家评审",
    "fire": "消防会签",
    "water": "环保会签",
    "own": "本级意见",
    "audit": "审核",
    "decide": "决定",
    "certify": "制证",
    "deliver": "送达",
    "remind": "提醒",
    "withdraw": "视为撤回",
    "urge": "督办",
}
