"""The kinds of fields a form may have: what they take, and in which words they refuse the rest.

A refusal names its field by the clerk's word for it, has a code, and says the way out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn

import marshmallow as ma
from marshmallow import fields
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as NoNumber

from engine.domain.deadline import BEIJING, end_of
from engine.domain.errors import Malformed

#: The largest id a table may hand out.
MOST = 2**63 - 1
#: Characters that are no writing: they print as nothing and break what stores them.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
#: The years a day may lie in that anybody types: further off there is nothing to count with.
YEARS = (2000, 2100)
#: Numbers beyond this lose digits between one JSON reader and the next (RFC 8259, section 6).
_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Wrong:
    """One field that does not fit: its dotted path, a stable code, and the way out."""

    field: str
    code: str
    message: str


class Remark(str):
    """A message that knows its code."""

    __slots__ = ("code",)
    code: str

    def __new__(cls, message: str, code: str) -> "Remark":
        made = super().__new__(cls, message)
        made.code = code
        return made


def wrong(message: str, code: str, field: str | None = None) -> ma.ValidationError:
    """Return an error that keeps its *code*; *field* names a field of the schema that raises it."""
    remark = Remark(message, code)
    return ma.ValidationError([remark] if field is None else {field: [remark]})


def refuse(error: ma.ValidationError) -> NoReturn:
    """Turn a schema's error into the house's refusal."""
    found = tuple(_wrongs(error.messages, ()))
    first = found[0]
    raise Malformed(first.message, code=first.code, field=first.field, findings=found)


def _wrongs(messages: Any, path: tuple[str, ...]) -> list[Wrong]:
    if isinstance(messages, Mapping):
        steps = (
            (key, path if key in {ma.exceptions.SCHEMA, "value"} else (*path, str(key))) for key in messages
        )
        return [each for key, step in steps for each in _wrongs(messages[key], step)]
    listed = messages if isinstance(messages, list) else [messages]
    return [Wrong(".".join(path) or "body", getattr(m, "code", "field.invalid"), str(m)) for m in listed]


def read(field: "_Labelled", name: str, text: str, code: str = "") -> Any:
    """Return what *field* makes of the *text* an address or a plain form has under *name*; None where there is none.

    Raises `Malformed` that names the field, with its own code or *code*.
    """
    if not text:
        return None
    try:
        return field.deserialize(text)
    except ma.ValidationError as error:
        if code:
            raise Malformed(str(error.messages[0]), code=code, field=name) from error
        refuse(ma.ValidationError({name: error.messages}))


# -- fields ----------------------------------------------------------------------------------------------------

#: What is said of a field by what is wrong with it; the label is the clerk's name of the field.
_SAID = {
    "required": "“{label}”没有填写，请填写后再提交。",
    "null": "“{label}”不能为空，请填写后再提交。",
    "invalid": "“{label}”的内容读不出来，请按说明的格式重填。",
    "invalid_utf8": "“{label}”含有无法识别的字符，请重新输入。",
    "too_large": "“{label}”的数字太大，请核对后重填。",
    "type": "“{label}”应是一组字段（JSON 对象），请按说明的格式重填。",
    "format": "“{label}”的日期读不出来，请写作 2026-11-30。",
    "moment": "“{label}”的时间读不出来，请写作 2026-11-30 或 2026-11-30T10:00。",
    "out_of_range": "“{label}”须在 {first} 年至 {last} 年之间，请核对后重填。",
    "unwritable": "“{label}”含有不可见的控制字符，请删去后重填。",
    "blank": "“{label}”没有填写，请填写后再提交。",
    "too_long": "“{label}”太长，最多 {most} 个字，请删减。",
    "too_small": "“{label}”不在允许的范围内，请核对后重填。",
    "choice": "“{label}”只能是：{choices}。",
    "word": "“{label}”只能由字母、数字、下划线、点和短横组成，请从清单中选取。",
    "too_many": "“{label}”太多，最多 {most} 项。",
}


class _Labelled(fields.Field[Any]):
    """A field that is refused by its Chinese label, with the code ``field.<what>``."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(**{"metadata": {}, **options})
        self.label = label
        self.describe(description=label)

    def describe(self, **about: Any) -> None:
        """Say more of the field in the interface's own description."""
        self.metadata = {**self.metadata, **about}

    def must_be_near(self, day: date) -> None:
        """Refuse a day outside the years anybody types."""
        first, last = YEARS
        if not first <= day.year <= last:
            raise self.make_error("out_of_range", first=first, last=last)

    def make_error(self, key: str, **about: Any) -> ma.ValidationError:
        said = _SAID.get(key, _SAID["invalid"]).format(label=self.label, **about)
        return wrong(said, f"field.{key.replace('_', '-')}")


class Text(_Labelled, fields.String):
    """Writing of bounded length, trimmed; control characters are refused."""

    def __init__(self, label: str, most: int = 500, **options: Any) -> None:
        super().__init__(label, **options)
        self.most = most
        self.describe(maxLength=most)

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if _UNWRITABLE.search(value):
            raise self.make_error("unwritable")
        text = value.strip()
        if len(text) > self.most:
            raise self.make_error("too_long", most=self.most)
        if self.required and not text:
            raise self.make_error("blank")
        return text


class Word(Text):
    """A key of the catalogue or of a diagram: letters of any script, digits, ``_``, ``.`` and ``-``."""

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> str:
        text = super()._deserialize(value, *rest, **more)
        if text and not re.fullmatch(r"[\w.:-]+", text):
            raise self.make_error("word")
        return text


class Whole(_Labelled, fields.Integer):
    """A whole number within bounds."""

    def __init__(self, label: str, least: int = 1, most: int = MOST, **options: Any) -> None:
        super().__init__(label, strict=True, **options)
        self.least, self.most = least, most
        self.describe(minimum=least, maximum=most)

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> int:
        if isinstance(value, bool) or (isinstance(value, str) and not re.fullmatch(r"[0-9]{1,19}", value)):
            raise self.make_error("invalid")
        number = super()._deserialize(int(value) if isinstance(value, str) else value, *rest, **more)
        if not self.least <= number <= self.most:
            raise self.make_error("too_small")
        return number


class Choice(_Labelled, fields.String):
    """One word of a closed list."""

    def __init__(self, label: str, choices: Mapping[str, str], **options: Any) -> None:
        super().__init__(label, **options)
        self.choices = choices
        self.describe(enum=[str(choice) for choice in choices])

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            named = "、".join(f"{word}（{name}）" for word, name in self.choices.items())
            raise self.make_error("choice", choices=named)
        return value


class Day(_Labelled, fields.Date):
    """A calendar day, as 2026-11-30."""

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise self.make_error("format")
        try:
            day = super()._deserialize(value, *rest, **more)
        except ma.ValidationError:
            raise self.make_error("format") from None
        self.must_be_near(day)
        return day


class Moment(_Labelled, fields.DateTime):
    """A moment, as 2026-11-30T10:00; without an offset in Beijing, and a mere day is meant whole, to its end."""

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> datetime:
        try:
            read = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.make_error("moment") from None
        self.must_be_near(read.date())
        try:
            if len(value) <= len("2026-11-30"):
                return end_of(read.date()) - timedelta(microseconds=1)
            return (read if read.tzinfo else read.replace(tzinfo=BEIJING)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.make_error("moment") from None


class Yes(_Labelled, fields.Boolean):
    """Yes or no; the words a form may send for it are marshmallow's."""

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> bool:
        if not isinstance(value, bool | str | int):
            raise self.make_error("invalid")
        return bool(super()._deserialize(value, *rest, **more))


class Scalar(_Labelled, fields.Raw):
    """An answer of a form: text, a number, yes or no, or nothing."""

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return Text(self.label, 2000).deserialize(value)
        if isinstance(value, int | float) and abs(value) <= _EXACT:  # also refuses NaN
            return value
        raise self.make_error("invalid")


class Pairs(_Labelled, fields.Dict):
    """Values by name, of bounded number."""

    def __init__(
        self, label: str, values: fields.Field[Any], most: int = 200, longest: int = 60, **options: Any
    ) -> None:
        super().__init__(label, keys=Word(label, longest, required=True), values=values, **options)
        self.most = most

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> Any:
        if not isinstance(value, Mapping):
            raise self.make_error("type")
        if len(value) > self.most:
            raise self.make_error("too_many", most=self.most)
        return super()._deserialize(value, *rest, **more)  # type: ignore[no-untyped-call]  # marshmallow's own is untyped


class Document(_Labelled, fields.Raw):
    """An object handed on as it came, for a rule to read."""

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> Any:
        if not isinstance(value, Mapping):
            raise self.make_error("type")
        return value


class Several(_Labelled, fields.List[Any]):
    """A list of bounded length."""

    def __init__(self, label: str, each: fields.Field[Any], most: int = 200, **options: Any) -> None:
        super().__init__(label, cls_or_instance=each, **options)
        self.most = most

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise self.make_error("invalid")
        if len(value) > self.most:
            raise self.make_error("too_many", most=self.most)
        return super()._deserialize(value, *rest, **more)


class Part(_Labelled, fields.Nested):
    """A form inside a form."""

    def __init__(self, label: str, nested: type[ma.Schema], **options: Any) -> None:
        super().__init__(label, nested=nested, **options)


# -- numbers that identify -------------------------------------------------------------------------------------


def id_number(text: str, label: str = "身份证号码") -> str:
    """Return the identity number as it is stored: 18 characters, a capital X.

    The region is not looked up: a number keeps the region of the day it was given out, and the table of
    regions that ``ric.validate`` asks would turn away people born before their district had its code.
    """
    number = ric.compact(text)
    try:
        if not re.fullmatch(r"[0-9]{17}[0-9X]", number) or number[-1] != ric.calc_check_digit(number):
            raise InvalidChecksum
        ric.get_birth_date(number)
    except NoNumber:
        raise wrong(
            f"{label}不对：应为 18 位，且出生日期和末位校验码相符（GB 11643）；请对照身份证原件逐位核对后重填。",
            "id-number.invalid",
        ) from None
    return number


def credit_code(text: str, label: str = "统一社会信用代码") -> str:
    """Return the credit code as it is stored: 18 characters, capitals."""
    try:
        return uscc.validate(text)
    except NoNumber:
        raise wrong(
            f"{label}不对：应为 18 位数字或大写字母（不含 I、O、S、V、Z），且末位校验码相符（GB 32100）；"
            "请对照营业执照核对后重填。",
            "credit-code.invalid",
        ) from None
