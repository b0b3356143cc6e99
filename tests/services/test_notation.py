"""YAML as people write it: words stay words, a name stands once, what cannot be read is refused at its line."""

import pytest

from engine.domain.errors import Malformed
from engine.services import notation


@pytest.mark.parametrize("word", ["on", "off", "yes", "no", "Yes", "NO", "y", "n"])
def test_a_word_is_no_truth(word: str) -> None:
    assert notation.read(f"{word}: {word}".encode()) == {word: word}


def test_only_true_and_false_are_truths() -> None:
    assert notation.read(b"[true, False, TRUE, 'true', tRue]") == [True, False, True, "true", "tRue"]


def test_a_name_stands_once_but_what_is_merged_may_be_said_anew() -> None:
    assert notation.read(b"- &a {x: 1, y: 2}\n- {<<: *a, x: 3}")[1] == {"x": 3, "y": 2}
    with pytest.raises(Malformed, match="第 3 行：“on”写了两次"):
        notation.read(b"on: 1\ny: 2\non: 3")


@pytest.mark.parametrize(
    "text",
    [b"a: [", b"\xff", b"a: \0", b"!!python/name:os.system", b"2026-13-45", b"? [a]\n: b", b"[" * 5000],
)
def test_what_is_no_yaml_is_refused(text: bytes) -> None:
    with pytest.raises(Malformed) as told:
        notation.read(text, what="对照表", code="history.map", field="map")
    assert (told.value.code, told.value.field) == ("history.map", "map")
    assert told.value.message.startswith("对照表")
