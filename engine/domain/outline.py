"""The form of a bundle's record (一件事): what may stand in each field; anything else is refused at its place."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.domain.bundle import Start
from engine.domain.errors import Malformed

#: What a field may hold: how to tell, and how to say it.
Form = tuple[Callable[[Any], bool], str]


def _one_of(*words: str) -> Form:
    return (lambda value: isinstance(value, str) and value in words), " 或 ".join(words)


_TEXT: Form = (lambda value: isinstance(value, str)), "文字"
_WORDS: Form = (lambda value: value is None or isinstance(value, str)), "文字"
_TRUTH: Form = (lambda value: isinstance(value, bool)), "true 或 false"
_LIST: Form = (lambda value: value is None or isinstance(value, list)), "列表（每项以 - 开头）"
_MAP: Form = (lambda value: value is None or isinstance(value, dict)), "“名称: 值”的对照"

_ANY: Form = (lambda _: True), "任何内容"

_RECORD: Mapping[str, Form] = {
    "lead": _TEXT, "answers": _MAP, "joint_inspection": _MAP, "questions": _LIST, "members": _LIST,
}  # fmt: skip
_MEMBER: Mapping[str, Form] = {
    "matter": _TEXT, "after": _LIST, "start": _one_of(*Start), "mode": _one_of("verify_only"),
    "optional": _TRUTH, "prereview": _TRUTH, "milestone": _TRUTH, "exempt_application": _TRUTH,
    "condition": _WORDS, "basis": _WORDS, "note": _WORDS, "src": _WORDS, "cited": _ANY,
}  # fmt: skip
#: Which words a dependency knows is for the graph to say (R-BUN-4).
_WAIT: Mapping[str, Form] = {"matter": _TEXT, "on": _TEXT}


def must_be_in_form(record: Mapping[str, Any]) -> None:
    """Raise `Malformed`, naming the place, for a field of the record that holds what cannot stand there."""
    _must_fit(record, _RECORD, "", exact=False)
    for n, member in enumerate(record.get("members") or (), 1):
        _must_fit(member, _MEMBER, f"members[{n}]")
        for m, wait in enumerate(member.get("after") or (), 1):
            _must_fit(wait, _WAIT, f"members[{n}].after[{m}]")
    _must_inspect_members(record)


def _must_fit(given: Any, forms: Mapping[str, Form], place: str, *, exact: bool = True) -> None:
    if not isinstance(given, dict):
        raise _refusal(place, "应写作“名称: 值”的对照")
    for name, value in given.items():
        at = f"{place}.{name}" if place else str(name)
        if name not in forms and exact:
            raise _refusal(at, f"没有这个字段，可写：{'、'.join(forms)}")
        if name in forms and not forms[name][0](value):
            raise _refusal(at, f"应为{forms[name][1]}")


def _must_inspect_members(record: Mapping[str, Any]) -> None:
    """Inspections are joined of members (多勘合一)."""
    joint = (record.get("joint_inspection") or {}).get("members") or ()
    known = {member["matter"] for member in record.get("members") or () if "matter" in member}
    strangers = [str(each) for each in joint if each not in known]
    if strangers:
        raise _refusal("joint_inspection.members", f"不是本件的成员事项：{'、'.join(strangers)}")


def _refusal(place: str, words: str) -> Malformed:
    return Malformed(f"{place}：{words}；请改正后再试。", code="bundle.field", field=place or "record")
