"""Decision models for the tests, written as small tables."""

from collections.abc import Sequence

from engine.spiff import dmn
from engine.spiff.feel.values import Value

YEARS = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text(said: str) -> str:
    return f"<text>{escaped(said)}</text>"


def literal(said: str, kind: str = "") -> str:
    return f"<literalExpression{_kind(kind)}>{text(said)}</literalExpression>"


def _kind(kind: str) -> str:
    return f' typeRef="{kind}"' if kind else ""


def table(
    heads: str, *rows: str, policy: str = "UNIQUE", extra: str = "", values: str = "", default: str = ""
) -> str:
    """A table: ``a | b => out``, then rows the same way; *values* and *default* belong to the first output."""
    asked, answered = (part.split("|") for part in heads.split("=>"))
    inputs = "".join(
        f"<input><inputExpression>{text(each.strip())}</inputExpression></input>" for each in asked
    )
    inner = f"<outputValues>{text(values)}</outputValues>" if values else ""
    inner += f"<defaultOutputEntry>{text(default)}</defaultOutputEntry>" if default else ""
    first, *others = (each.strip() for each in answered)
    outputs = f'<output name="{first}">{inner}</output>' + "".join(
        f'<output name="{each}"/>' for each in others
    )
    rules = "".join(_rule(number, row) for number, row in enumerate(rows, start=1))
    return f'<decisionTable hitPolicy="{policy}" {extra}>{inputs}{outputs}{rules}</decisionTable>'


def _rule(number: int, row: str) -> str:
    asked, answered = (part.split("|") for part in row.rsplit("=>", 1))
    cells = "".join(f"<inputEntry>{text(each.strip())}</inputEntry>" for each in asked)
    cells += "".join(f"<outputEntry>{text(each.strip())}</outputEntry>" for each in answered)
    return f'<rule id="r{number}">{cells}</rule>'


def decision(name: str, box: str, needs: Sequence[str] = (), kind: str = "") -> str:
    """A decision that needs inputs (``i:x``), decisions (``d:x``) and business knowledge (``k:x``) by name."""
    required = "".join(NEEDS[need[0]].format(need[2:]) for need in needs)
    return f'<decision id="{name}" name="{name}"><variable name="{name}"{_kind(kind)}/>{required}{box}</decision>'


NEEDS = {
    "i": '<informationRequirement><requiredInput href="#{}"/></informationRequirement>',
    "d": '<informationRequirement><requiredDecision href="#{}"/></informationRequirement>',
    "k": '<knowledgeRequirement><requiredKnowledge href="#{}"/></knowledgeRequirement>',
}


def input_(name: str, kind: str = "") -> str:
    return f'<inputData id="{name}" name="{name}"><variable name="{name}"{_kind(kind)}/></inputData>'


def source(*parts: str, year: str = "1.3") -> bytes:
    return f'<definitions xmlns="{YEARS[year]}" id="m" name="m" namespace="m">{"".join(parts)}</definitions>'.encode()


def answer(box: str, **inputs: object) -> Value:
    """What a single decision with this box answers, as plain words."""
    return dmn.plain(dmn.read(source(decision("answer", box))).decide("answer", inputs))
