"""The form of a bundle's record (一件事): what may stand in each field; anything else is refused at its place."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.domain import agreement
from engine.domain.bundle import Start
from engine.domain.clock import Precision
from engine.domain.errors import Malformed
from engine.domain.limit import MOST, Limit, Unit

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """What a field may hold: in words, how to tell, and the form of its parts; *absent* where null says nothing."""

    words: str
    fits: Callable[[Any], bool]
    each: "Form | None" = None
    fields: "Mapping[str, Form] | None" = None
    needed: tuple[str, ...] = ()
    absent: bool = True


def _text(words: str = "文字") -> Form:
    return Form(words, lambda value: isinstance(value, str) and bool(value.strip()), absent=False)


def _one_of(*words: str) -> Form:
    return Form(" 或 ".join(words), lambda value: isinstance(value, str) and value in words, absent=False)


def _list(each: Form) -> Form:
    return Form("列表（每项以 - 开头）", lambda value: isinstance(value, list), each=each)


def _map(fields: Mapping[str, Form] | None, *needed: str) -> Form:
    return Form(_PAIRS, lambda value: isinstance(value, dict), fields=fields, needed=needed)


_PAIRS = "“名称: 值”的对照"
_TRUTH = Form("true 或 false", lambda value: isinstance(value, bool), absent=False)
_WORDS = Form("文字", lambda value: isinstance(value, str))
_WHOLE = Form("不带引号的整数", lambda value: type(value) is int, absent=False)
_NUMBER = Form("不带引号的数字", lambda value: type(value) in {int, float}, absent=False)
_ANSWER = Form(
    "true、false、文字或数字", lambda value: isinstance(value, bool | str | int | float), absent=False
)
_ANY = Form("任何内容", lambda _: True)

#: Where a figure comes from; the citation itself is written in when it is published.
_SOURCED = {"basis": _WORDS, "src": _WORDS, "note": _WORDS, "cited": _ANY}
_LIMIT = _map({"value": _WHOLE, "unit": _one_of(*Unit), **_SOURCED}, "value", "unit")
_CHAIN = _map({"value": _NUMBER, "unit": _one_of(*Unit), "path": _list(_text()), **_SOURCED})
_QUESTION = _map({"key": _text(), "text": _text(), "en": _WORDS, **_SOURCED}, "key", "text")
#: Which words a dependency knows is for the graph to say (R-BUN-4).
_WAIT = replace(_map({"matter": _text(), "on": _text()}, "matter"), absent=False)
_MEMBER = replace(
    _map(
        {
            "matter": _text("成员事项的代码"), "after": _list(_WAIT), "start": _one_of(*Start),
            "mode": replace(_one_of("verify_only"), absent=True), "condition": _WORDS,
            "optional": _TRUTH, "prereview": _TRUTH, "milestone": _TRUTH, "exempt_application": _TRUTH,
            **_SOURCED,
        },
        "matter",
    ),
    absent=False,
)  # fmt: skip
#: The terms of whole bundles, each a limit.
_LIMITS = (
    "promised_limit", "promised_limit_without_commitment", "legal_cap", "extension", "prereview_limit",
    "delivery_limit", "follow_limit", "rectify_limit",
)  # fmt: skip
#: What a record may say.
RECORD: Mapping[str, Form] = {
    "key": _text("“一件事”的代码"), "name": _text("“一件事”的名称"), "en": _WORDS, "theme": _WORDS,
    "lead": replace(_text("牵头部门的代码"), absent=True),
    "members": replace(_list(_MEMBER), absent=False),
    "questions": _list(replace(_QUESTION, absent=False)),
    "answers": replace(_map(None), each=_ANSWER),
    "joint_inspection": _map({"name": _WORDS, "members": _list(_text()), **_SOURCED}),
    "shared_materials": _list(
        replace(_map({"code": _text(), "name": _text(), "en": _WORDS, **_SOURCED}, "code", "name"), absent=False)
    ),
    "result": _map({"name": _WORDS, "en": _WORDS, "valid": _LIMIT, **_SOURCED}),
    # Which policies there are is for the outcome to say (R-BUN-7).
    "outcome": _WORDS,
    "critical_path": _CHAIN, "critical_path_note": _WORDS, "process": _WORDS, "precision": _one_of(*Precision),
    **dict.fromkeys(_LIMITS, _LIMIT),
    # What a region rules otherwise and what the catalogue itself writes in.
    "correction": _map(None), "tolerance": _map(None), "grounds": _list(_map(None)),
    "availability": _ANY, "channels": _list(_text()),
    **_SOURCED,
}  # fmt: skip
_WHOLE_RECORD = _map(RECORD, "key", "name", "members")


def must_be_in_form(record: Any) -> None:
    """Raise `Malformed`, naming the place, for a field of the record that holds what cannot stand there."""
    _must_fit(record if record is not None else {}, _WHOLE_RECORD, "")
    if not record["key"].isidentifier() or not record["key"].isascii():
        raise Malformed("代码只用字母、数字和下划线，以字母开头", code="bundle.field", field="key")
    if not record["members"]:
        raise _refusal("members", "请列出成员事项，每项写明 matter")
    for name in _LIMITS:
        if record.get(name) is not None:
            _must_be_a_limit(record[name], name)
    _must_inspect_members(record)


def must_be_known(record: Record, matters: Mapping[str, Record], departments: Collection[str]) -> None:
    """Raise `Malformed` for a member that is no matter, a lead that is no department, a condition nobody asks about."""
    members: Sequence[Record] = record["members"]
    unknown = [each["matter"] for each in members if each["matter"] not in matters]
    if unknown:
        raise Malformed(
            f"事项目录里没有：{'、'.join(unknown)}；请检查代码，或先登记事项",
            code="bundle.member",
            field="members",
        )
    if record.get("lead") is not None and record["lead"] not in departments:
        raise _refusal("lead", f"没有代码为“{record['lead']}”的部门；请写牵头部门的代码，或删去这一项")
    known = {*asked(record, [matters[each["matter"]] for each in members]), *agreement.GIVEN}
    for member in members:
        condition = (member.get("condition") or "").removeprefix("!")
        if condition and condition not in known:
            raise Malformed(
                f"“{matters[member['matter']]['name']}”的条件“{condition}”没有对应的情形问题；请在 questions 中列出",
                code="bundle.condition",
                field="questions",
            )


def asked(record: Record, members: Sequence[Record]) -> dict[str, str]:
    """What the applicant is asked, in words, by flag; a settled answer counts as asked."""
    told = {key: key for key in record.get("answers") or {}}
    questions = [question for each in (*members, record) for question in each.get("questions") or ()]
    return {**told, **{question["key"]: question["text"] for question in questions}}


def _must_fit(given: Any, form: Form, place: str) -> None:
    if given is None and form.absent:
        return
    if not form.fits(given):
        raise _refusal(place, f"这里写不了“{_short(given)}”，请写 {form.words}")
    for name in form.needed:
        if given.get(name) is None:
            words = form.fields[name].words if form.fields else ""
            raise _refusal(f"{place}.{name}".lstrip("."), f"没有写明，请写 {words}")
    for at, value, inside in _parts(given, form, place):
        _must_fit(value, inside, at)


def _parts(given: Any, form: Form, place: str) -> Iterator[tuple[str, Any, Form]]:
    """What stands inside, each at its place: people count the lines of a list from one."""
    if isinstance(given, list) and form.each:
        yield from ((f"{place}[{n}]", value, form.each) for n, value in enumerate(given, 1))
    for name, value in given.items() if isinstance(given, dict) else ():
        at = f"{place}.{name}".lstrip(".")
        if not isinstance(name, str) or (form.fields is not None and name not in form.fields):
            raise _refusal(
                at, f"没有“{name}”这个字段；请改正或删去，可写 {'、'.join(form.fields or ('文字作名称',))}"
            )
        inside = form.fields[name] if form.fields is not None else form.each
        if inside:
            yield at, value, inside


def _must_be_a_limit(figure: Record, place: str) -> None:
    try:
        Limit(figure["value"], Unit(figure["unit"]))
    except Malformed:
        words = f"请写 1 至 {MOST} 的整数；当场办结写作 {{value: 0, unit: onspot}}"
        raise _refusal(f"{place}.value", words) from None


def _must_inspect_members(record: Record) -> None:
    """Inspections are joined of members (多勘合一)."""
    joint = (record.get("joint_inspection") or {}).get("members") or ()
    known = {member["matter"] for member in record["members"]}
    strangers = [each for each in joint if each not in known]
    if strangers:
        words = f"“{'”“'.join(strangers)}”不是本件的成员事项；请改写，可写 {'、'.join(sorted(known))}"
        raise _refusal("joint_inspection.members", words)


def _short(given: Any) -> str:
    """What stands there, as whoever wrote it would say it."""
    if isinstance(given, list | dict):
        return "列表" if isinstance(given, list) else "对照"
    said = {"None": "空", "True": "true", "False": "false"}
    return said.get(str(given), str(given))[:30]


def _refusal(place: str, words: str) -> Malformed:
    return Malformed(f"{place or '整份文件'}：{words}。", code="bundle.field", field=place or "record")
