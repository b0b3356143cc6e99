"""办事指南 and the application form are read from the version in force; what a bundle saves is counted, not claimed."""

import pytest

from engine.domain import material
from engine.domain import matter as rules
from engine.domain.errors import NotFound
from engine.domain.material import Standing
from engine.office import Office
from engine.queries import forms, guide, guidebook
from engine.store import cases, catalog
from tests import builders
from tests.people import Staff

BUNDLES = (
    "open_restaurant", "newborn", "start_enterprise", "after_death", "open_cinema", "open_workshop_shop",
    "publication_shop", "retirement", "staff_onboarding",
)  # fmt: skip


def test_the_index_has_every_version_in_force_once(office: Office):
    with office.look() as look:
        index = guidebook.index(look.db)
        everything = catalog.everything(look.db)
    found = [e.key for e in index.bundles] + [e.key for shelf in index.shelves for e in shelf.entries]
    assert sorted(found) == sorted(row.key for row in everything)


@pytest.mark.parametrize("words", ["食品经营", "food BUSINESS", "食品 市场监督"])
def test_a_guide_is_found_by_words_in_either_language(office: Office, words: str):
    with office.look() as look:
        index = guidebook.index(look.db, words)
    assert "food_operation_new" in {e.key for shelf in index.shelves for e in shelf.entries}


def test_a_guide_tells_limits_with_their_basis(office: Office):
    with office.look() as look:
        shown = guide.guide(look.db, "food_operation_new")
    assert shown.promised is not None
    assert shown.legal is not None
    assert (str(shown.promised.limit), shown.promised.basis) == ("10 workday", "found")
    assert str(shown.legal.limit) == "15 workday"
    assert (shown.item, shown.sort, shown.version) == ("承诺件", "行政许可", 1)
    assert [step.name for step in shown.steps][:2] == ["窗口受理", "现场勘查"]
    assert "open_restaurant" in {e.key for e in shown.in_bundles}


def test_every_guide_can_be_told(office: Office):
    with office.look() as look:
        for row in catalog.everything(look.db):
            shown = guide.guide(look.db, row.key)
            assert shown.papers or shown.members or not row.record.get("materials")


def test_there_is_no_guide_of_what_does_not_exist(office: Office):
    with office.look() as look, pytest.raises(NotFound) as refused:
        guide.guide(look.db, "nothing")
    assert refused.value.code == "matter.unknown"


def test_what_a_bundle_saves_is_counted(office: Office):
    with office.look() as look:
        shown = guide.guide(look.db, "open_restaurant")
    tally = shown.tally
    assert tally is not None
    assert tally.forms == (3, 1)
    assert tally.visits == (3, 1)
    before, after = tally.papers
    assert after < before
    assert before - tally.repeated - tally.produced - tally.shared == after


def test_a_document_is_asked_once_whoever_needs_it(office: Office):
    """R-BUN-5."""
    with office.look() as look:
        rows = forms.needed(forms.form(look.db, "open_restaurant"), {"public_gathering_place": True}, ())
    codes = [row.code for row in rows]
    assert len(codes) == len(set(codes))
    ids = next(row for row in rows if row.code == "legal-person-id")
    assert {need.matter for need in ids.needs} == {"individual_business", "food_operation_new"}
    assert "food-licence" not in codes  # a member brings it


def test_answers_and_wishes_decide_what_is_asked(office: Office):
    with office.look() as look:
        form = forms.form(look.db, "open_restaurant")
    plain = {row.code for row in forms.needed(form, {}, ())}
    gathering = {row.code for row in forms.needed(form, {"public_gathering_place": True}, ())}
    tobacco = {row.code for row in forms.needed(form, {}, ["tobacco_retail"])}
    assert gathering - plain == {"fire-check-declaration", "fire-floor-plan", "fire-safety-rules"}
    assert tobacco - plain == {"tobacco-application"}


@pytest.mark.parametrize("key", BUNDLES)
def test_the_form_asks_exactly_what_the_case_will_miss(office: Office, staff: Staff, key: str):
    """With everything on the form handed in, nothing is missing; the form asks nothing else."""
    with office.look() as look:
        rows = forms.needed(forms.form(look.db, key), {}, ())
    handed = (
        material.Handed(row.code, Standing.SHARED if row.source == "shared" else Standing.RECEIVED)
        for row in rows
    )
    no = builders.apply(office, staff, key, materials=tuple(handed))
    with office.look() as look:
        bundle_id = cases.id_of(look.db, no)
        shelf = cases.handed(look.db, bundle_id)
        wanted: set[str] = set()
        for member in cases.members(look.db, bundle_id):
            case = cases.lock(look.db, member.id)
            siblings = cases.producing(look.db, case.id, bundle_id)
            asked = rules.requirements(catalog.get(look.db, case.matter_id).record)
            assert material.defects(material.lines(asked, case.flags, shelf, siblings)) == ()
            missing = material.defects(material.lines(asked, case.flags, {}, siblings))
            wanted |= {line.requirement.code for line in missing}
    assert {row.code for row in rows} == wanted
