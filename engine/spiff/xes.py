"""Event logs (XES, IEEE 1849): traces read one at a time, so that a log of any size fits into little memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from lxml import etree

from engine.spiff.refusal import refuse

#: More attributes or events than any case has; what is beyond is refused, for it would have to be held.
MOST_EVENTS, MOST_ATTRIBUTES = 20_000, 500


@dataclass(frozen=True, slots=True)
class Trace:
    """A case of the log: its place in it, its attributes, and its events in order."""

    place: int
    values: Mapping[str, str]
    events: tuple[Mapping[str, str], ...]


def traces(file: IO[bytes]) -> Iterator[Trace]:
    """Yield the traces of a log. Raises `Malformed` with the line where it is no XES, or has a DOCTYPE."""
    parsing = etree.iterparse(
        file,
        events=("start", "end"),
        tag=("{*}log", "{*}trace"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    number, known = 0, False
    try:
        for when, element in parsing:
            if when == "start":
                known = known or _is_log(element)
                continue
            if _name(element) == "trace":
                number += 1
                yield Trace(number, _attributes(element), _events(element, number))
            _forget(element)
    except etree.XMLSyntaxError as broken:
        line = broken.lineno or None
        refuse("xes.invalid", f"日志文件第 {line or '?'} 行起不是完好的 XML；请重新导出", line)
    if not known:
        refuse("xes.no-log", "这不是 XES 事件日志：最外层应是 <log>")


def _is_log(element: etree._Element) -> bool:
    """The root is a log. Raises `Malformed` for a DOCTYPE: nothing in a log needs one."""
    about: Any = element.getroottree().docinfo  # the stubs know too little of it
    if about.doctype:
        refuse("xml.doctype", "日志文件含有 DOCTYPE，不予读取；请删去后再导入", 1)
    if element.getparent() is None and _name(element) != "log":
        refuse("xes.no-log", "这不是 XES 事件日志：最外层应是 <log>", 1)
    return True


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _attributes(element: etree._Element) -> dict[str, str]:
    """The attributes written directly into a trace or an event, whatever their type; the first of a key counts."""
    found: dict[str, str] = {}
    for child in element:
        key: Any = child.get("key")
        if key is not None and len(found) < MOST_ATTRIBUTES:
            found.setdefault(str(key), str(child.get("value") or ""))
    return found


def _events(trace: etree._Element, number: int) -> tuple[Mapping[str, str], ...]:
    events = tuple(_attributes(child) for child in trace if _name(child) == "event")
    if len(events) > MOST_EVENTS:
        refuse("xes.too-large", f"第 {number} 个 trace 的事件超过 {MOST_EVENTS} 个")
    return events


def _forget(element: etree._Element) -> None:
    """Let go of what has been read, and of what stood before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
