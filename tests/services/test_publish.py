"""Publishing: a new diagram or matter is for new cases; what runs keeps what it began with (rulebook §0-10)."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.domain.errors import Malformed, NotNow, NotYours
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import designer, registrar
from engine.store import catalog, definitions
from tests import builders
from tests.builders import case_row
from tests.diagrams import shelf
from tests.people import Staff

FOOD = "food_operation_new"
SOURCE = shelf.drawing(FOOD).read_bytes()


def _redrawn(old: str, new: str) -> bytes:
    return SOURCE.replace(old.encode(), new.encode())


def test_a_draft_is_kept_byte_for_byte_and_changes_nothing(office: Office, staff: Staff) -> None:
    source = _redrawn("材料审查", "书面审查")
    with office.act(staff["designer"]) as act:
        row = designer.hand_in(act, source, FOOD)
        assert (row.status, row.source, row.version) == ("draft", source, 2)
        assert (definitions.current(act.db, FOOD) or row).version == 1


def test_what_runs_keeps_its_diagram_and_what_comes_gets_the_new_one(office: Office, staff: Staff) -> None:
    running = builders.accepted(office, staff, FOOD)
    with office.act(staff["designer"]) as act:
        draft = designer.hand_in(act, SOURCE + b"<!-- redrawn -->", FOOD)
        designer.publish(act, draft.id)
    fresh = builders.accepted(office, staff, FOOD)
    builders.work(office, staff, running)
    assert case_row(office, running).definition_id != draft.id == case_row(office, fresh).definition_id
    assert builders.state(office, running) == "granted"


def test_a_shared_diagram_is_new_for_every_matter_it_draws(office: Office, staff: Staff) -> None:
    source = shelf.drawing("standard").read_bytes() + b"<!-- redrawn -->"
    with office.act(staff["designer"]) as act:
        draft = designer.hand_in(act, source, "standard")
        designer.publish(act, draft.id)
    drawn = [key for key in shelf.matters() if shelf.process_of(key) == "standard"]
    with office.look() as look:
        assert {catalog.current(look.db, key).definition_id for key in drawn} == {draft.id}


def test_what_runs_keeps_the_limits_it_was_received_under(office: Office, staff: Staff) -> None:
    running = builders.apply(office, staff, FOOD)
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, FOOD)
        record = {**row.record, "promised_limit": {"value": 3, "unit": "workday"}}
        catalog.publish(act.db, "matter", record, row.definition_id, act.at)
    fresh = builders.accepted(office, staff, FOOD)
    builders.do(office, staff["lin"], builders.desk.accept, running)
    assert builders.last_days(office, running)["promised"] == "2026-12-07"
    assert builders.last_days(office, fresh)["promised"] == "2026-11-26"


def test_a_diagram_with_errors_is_not_published(office: Office, staff: Staff) -> None:
    broken = _redrawn('targetRef="accept"', 'targetRef="nowhere"')
    with pytest.raises(Malformed), office.act(staff["designer"]) as act:
        designer.publish(act, designer.hand_in(act, broken, FOOD).id)
    with office.look() as look:
        assert look.db.scalar(sa.select(sa.func.max(definitions.definitions.c.version))) == 1


def test_a_condition_nobody_can_read_keeps_it_from_being_published(office: Office, staff: Staff) -> None:
    unread = _redrawn('accept = "correct"', "accept = (")
    with pytest.raises(Malformed) as refused, office.act(staff["designer"]) as act:
        designer.publish(act, designer.hand_in(act, unread, FOOD).id)
    assert refused.value.code in {"definition.findings", "feel.unreadable"}


def test_what_is_published_is_not_published_again(office: Office, staff: Staff) -> None:
    published = case_row(office, builders.apply(office, staff, FOOD)).definition_id
    with pytest.raises(NotNow) as refused, office.act(staff["designer"]) as act:
        designer.publish(act, published)
    assert refused.value.code == "definition.published"


@pytest.mark.parametrize("login", ["lin", "manager", "registrar"])
def test_only_the_designer_draws(office: Office, staff: Staff, login: str) -> None:
    with pytest.raises(NotYours), office.act(staff[login]) as act:
        designer.hand_in(act, SOURCE, FOOD)


def test_publishing_the_same_catalogue_again_changes_nothing(office: Office) -> None:
    before = builders.everything(office)
    with office.act(CLOCK) as act:
        changed = registrar.publish_all(act, office.settings.bpmn)
    assert changed == {
        "calendars": 0,
        "orgs": 0,
        "halls": 0,
        "rules": 0,
        "common": 0,
        "matters": 0,
        "bundles": 0,
    }
    assert builders.everything(office) == before


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("    start: notice\n", "    start: banana\n", "members[4].start"),
        ("lead: XZSP", "lead: NOPE", "lead"),
        ("name: 开办电影院一件事\n", "name: 开办电影院一件事\nname: 乙\n", None),
    ],
)
def test_a_bundle_out_of_form_is_published_no_more_than_composed(
    office: Office, tmp_path: Path, old: str, new: str, place: str | None
) -> None:
    bpmn = Path(shutil.copytree(office.settings.bpmn, tmp_path / "bpmn"))
    path = bpmn / "bundles" / "open_cinema" / "bundle.yaml"
    path.write_text(path.read_text(encoding="utf8").replace(old, new, 1), encoding="utf8")
    before = builders.everything(office)
    with pytest.raises(Malformed) as told, office.act(CLOCK) as act:
        registrar.publish_all(act, bpmn)
    assert told.value.field == place
    assert builders.everything(office) == before
