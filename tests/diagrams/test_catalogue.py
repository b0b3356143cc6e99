"""The catalogue (事项目录) says where every figure comes from, and nothing in it points nowhere."""

from collections.abc import Mapping
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import Any

import pytest

from engine.domain import matter as rules
from engine.domain.limit import Unit
from tests.diagrams import shelf

BASES = {"found", "law", "law-known", "typical", "derived"}
KINDS = {"即办件", "承诺件"}
#: A working day has seven working hours.
DAY_HOURS = 7
#: What nobody is asked: the engine knows it of every case.
GIVEN = {"verify_only", "in_bundle", "channel"}
#: What every matter tells, so that it can be run and its guide (办事指南) be written.
TOLD = {
    *("key", "name", "en", "type", "kind", "level", "authority", "channels", "questions", "process"),
    *("legal_limit", "promised_limit", "extension", "correction", "tolerance", "delivery_limit"),
    *("conditions", "materials", "stages", "onsite_visits", "fee", "inform_commit", "delivery", "result"),
}
BUNDLE_TOLD = {
    *("key", "name", "en", "lead", "promised_limit", "legal_cap", "members", "questions", "answers"),
    *("joint_inspection", "shared_materials", "result", "critical_path"),
}
ASKED = {
    *("code", "name", "secondary", "source", "source_note", "form", "copies", "trust", "basis"),
    *("condition", "produced_by", "produced_at"),
}

every_matter = pytest.mark.parametrize("key", shelf.matters())
every_bundle = pytest.mark.parametrize("key", shelf.bundles())
every_record = pytest.mark.parametrize("key", shelf.records())


def flags_of(record: Mapping[str, Any]) -> set[str]:
    """The scenario flags (情形) a record asks about or settles beforehand."""
    return {question["key"] for question in record["questions"]} | set(record.get("answers", ()))


def bare(condition: str) -> str:
    return condition.removeprefix("!")


def test_there_are_forty_one_matters_and_nine_bundles() -> None:
    assert len(shelf.matters()) == 41
    assert len(shelf.bundles()) == 9


@every_record
def test_a_record_lies_under_its_own_key(key: str) -> None:
    assert shelf.records()[key]["key"] == key


@every_matter
def test_a_matter_tells_all(key: str) -> None:
    matter = shelf.matters()[key]
    assert set(matter) >= TOLD
    assert matter["kind"] in KINDS
    assert matter["authority"] in shelf.named("departments")
    assert matter["materials"], "a guide without materials helps nobody"


@every_bundle
def test_a_bundle_tells_all(key: str) -> None:
    bundle = shelf.bundles()[key]
    assert set(bundle) >= BUNDLE_TOLD
    assert bundle["lead"] in shelf.named("departments")


@every_record
def test_every_figure_has_a_basis_and_a_known_source(key: str) -> None:
    for where, figure in shelf.figures(shelf.records()[key]):
        assert figure.get("basis") in BASES, where
        assert figure["basis"] not in {"found", "law"} or "src" in figure or "note" in figure, where
        assert figure.get("src") is None or figure["src"] in shelf.named("sources"), where


@every_record
def test_every_source_named_is_on_the_list(key: str) -> None:
    def sources(record: Any) -> set[str]:
        if isinstance(record, dict):
            own = {record["src"]} if record.get("src") else set()
            return own.union(*map(sources, record.values()))
        return set().union(*map(sources, record)) if isinstance(record, list) else set()

    assert sources(shelf.records()[key]) <= set(shelf.named("sources"))


@every_record
def test_the_engine_reads_the_terms(key: str) -> None:
    record = shelf.records()[key]
    terms = rules.terms(record, joint=key in shelf.bundles())
    assert terms.notice.unit is Unit.WORKDAY
    assert terms.promised.value == record["promised_limit"]["value"]


@every_matter
def test_a_promise_is_no_longer_than_the_law(key: str) -> None:
    matter = shelf.matters()[key]
    if matter["legal_limit"]:  # R-LIM-10
        assert days(matter["promised_limit"]) <= days(matter["legal_limit"])


@every_matter
def test_tolerance_keeps_within_the_promise(key: str) -> None:
    matter = shelf.matters()[key]
    most, promised = matter["tolerance"]["max"], matter["promised_limit"]
    if promised["unit"] == "workday":  # R-TOL-4; an on-the-spot matter has no promised days to stay within
        assert days(most) <= days(promised)


@every_matter
def test_only_secondary_materials_may_come_later(key: str) -> None:
    for material in shelf.matters()[key]["materials"]:  # R-TOL-1
        assert material["secondary"] or "tolerance_days" not in material
        assert material["secondary"] == ("secondary_basis" in material)


@every_matter
def test_a_material_tells_all(key: str) -> None:
    for material in shelf.matters()[key]["materials"]:
        assert set(material) >= ASKED
        assert material["source"] in {"self", "shared", "issued"}
        assert material["trust"] in set("ABCD")
        assert (material["trust"] == "A") == (material["source"] != "self")
        assert material["basis"] in BASES


@every_matter
def test_a_code_stands_once_in_a_matter(key: str) -> None:
    materials = [(m["code"], m["condition"]) for m in shelf.matters()[key]["materials"]]
    assert len(materials) == len(set(materials))


def test_one_code_is_one_document() -> None:
    standard = shelf.named("materials")
    asked = [material for matter in shelf.matters().values() for material in matter["materials"]]
    shared = [material for bundle in shelf.bundles().values() for material in bundle["shared_materials"]]
    results = [
        {"code": matter["result"]["code"]} for matter in shelf.matters().values() if matter["result"]["code"]
    ]
    assert {material["code"] for material in [*asked, *shared, *results]} == set(standard)
    names = [entry["name"] for entry in standard.values()]
    assert len(names) == len(set(names))


@every_matter
def test_what_a_predecessor_produces_is_what_is_asked_for(key: str) -> None:
    for material in shelf.matters()[key]["materials"]:  # R-BUN-5
        producer = material["produced_by"]
        if producer is None:
            assert material["produced_at"] is None
        else:
            assert material["produced_at"] in {"accepted", "granted", "delivered"}
            assert shelf.matters()[producer]["result"]["code"] == material["code"]


def test_an_acceptance_notice_will_do_for_the_shop_sign() -> None:
    (licence,) = [m for m in shelf.matters()["shop_sign_filing"]["materials"] if m["produced_by"]]
    assert (licence["produced_by"], licence["produced_at"]) == ("food_operation_new", "accepted")  # R-BUN-4


@every_matter
def test_a_matter_asks_every_question_it_uses(key: str) -> None:
    matter = shelf.matters()[key]
    conditions = [
        entry["condition"] for entry in [*matter["materials"], *matter["stages"]] if entry["condition"]
    ]
    assert {bare(condition) for condition in conditions} <= flags_of(matter) | GIVEN


@every_bundle
def test_a_bundle_asks_for_its_members_too(key: str) -> None:
    bundle = shelf.bundles()[key]
    own = {bare(member["condition"]) for member in bundle["members"] if member["condition"]}
    theirs = set().union(*(flags_of(shelf.matters()[member["matter"]]) for member in bundle["members"]))
    assert own | theirs <= flags_of(bundle)


@every_record
def test_a_question_is_worded_in_both_languages(key: str) -> None:
    for question in shelf.records()[key]["questions"]:
        assert question["text"].endswith("？")
        assert question["en"].endswith("?")


def test_one_flag_is_one_question() -> None:
    asked = {(q["key"], q["text"]) for record in shelf.records().values() for q in record["questions"]}
    assert len(asked) == len({key for key, _ in asked})


@every_bundle
def test_members_are_matters_and_wait_for_members(key: str) -> None:
    members = {member["matter"]: member for member in shelf.bundles()[key]["members"]}
    assert set(members) <= set(shelf.matters())
    for member in members.values():
        assert {after["matter"] for after in member["after"]} <= set(members)
        assert {after["on"] for after in member["after"]} <= {"accepted", "granted", "delivered"}
        assert member["start"] == "notice" or not member["after"]  # R-BUN-2


@every_bundle
def test_nobody_waits_for_himself(key: str) -> None:
    bundle = shelf.bundles()[key]
    graph = {member["matter"]: waits_for(bundle, member["matter"]) for member in bundle["members"]}
    assert len(list(TopologicalSorter(graph).static_order())) == len(graph)


@every_bundle
def test_joint_inspection_is_by_members(key: str) -> None:
    bundle = shelf.bundles()[key]
    if bundle["joint_inspection"]:
        assert set(bundle["joint_inspection"]["members"]) <= {
            member["matter"] for member in bundle["members"]
        }


@every_bundle
def test_the_critical_path_is_told_and_excess_owned_up(key: str) -> None:
    """R-BUN-9: a promise shorter than its longest chain is a finding, and stands in the data in words."""
    bundle = shelf.bundles()[key]
    told = bundle["critical_path"]
    assert told["value"] == pytest.approx(longest(bundle), abs=0.01)
    assert told["value"] == pytest.approx(sum(cost(bundle, step) for step in told["path"]), abs=0.01)
    assert all(before in waits_for(bundle, after) for before, after in pairwise(told["path"]))
    if told["value"] > days(bundle["promised_limit"]):
        assert "R-BUN-9" in bundle["critical_path_note"]


def test_four_promises_are_known_to_need_a_word() -> None:
    noted = {key for key, bundle in shelf.bundles().items() if "critical_path_note" in bundle}
    assert noted == {"open_cinema", "newborn", "start_enterprise", "staff_onboarding"}


@every_matter
def test_a_matter_runs_a_diagram_that_is_there(key: str) -> None:
    assert shelf.process_of(key) in {key, "standard"}
    assert shelf.definition(shelf.process_of(key)).process == shelf.process_of(key)


@every_matter
def test_stages_and_diagram_agree(key: str) -> None:
    """The limits of the catalogue are the limits drawn, by the same posts."""
    nodes = shelf.definition(shelf.process_of(key)).nodes
    for stage in shelf.matters()[key]["stages"]:
        if stage["task"] is None:
            continue
        node = nodes[stage["task"]]
        limit = stage["limit"]
        assert (node.role, node.officers) == (stage["role"], stage["officers"]), stage["name"]
        assert node.limit == (f"{limit['value']} {limit['unit']}" if limit else None), stage["name"]


def days(limit: Mapping[str, Any]) -> float:
    """A limit in working days."""
    if limit["unit"] == "onspot":
        return 0
    return float(limit["value"]) / (DAY_HOURS if limit["unit"] == "hour" else 1)


def cost(bundle: Mapping[str, Any], matter: str) -> float:
    """What a member adds to the path; one that is only verified adds nothing."""
    (member,) = [member for member in bundle["members"] if member["matter"] == matter]
    return 0 if member.get("mode") == "verify_only" else days(shelf.matters()[matter]["promised_limit"])


def waits_for(bundle: Mapping[str, Any], matter: str) -> list[str]:
    """Whom a member waits for."""
    (member,) = [member for member in bundle["members"] if member["matter"] == matter]
    return [after["matter"] for after in member["after"]]


def longest(bundle: Mapping[str, Any]) -> float:
    """The longest chain of promises in a bundle, in working days."""

    def until(matter: str) -> float:
        return cost(bundle, matter) + max(map(until, waits_for(bundle, matter)), default=0)

    return max(until(member["matter"]) for member in bundle["members"])
