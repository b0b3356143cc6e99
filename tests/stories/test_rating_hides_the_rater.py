"""R-EV-1: whoever is rated learns from no page, answer of a machine, journal or export who rated him."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from engine import worker
from engine.domain.identity import APPLICANT
from engine.domain.rating import Level
from engine.office import Office
from engine.services import appraising, rectifying
from engine.services.appraising import Said
from engine.store import cases, journal
from tests import builders
from tests.builders import do
from tests.conftest import Watch
from tests.people import Staff
from tests.web.machines import Machine
from tests.web.visitor import Visitor

FOOD = "food_operation_new"
WORDS = "跑了三趟才办成"
#: What a page says only of a case that was badly rated.
TELLING = (WORDS, "差评核实", "差评整改期限", "非常不满意", "整改期限", "核实期限")
#: Who had a hand in the case: window, reviewer, inspector, decider.
RATED = ("lin", "scjg.approver", "scjg.inspector", "scjg.leader")


@pytest.fixture
def rated(office: Office, staff: Staff, watch: Watch) -> tuple[str, int]:
    """A case badly rated by name, and its answer already late: cards are given for it."""
    no = builders.granted(office, staff, FOOD)
    said = Said(Level.VERY_BAD, words=WORDS)
    rating_id = do(office, APPLICANT, appraising.rate, no, said).id
    watch.set("2026-12-22 09:00")
    worker.drain(office)
    return no, rating_id


@pytest.mark.parametrize("who", RATED)
def test_no_page_tells_whoever_handled_the_case(office: Office, rated: tuple[str, int], who: str) -> None:
    no, rating_id = rated
    visitor = Visitor(office, who)
    pages = [visitor.text(path) for path in (f"/cases/{no}", "/inbox")]
    pages.append(visitor.text(f"/desk/cases/{no}"))
    assert [word for page in pages for word in TELLING if word in page] == []
    assert visitor.get(f"/ratings/{rating_id}").status_code in {403, 404}
    assert visitor.send(f"/ratings/{rating_id}/verify", words="已核实").status_code in {403, 404}


def test_neither_does_the_tracking_code_which_the_window_knows_too(
    office: Office, rated: tuple[str, int]
) -> None:
    code = builders.case_row(office, rated[0]).code
    for path in (f"/t/{code}", f"/t/{code}/rate"):
        page = Visitor(office).text(path)
        assert (WORDS in page, "核实" in page, "已经评价过" in page) == (False, False, True)


def test_the_list_and_the_figures_of_the_one_who_decided_leave_his_own_out(
    office: Office, rated: tuple[str, int]
) -> None:
    """He sees that there was one, of which month and level; not of which case, nor its words."""
    no, _ = rated
    leader = Visitor(office, "scjg.leader")
    assert "没有这样的差评" in leader.text("/ratings?view=all")
    behind = leader.text("/figures/satisfaction/bad?month=2026-11")
    assert ("非常不满意" in behind, WORDS in behind, no in behind) == (True, False, False)
    assert [word for word in ("差评核实", "差评整改 ·") if word in leader.text("/cards")] == []


def test_no_machine_tells_it_either(office: Office, rated: tuple[str, int]) -> None:
    no, rating_id = rated
    machine = Machine(office)
    for path in (f"/cases/{no}", f"/cases/{no}/timeline", "/cards", "/ratings?view=all"):
        told = machine.get(path, "scjg.leader").text
        assert [word for word in (WORDS, '"contact"', '"rectify"', '"rated"') if word in told] == []
    assert machine.get(f"/ratings/{rating_id}", "scjg.leader").status_code == 404
    hushed = [row.id for row in builders.clocks(office, no).values() if row.key.startswith("rating ")]
    assert [machine.get(f"/deadlines/{each}/explain", "scjg.leader").status_code for each in hushed] == [
        404
    ] * len(hushed)


def test_the_journal_keeps_that_it_was_done_and_not_what_was_said(
    office: Office, rated: tuple[str, int]
) -> None:
    no, rating_id = rated
    with office.look() as look:
        told = [
            (each.act, each.by_name, each.data)
            for each in journal.of_case(look.db, cases.id_of(look.db, no))
            if each.act in {"rated", "rectification opened"}
        ]
    assert told == [
        ("rated", "申请人", {"rating": rating_id}),
        ("rectification opened", "申请人", {"rating": rating_id}),
    ]


def test_no_export_carries_who_rated(office: Office, rated: tuple[str, int]) -> None:
    no, _ = rated
    for who, path in (
        ("scjg.leader", "/figures/satisfaction.xlsx?month=2026-11"),
        ("scjg.chief", "/figures/satisfaction.xlsx?month=2026-11"),
    ):
        book = ZipFile(BytesIO(Visitor(office, who).get(path).data))
        text = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
        assert (no in text, builders.WANG.name in text, "非常不满意" in text) == (False, False, True)


def test_who_gives_no_name_is_told_to_nobody_with_his_case(office: Office, staff: Staff) -> None:
    """Even to those who put it right: they are told what, not of which case."""
    no = builders.granted(office, staff, FOOD)
    rating_id = do(office, APPLICANT, appraising.rate, no, Said(Level.BAD, words=WORDS, named=False)).id
    chief = Visitor(office, "scjg.chief")
    page = chief.text(f"/ratings/{rating_id}")
    assert (WORDS in page, no in page, builders.WANG.name in page) == (True, False, False)
    assert no not in chief.text("/ratings")
    assert "contact" not in builders.clocks(office, no)
    for deed in (rectifying.verify, rectifying.rectify):
        with office.act(staff.of("chief", "SCJG")) as act:
            deed(act, rating_id, "已整改")
    assert "待测评" in chief.text(f"/ratings/{rating_id}")
