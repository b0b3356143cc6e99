"""Tolerance over ``/api/v1``: 容缺, 告知承诺, 信用; what is done once, and every way to be refused."""

from typing import Any

import pytest

from engine import worker
from engine.office import Office
from engine.services import desk
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.services.test_tolerant_grant import _allow as allow_after_grant
from tests.web.machines import Machine

FOOD, RULES = "food_operation_new", "food-safety-rules"
FIRE, INSPECTOR = "fire_check", "xfjy.inspector"
PROMISE = {"codes": [RULES], "consent": True}


@pytest.fixture
def machine(office: Office) -> Machine:
    return Machine(office)


def _lacking(machine: Machine, *codes: str) -> str:
    """An application at the window without the materials *codes*."""
    return str(machine.apply(FOOD, lacking=codes or (RULES,)).json["no"])


def _tolerated(machine: Machine) -> str:
    no = _lacking(machine)
    assert machine.post(f"/cases/{no}/tolerate", json=PROMISE).status_code == 200
    return no


def _refused(answer: Any) -> tuple[int, str, str]:
    """The status, the stable code and the field of a refusal."""
    return answer.status_code, answer.json["code"], answer.json.get("field", "")


# --- tolerant acceptance --------------------------------------------------------------------------------------


def test_a_promise_is_taken_once(machine: Machine, office: Office) -> None:
    """R-TOL-1..4: the same key gives the same answer, and one letter of commitment."""
    no = _lacking(machine)
    body = PROMISE | {"by": "2026-11-27"}
    first = machine.post(f"/cases/{no}/tolerate", key="promise", json=body)
    again = machine.post(f"/cases/{no}/tolerate", key="promise", json=body)
    assert (first.status_code, first.json["state"], first.json) == (200, "accepted_tolerant", again.json)
    assert [paper.kind for paper in builders.papers(office, no)].count("commitment") == 1
    other = machine.post(f"/cases/{no}/tolerate", key="promise", json=PROMISE)
    assert other.json["code"] == "idempotency.mismatch"


@pytest.mark.parametrize(
    ("lacking", "body", "status", "code", "field"),
    [
        ((RULES,), {"codes": [RULES]}, 422, "tolerance.consent", "consent"),
        (("floor-plan", RULES), PROMISE, 422, "tolerance.primary-missing", "materials"),
        ((RULES,), PROMISE | {"codes": ["floor-plan"]}, 422, "tolerance.not-tolerable", "codes"),
        ((RULES,), PROMISE | {"by": "2026-12-01"}, 422, "tolerance.date", "by"),
        ((RULES,), PROMISE | {"by": "soon"}, 422, "field.format", "by"),
        ((RULES,), {"consent": True}, 422, "field.required", "codes"),
        ((RULES, "health-certificate"), PROMISE, 422, "materials.missing", "materials"),
    ],
)
def test_what_may_not_be_promised(
    machine: Machine, lacking: tuple[str, ...], body: dict[str, Any], status: int, code: str, field: str
) -> None:
    """R-TOL-1, R-TOL-4."""
    no = _lacking(machine, *lacking)
    assert _refused(machine.post(f"/cases/{no}/tolerate", json=body)) == (status, code, field)


def test_who_broke_his_word_promises_no_more(machine: Machine, watch: Watch, office: Office) -> None:
    """R-TOL-6; and a case that has ended is past it."""
    no = _tolerated(machine)
    watch.set("2026-12-01 09:00")
    worker.drain(office)
    again = _lacking(machine)
    assert _refused(machine.post(f"/cases/{again}/tolerate", json=PROMISE))[:2] == (
        409,
        "credit.disqualified",
    )
    assert _refused(machine.post(f"/cases/{no}/tolerate", json=PROMISE))[:2] == (409, "case.wrong-state")


def test_it_is_the_windows_to_take(machine: Machine) -> None:
    no = _lacking(machine)
    refused = machine.post(f"/cases/{no}/tolerate", "scjg.approver", json=PROMISE)
    assert _refused(refused)[:2] == (403, "post.missing")
    assert _refused(machine.post(f"/cases/{no}/tolerate", None, json=PROMISE))[:2] == (401, "sign-in.needed")


# --- a tolerant grant, an act of God --------------------------------------------------------------------------


def test_what_comes_after_the_grant_is_promised_where_the_matter_allows(
    machine: Machine, office: Office
) -> None:
    """R-TOL-7."""
    no = _tolerated(machine)
    act = f"/cases/{no}/promise-after-grant"
    assert _refused(machine.post(act, json=PROMISE))[:2] == (409, "tolerance.not-after-grant")
    allow_after_grant(office)
    act = f"/cases/{_tolerated(machine)}/promise-after-grant"
    assert _refused(machine.post(act, json={"codes": [RULES]}))[1:] == ("tolerance.consent", "consent")
    wrong = machine.post(act, json=PROMISE | {"codes": ["floor-plan"]})
    assert _refused(wrong)[1:] == ("tolerance.not-tolerable", "codes")
    assert (
        machine.post(act, key="later", json=PROMISE).json == machine.post(act, key="later", json=PROMISE).json
    )


def test_nothing_is_promised_before_acceptance_for_after_the_grant(machine: Machine, office: Office) -> None:
    allow_after_grant(office)
    refused = machine.post(f"/cases/{_lacking(machine)}/promise-after-grant", json=PROMISE)
    assert _refused(refused)[:2] == (409, "case.wrong-state")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"until": "2026-12-03"}, "field.required", "reason"),
        ({"reason": " ", "until": "2026-12-03"}, "field.blank", "reason"),
        ({"reason": "洪水断路"}, "field.required", "until"),
        ({"reason": "洪水断路", "until": "2026-11-30"}, "tolerance.postponed", "until"),
    ],
)
def test_an_act_of_god_has_its_reason_and_a_later_day(
    machine: Machine, body: dict[str, str], code: str, field: str
) -> None:
    """R-TOL-4."""
    refused = machine.post(f"/cases/{_tolerated(machine)}/postpone-promise", json=body)
    assert _refused(refused) == (422, code, field)


def test_a_promise_is_moved_on_once(machine: Machine, office: Office) -> None:
    """R-TOL-4: 不可抗力可顺延, in writing; where nothing was promised there is nothing to move."""
    no, body = _tolerated(machine), {"reason": "洪水断路", "until": "2026-12-03"}
    for _ in range(2):
        assert machine.post(f"/cases/{no}/postpone-promise", key="flood", json=body).status_code == 200
    assert [paper.kind for paper in builders.papers(office, no)].count("postponement_notice") == 1
    assert builders.last_days(office, no)["tolerance"] == "2026-12-03"
    bare = machine.post(f"/cases/{_lacking(machine)}/postpone-promise", json=body)
    assert _refused(bare)[:2] == (409, "tolerance.none")


# --- informed commitment --------------------------------------------------------------------------------------


def _committed(office: Office, staff: Staff, *, granted: bool = True) -> str:
    make = builders.granted if granted else builders.accepted
    return make(office, staff, FIRE, flags={"inform_commit": True})


def test_a_commitment_is_taken_back_once(machine: Machine, office: Office, staff: Staff) -> None:
    """安阳 26 条: before the decision, and only what was signed."""
    no = _committed(office, staff, granted=False)
    for _ in range(2):
        assert machine.post(f"/cases/{no}/withdraw-commitment", key="back").status_code == 200
    assert builders.acts(office, no).count("commitment withdrawn") == 1
    assert _refused(machine.post(f"/cases/{no}/withdraw-commitment"))[:2] == (409, "commitment.none")
    decided = _committed(office, staff)
    assert _refused(machine.post(f"/cases/{decided}/withdraw-commitment"))[:2] == (409, "case.wrong-state")


def test_what_is_to_be_checked_is_listed_for_who_checks_it(
    machine: Machine, office: Office, staff: Staff
) -> None:
    """Rulebook §4.3: 事后核查钟 60 工作日."""
    no = _committed(office, staff)
    (item,) = machine.get("/commitments", INSPECTOR).json["items"]
    assert (item["no"], item["standing"], item["light"]) == (no, "待核查", "green")
    assert [choice[0] for choice in item["choices"]] == ["true", "false"]
    assert machine.get("/commitments", "cgj.inspector").json["items"] == []
    (seen,) = machine.get("/commitments", "manager").json["items"]
    assert (seen["no"], seen["choices"]) == (no, [])
    assert machine.get(f"/cases/{no}/commitment", INSPECTOR).json["due_at"].startswith("2027-")


def test_what_was_false_is_put_right_or_revoked(machine: Machine, office: Office, staff: Staff) -> None:
    no = _committed(office, staff)
    check, words = f"/cases/{no}/inspect-commitment", {"words": "未设消防栓"}
    silent = machine.post(check, INSPECTOR, json={"result": "false"})
    assert _refused(silent) == (422, "reason.missing", "words")
    early = machine.post(check, INSPECTOR, json={"result": "revoked", **words})
    assert _refused(early)[:2] == (409, "commitment.order")
    body = {"result": "false", **words}
    first = machine.post(check, INSPECTOR, key="check", json=body)
    assert first.json == machine.post(check, INSPECTOR, key="check", json=body).json
    assert machine.get(f"/cases/{no}/commitment", INSPECTOR).json["standing"] == "整改中"
    assert machine.post(check, INSPECTOR, json={"result": "revoked", "words": "逾期未改"}).status_code == 200
    assert machine.get("/commitments", INSPECTOR).json["items"] == []
    (record,) = machine.get(f"/cases/{no}/credit", INSPECTOR).json["items"]
    assert (record["kind"], record["stands"]) == ("false_commitment", True)


@pytest.mark.parametrize(
    ("login", "result", "status", "code"),
    [
        (INSPECTOR, "true", 409, "commitment.not-granted"),
        ("lin", "true", 403, "post.missing"),
        (INSPECTOR, "perhaps", 422, "field.choice"),
    ],
)
def test_who_may_not_check_and_what_may_not_be_found(
    machine: Machine, office: Office, staff: Staff, login: str, result: str, status: int, code: str
) -> None:
    no = _committed(office, staff, granted=False)
    refused = machine.post(f"/cases/{no}/inspect-commitment", login, json={"result": result})
    assert _refused(refused)[:2] == (status, code)


def test_where_nothing_was_signed_there_is_nothing_to_check(
    machine: Machine, office: Office, staff: Staff
) -> None:
    no = builders.granted(office, staff, FIRE, flags={"inform_commit": False})
    refused = machine.post(f"/cases/{no}/inspect-commitment", INSPECTOR, json={"result": "true"})
    assert _refused(refused)[:2] == (409, "commitment.none")
    assert _refused(machine.get(f"/cases/{no}/commitment", INSPECTOR))[:2] == (404, "commitment.none")


# --- credit ---------------------------------------------------------------------------------------------------


def test_a_record_is_repaired_once_by_who_may(
    machine: Machine, office: Office, staff: Staff, watch: Watch
) -> None:
    """R-TOL-6: and what it forbade is open again."""
    builders.do(office, staff["lin"], desk.tolerate, _lacking(machine), [RULES], None, consent=True)
    watch.set("2026-12-01 09:00")
    worker.drain(office)
    assert _refused(machine.post("/credits/1/repair", json={"reason": "已补"}))[:2] == (403, "post.missing")
    silent = machine.post("/credits/1/repair", "manager", json={"reason": " "})
    assert _refused(silent) == (422, "reason.missing", "reason")
    for _ in range(2):
        assert (
            machine.post("/credits/1/repair", "manager", key="r", json={"reason": "已补"}).status_code == 200
        )
    twice = machine.post("/credits/1/repair", "manager", json={"reason": "已补"})
    assert _refused(twice)[:2] == (409, "credit.repaired")
    assert _refused(machine.post("/credits/9/repair", "manager", json={"reason": "已补"}))[0] == 404
    assert machine.post(f"/cases/{_lacking(machine)}/tolerate", json=PROMISE).status_code == 200


@pytest.mark.parametrize(
    ("until", "code"),
    [("9999-12-31", "field.out-of-range"), ("2100-12-31", "tolerance.too-far")],
)
def test_a_promise_moves_on_no_further_than_a_limit_can_say(machine: Machine, until: str, code: str) -> None:
    body = {"reason": "洪水断路", "until": until}
    refused = machine.post(f"/cases/{_tolerated(machine)}/postpone-promise", json=body)
    assert _refused(refused) == (422, code, "until")
