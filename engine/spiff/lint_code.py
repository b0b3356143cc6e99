"""Rules against code: nothing in a diagram is executed, and what tries to is not even kept."""

import re
from collections.abc import Callable, Iterator

from engine.spiff import dialect, feel
from engine.spiff.findings import Bar, Finding, error
from engine.spiff.intake import line_of, text_of
from engine.spiff.paper import Node, Paper, called, children, fault, kind, named, refusal, remark

#: Elements whose text an engine somewhere would evaluate.
EVALUATED = (
    "script",
    "conditionExpression",
    "condition",
    "timeDuration",
    "timeDate",
    "timeCycle",
    "loopCardinality",
    "loopCondition",
    "completionCondition",
    "activationCondition",
    "messagePath",
    "dataPath",
)
NO_TIME = "没有填时限；请填如 P5D 或 5个工作日"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
FORMAL = "tFormalExpression"
#: Elements that need not say that they are formal; a script speaks its own language.
ALWAYS_FORMAL = frozenset({"messagePath", "dataPath", "transformation", "script"})
#: Marks of code that reaches out of the process, or that would never end.
REACHES = re.compile(
    r"__\w+__"
    r"|\b(?:exec|eval|globals|locals|getattr|setattr|vars|compile|breakpoint|iter)\s*\("
    r"|(?<![\w.])open\s*\("
    r"|\bimport\s+(?:os|sys|subprocess|socket|shutil|ctypes|importlib|builtins|pathlib)\b"
    r"|\blambda\b"
    r"|\bforName\s*\(|\bgetRuntime\s*\(|\bProcessBuilder\b|\bjava\.lang\.(?:Runtime|System|Class)\b"
    r"|\bos\.(?:system|popen|exec\w*|spawn\w*|remove|unlink)\b"
    r"|\bwhile\s+(?:True|1)\s*:"
    r"|(['\"])[^'\"]*\1\s*\*"
)
TIMES = {"timeDuration": "duration", "timeDate": "date", "timeCycle": "cycle"}
#: What is meant as a time as we write it, rightly or not; anything else is another engine's way to write one.
MEANT = re.compile(
    r"|-?P[\dA-Z.,-]*|\d{4}-[\d:TZ.+-]*|\d+\s*[\u4e00-\u9fff]{1,8}|R-?\d*(/[\dA-Z.,:+-]*){0,2}"
)
#: A number, of what one may guess; one vendor counts milliseconds so.
COUNTED = re.compile(r"\d+\s*[^\W\d_]{0,8}")
#: A loop shorter than this would keep nobody but the machine busy.
ZERO = re.compile(r"(?:[PTYMWDHS/]|0+(?:\.0*)?)*")


#: A power of a power would fill the machine; within quotes it is only an ornament.
POWERS = re.compile(r"\*\*[^*]*\*\*")
QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
#: What is in all code that ``REACHES`` finds, and is looked for first, being faster.
HINTS = re.compile(r"__|\*\*|['\"]\s*\*")
SUSPECTS = frozenset(
    {
        "ProcessBuilder", "breakpoint", "compile", "eval", "exec", "forName", "getRuntime", "getattr", "globals",
        "import", "iter", "lambda", "lang", "locals", "open", "os", "setattr", "vars", "while",
    }
)  # fmt: skip


def reaches(text: str) -> bool:
    """Claim that *text* is code that reaches out of the process, or would never end."""
    suspect = HINTS.search(text) or not SUSPECTS.isdisjoint(re.findall(r"[^\W\d]\w*", text))
    return bool(suspect and (REACHES.search(text) or POWERS.search(QUOTED.sub("", text))))


def forbidden(paper: Paper) -> Iterator[Finding]:
    """An expression compares and counts; it does not call, import or loop."""
    for node in paper.of(*EVALUATED):
        text = text_of(node)
        if reaches(text):
            yield refusal(paper, node, "expr.forbidden", f"含有不许可的代码“{text[:40]}”；请改写为 FEEL 条件")


def formal(paper: Paper) -> Iterator[Finding]:
    """A process that can be executed is told in formal expressions, and none of them is empty."""
    for node in paper.of(*EVALUATED, "transformation", "from", "to"):
        tag, said = kind(node), str(node.get(XSI_TYPE) or "").rpartition(":")[2]
        if not text_of(node) and (said == FORMAL or tag in ALWAYS_FORMAL):
            yield remark(node, "expr.empty", "的表达式是空的；请填写，或删去")
        elif tag not in ALWAYS_FORMAL and said != FORMAL and paper.executable(node):
            yield remark(
                node, "expr.not-formal", "的表达式未标为正式表达式（tFormalExpression）；请补上，或取消可执行"
            )


def cycles(paper: Paper) -> Iterator[Finding]:
    """A timer that comes again lets time pass in between."""
    for node in paper.of("timeCycle"):
        _, slash, rest = text_of(node).partition("/")
        if slash and rest and ZERO.fullmatch(rest):
            yield refusal(
                paper, node, "timer.too-frequent", "的循环间隔为零，会不停触发；请填写间隔，如 R3/P1D"
            )


def timers(paper: Paper) -> Iterator[Finding]:
    """The text of a timer is a duration, a date or a cycle."""
    for definition in paper.of("timerEventDefinition"):
        times = children(definition, *TIMES)
        if not times:
            yield remark(definition, "timer.invalid", NO_TIME).barring(Bar.RUNNING)
        for time in times:
            text = feel.translated(text_of(time)).strip("\"'").strip()
            if not dialect.is_time(TIMES[kind(time)], text) and not reaches(text):
                yield _untimely(paper, time, text)


def _untimely(paper: Paper, time: Node, text: str) -> Finding:
    message = f"的时限“{text[:40]}”读不懂；请填如 P5D、PT4H 或 5个工作日" if text else NO_TIME
    elsewhere = any(dialect.is_time(kind_, text) for kind_ in TIMES.values())
    if MEANT.fullmatch(text) and not elsewhere:
        return refusal(paper, time, "timer.invalid", message)
    if elsewhere or COUNTED.fullmatch(text):
        return fault(time, "timer.invalid", message).barring(Bar.RUNNING)
    return remark(time, "timer.invalid", message).barring(Bar.RUNNING)


def cardinalities(paper: Paper) -> Iterator[Finding]:
    """What is done many times is done a number of times."""
    for node in paper.of("loopCardinality"):
        if re.fullmatch(r"-\s*\d+|0+", text_of(node)):
            yield refusal(paper, node, "bpmn.invalid-cardinality", "的次数须大于零；请改正")


def form_keys(paper: Paper) -> Iterator[Finding]:
    """A form is named, not linked to."""
    for task in paper.of("userTask", "startEvent"):
        form = dialect.words(task).get("form", "")
        if re.match(r"\s*(?:javascript|data|vbscript)\s*:", form, re.IGNORECASE):
            message = f"“{called(task)}”的表单是脚本地址；请填写表单名"
            yield error("bpmn.bad-form-key", named(task), line_of(task), message).barring(Bar.PUBLISHING)


RULES: tuple[Callable[[Paper], Iterator[Finding]], ...] = (
    forbidden, formal, cycles, timers, cardinalities, form_keys,
)  # fmt: skip
