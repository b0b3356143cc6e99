"""Drafts: whatever an editor can open is kept byte for byte; what lies or attacks is not."""

import pytest

from engine.domain.errors import Malformed
from engine.office import Office
from engine.queries import studio
from engine.services import designer
from tests.people import Staff
from tests.spiff import corpus
from tests.spiff.fragments import file, flow, process, through


def test_a_drawing_that_cannot_be_run_is_kept_with_its_reasons(office: Office, staff: Staff) -> None:
    source = file(process(through("serviceTask call")))
    with office.act(staff["designer"]) as act:
        row = designer.hand_in(act, source)
    assert (row.status, row.key, row.source) == ("draft", "p", source)
    assert ("bpmn.unsupported", "call") in {(each["code"], each["element"]) for each in row.findings}


@pytest.mark.parametrize("body", ['<collaboration id="c"/>', '<choreography id="c"/>', ""])
def test_a_drawing_without_a_process_is_kept_and_shown(office: Office, staff: Staff, body: str) -> None:
    with office.act(staff["designer"]) as act:
        row = designer.hand_in(act, file(body))
    with office.look() as look:
        sheet = studio.sheet(look.db, row.id)
    assert sheet.version.errors > 0
    assert sheet.drawing.startswith("<svg")


def test_a_process_with_an_endless_name_is_kept(office: Office, staff: Staff) -> None:
    source = file(process(through("task t"), name="p" * 4000))
    with office.act(staff["designer"]) as act:
        assert designer.hand_in(act, source).key == "p" * 100


def test_a_process_that_claims_to_be_executable_and_is_broken_is_not_kept(
    office: Office, staff: Staff
) -> None:
    source = file(process(through("task t") + flow("f", "t", "nowhere")))
    with office.act(staff["designer"]) as act, pytest.raises(Malformed) as refused:
        designer.hand_in(act, source)
    assert (refused.value.code, refused.value.element) == ("bpmn.dangling-ref", "f")


@corpus.needed
def test_every_editors_diagram_is_kept_byte_for_byte(office: Office, staff: Staff) -> None:
    for case in (*corpus.cases("upload"), *corpus.cases("roundtrip")):
        source = corpus.source(case)
        with office.act(staff["designer"]) as act:
            row = designer.hand_in(act, source)
        assert (row.status, row.source) == ("draft", source), case["id"]
