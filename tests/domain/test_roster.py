"""A list of people, read whole or not at all (免申即享名单)."""

import csv
import io
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import roster
from engine.domain.errors import Malformed, TooLarge

HEAD = "证件号码,姓名,残疾等级\n"
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(
    lambda text: bool(text.strip())
)


def known(text: str) -> str:
    """A number that only must not be empty."""
    if not text.strip():
        raise Malformed("没有号码", code="n")
    return text.strip()


def read(text: str, **called: str) -> Any:
    return roster.read(text.encode(), known, called)


def test_cells_are_numbers_yes_or_no_or_words() -> None:
    (one,) = read("id_number,name,a,b,c,d\n7,王小满,3,是,二级,\n")
    assert (one.line, one.id_number, one.name, dict(one.facts)) == (
        2,
        "7",
        "王小满",
        {"a": 3, "b": True, "c": "二级"},
    )


def test_a_column_may_be_called_as_the_rule_calls_it() -> None:
    assert read(HEAD + "7,王,2\n", 残疾等级="grade")[0].facts == {"grade": 2}


def test_what_an_office_saved_in_its_own_code_is_read_too() -> None:
    assert roster.read((HEAD + "7,王,2\n").encode("gb18030"), known, {})[0].name == "王"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "roster.empty"),
        (HEAD, "roster.empty"),
        ("姓名\n王\n", "roster.column"),
        (HEAD + ",王,2\n", "roster.lines"),
        (HEAD + "7,,2\n", "roster.lines"),
        (HEAD + "7,王,2,9\n", "roster.lines"),
        (HEAD + "7,王,2\n7,王,2\n", "roster.lines"),
    ],
)
def test_a_wrong_line_stops_the_whole_list(text: str, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(text)
    assert refused.value.code == code


def test_a_list_has_an_end() -> None:
    with pytest.raises(TooLarge):
        read(HEAD + "".join(f"{n},王,2\n" for n in range(roster.MOST + 1)))


@given(st.dictionaries(WORDS.map(str.strip), WORDS, min_size=1, max_size=20))
def test_whoever_is_on_the_list_is_read_once_in_order(people: dict[str, str]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([("id_number", "name"), *people.items()])
    found = read(out.getvalue())
    assert [each.id_number for each in found] == list(people)
    assert [each.line for each in found] == sorted(each.line for each in found)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_it_answers_or_refuses(content: bytes) -> None:
    with suppress(Malformed):
        roster.read(content, known, {})


def test_the_same_list_has_the_same_fingerprint_and_no_other() -> None:
    one, other = read(HEAD + "7,王,2\n"), read(HEAD + "7,王,3\n")
    assert roster.fingerprint("a", one) == roster.fingerprint("a", read("\ufeff" + HEAD + "7, 王 , 2\n"))
    assert (
        len({roster.fingerprint("a", one), roster.fingerprint("a", other), roster.fingerprint("b", one)}) == 3
    )
