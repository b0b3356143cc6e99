"""Every matter (事项) and every bundle (一件事) we ship, from the window to delivery."""

from typing import Any

import pytest

from engine.domain.case import Channel
from engine.office import Office
from engine.services import desk
from engine.store import journal
from tests import builders
from tests.builders import acts, do, members, state
from tests.diagrams import shelf
from tests.people import Staff

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
POSTGRES = pytest.mark.parametrize(
    "database", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
#: One of each shape: the standard diagram, parallel opinions, a subdistrict, a follow-up after delivery.
HANDFUL = ("company_setup", "film_projection", "disability_subsidies", "public_place_hygiene")


def _everything(key: str) -> dict[str, Any]:
    """The widest application for a bundle: every member that may be chosen, every condition met."""
    listed = shelf.bundles()[key]["members"]
    wanted = tuple(m["matter"] for m in listed if m.get("optional") and not m.get("condition"))
    conditions = [m["condition"] for m in listed if m.get("condition")]
    return {"members": wanted, "flags": {c.removeprefix("!"): not c.startswith("!") for c in conditions}}


def _goes_well(office: Office, staff: Staff, key: str) -> None:
    no = builders.apply(office, staff, key)
    assert state(office, no) == "received"
    do(office, staff["lin"], desk.accept, no)
    builders.work(office, staff, no)
    assert state(office, no) == "granted"
    assert builders.steps(office, no) == ["deliver"]
    do(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满")
    builders.work(office, staff, no)
    assert state(office, no) == "delivered"
    assert builders.case_row(office, no).closed_at is not None
    supervised = shelf.matters()[key].get("supervised_by")
    assert set(builders.clocks(office, no)) == (
        {"acknowledge"} if supervised else set()
    )  # others owe that one


@SQLITE
@pytest.mark.parametrize("key", shelf.matters())
def test_a_matter_is_accepted_granted_and_delivered(office: Office, staff: Staff, key: str) -> None:
    _goes_well(office, staff, key)


@POSTGRES
@pytest.mark.parametrize("key", HANDFUL)
def test_a_matter_goes_the_same_way_on_postgresql(office: Office, staff: Staff, key: str) -> None:
    _goes_well(office, staff, key)


@SQLITE
@pytest.mark.parametrize("key", shelf.matters())
def test_a_matter_applied_for_online_is_prereviewed_where_drawn_and_then_goes_the_same_way(
    office: Office, staff: Staff, key: str
) -> None:
    no = builders.apply(office, staff, key, channel=Channel.ONLINE)
    if builders.steps(office, no) == ["prereview"]:
        do(office, staff["lin"], desk.prereview, no, passed=True)
    do(office, staff["lin"], desk.accept, no)
    builders.work(office, staff, no)
    assert state(office, no) == "granted"


def _comes_together(office: Office, staff: Staff, key: str, **more: Any) -> None:
    no = builders.apply(office, staff, key, **_everything(key), **more)
    assert set(members(office, no)) == {m["matter"] for m in shelf.bundles()[key]["members"]}
    do(office, staff["lin"], desk.accept, no)
    builders.work_all(office, staff, no)
    assert {k for k, m in members(office, no).items() if state(office, m) != "granted"} == set()
    assert state(office, no) == "granted"
    assert builders.steps(office, no) == ["deliver"]
    do(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满")
    assert {state(office, m) for m in [no, *members(office, no).values()]} == {"delivered"}
    assert acts(office, no).count("delivered") == 1
    assert builders.incidents(office) == []
    with office.look() as look:
        assert journal.broken(look.db) == []


@SQLITE
@pytest.mark.parametrize("key", shelf.bundles())
def test_a_bundle_with_all_its_members_comes_to_one_delivery(office: Office, staff: Staff, key: str) -> None:
    """R-BUN-1: one window in, one delivery out."""
    _comes_together(office, staff, key)


@SQLITE
@pytest.mark.parametrize("key", shelf.bundles())
def test_a_bundle_applied_for_online_comes_to_one_delivery(office: Office, staff: Staff, key: str) -> None:
    _comes_together(office, staff, key, channel=Channel.ONLINE)


@POSTGRES
@pytest.mark.parametrize("key", ["open_cinema", "start_enterprise"])
def test_a_bundle_goes_the_same_way_on_postgresql(office: Office, staff: Staff, key: str) -> None:
    _comes_together(office, staff, key)


@SQLITE
@pytest.mark.parametrize("key", shelf.bundles())
def test_a_bundle_with_only_its_compulsory_members_comes_to_one_delivery(
    office: Office, staff: Staff, key: str
) -> None:
    no = builders.accepted(office, staff, key)
    builders.work_all(office, staff, no)
    assert state(office, no) == "granted"
