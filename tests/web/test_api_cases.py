"""Cases and tasks over ``/api/v1``: what a machine sends, what it gets, how it is refused."""

import pytest

from engine.office import Office
from tests import builders
from tests.web.machines import ID_NUMBER, Machine

FOOD = "food_operation_new"


@pytest.fixture
def machine(office: Office) -> Machine:
    return Machine(office)


@pytest.fixture
def no(machine: Machine) -> str:
    """A case that was applied for at the window."""
    found: str = machine.apply(FOOD).json["no"]
    return found


def test_an_application_is_answered_with_its_number_and_code(machine: Machine):
    answer = machine.apply(FOOD)
    assert answer.status_code == 201
    assert answer.json["state"] == "received"
    assert len(answer.json["no"]) == 22
    assert len(answer.json["code"]) == 16


def test_a_bundle_answers_with_its_members(machine: Machine):
    members = machine.apply("open_restaurant").json["members"]
    assert {member["matter"] for member in members} >= {"individual_business", FOOD}
    assert all(len(member["no"]) == 22 for member in members)


def test_the_same_key_gives_the_same_case(machine: Machine):
    body = machine.body(FOOD)
    first = machine.post("/cases", key="one", json=body)
    again = machine.post("/cases", key="one", json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json


def test_the_same_key_for_another_command_is_refused(machine: Machine):
    machine.post("/cases", key="one", json=machine.body(FOOD))
    answer = machine.post("/cases", key="one", json=machine.body(FOOD, answers={"premises": "和兴街 1 号"}))
    assert answer.json["code"] == "idempotency.mismatch"


def test_nobody_enters_without_a_token(machine: Machine, no: str):
    for answer in (
        machine.get("/tasks", None),
        machine.get(f"/cases/{no}", None),
        machine.post("/cases", None),
    ):
        assert answer.status_code == 401
        assert answer.content_type == "application/problem+json"
        assert answer.json["code"] == "sign-in.needed"


@pytest.mark.parametrize(
    ("applicant", "code"),
    [
        ({"id_number": ID_NUMBER[:-1] + "4", "name": "王小满"}, "id-number.invalid"),
        ({"id_number": "51070319901301080X", "name": "王小满"}, "id-number.invalid"),
        ({"kind": "company", "id_number": "91110000600037341X", "name": "小满餐饮店"}, "credit-code.invalid"),
    ],
)
def test_a_number_that_identifies_nobody_is_refused_at_its_field(machine: Machine, applicant, code: str):
    answer = machine.apply(FOOD, applicant=applicant)
    assert answer.status_code == 422
    assert (answer.json["code"], answer.json["field"]) == (code, "applicant.id_number")


def test_every_wrong_field_is_named_at_once(machine: Machine):
    answer = machine.post("/cases", json={"matter": FOOD, "colour": "red", "materials": [{}]})
    found = {each["field"]: each["code"] for each in answer.json["findings"]}
    assert found == {
        "applicant": "field.required",
        "colour": "field.unknown",
        "materials.0.code": "field.required",
    }


def test_an_incomplete_case_is_not_accepted(machine: Machine):
    no = machine.apply(FOOD, lacking=("floor-plan",)).json["no"]
    answer = machine.post(f"/cases/{no}/accept")
    assert answer.status_code == 422
    assert answer.json["code"] == "materials.missing"


def test_a_case_goes_from_the_window_to_delivery(machine: Machine, office: Office, staff, no: str):
    assert machine.post(f"/cases/{no}/accept").json["state"] == "accepted"
    builders.work(office, staff, no)
    assert machine.get(f"/cases/{no}").json["state"] == "granted"
    delivered = machine.post(f"/cases/{no}/deliver", json={"method": "window", "receiver": "王小满"})
    assert delivered.json["state"] == "delivered"


def test_acceptance_is_told_with_its_due_days(machine: Machine, no: str):
    told = machine.post(f"/cases/{no}/accept").json
    assert told["accepted_at"].startswith("2026-11-23T09:00:00+08:00")
    assert told["promised_due_at"] < told["legal_due_at"]


def test_a_second_acceptance_is_not_now(machine: Machine, no: str):
    machine.post(f"/cases/{no}/accept")
    answer = machine.post(f"/cases/{no}/accept")
    assert (answer.status_code, answer.json["code"]) == (409, "case.wrong-state")


def test_correction_and_supplement(machine: Machine):
    no = machine.apply(FOOD, lacking=("floor-plan",)).json["no"]
    assert machine.post(f"/cases/{no}/correct", json={"remarks": {}}).json["state"] == "correction"
    brought = {"materials": [{"code": "floor-plan"}]}
    assert machine.post(f"/cases/{no}/supplement", json=brought).json["state"] == "corrected"


def test_refusing_needs_a_reason(machine: Machine, no: str):
    bare = machine.post(f"/cases/{no}/refuse", json={"state": "not_accepted"})
    assert bare.json["code"] == "reason.missing"
    told = machine.post(f"/cases/{no}/refuse", json={"state": "not_required", "reason": "无需许可"})
    assert told.json["state"] == "not_required"


def test_who_has_nothing_to_do_with_a_case_does_not_see_it(machine: Machine, no: str):
    for path in (f"/cases/{no}", f"/cases/{no}/timeline"):
        assert machine.get(path, "mzj.approver").status_code == 404
    assert machine.post(f"/cases/{no}/withdraw", "mzj.approver").status_code == 404
    assert machine.get(f"/cases/{no}", "manager").status_code == 200


def test_a_case_is_told_without_what_its_applicant_keeps_to_himself(machine: Machine, no: str):
    told = machine.get(f"/cases/{no}").json
    assert "code" not in told
    assert ID_NUMBER not in str(told)


def test_the_timeline_begins_with_the_application(machine: Machine, no: str):
    machine.post(f"/cases/{no}/accept")
    *_, first = machine.get(f"/cases/{no}/timeline").json["items"]
    assert first["who"] == "林窗口"


def test_the_register_pages_by_cursor(machine: Machine):
    made = [machine.apply(FOOD).json["no"] for _ in range(3)]
    first = machine.get("/cases?limit=2").json
    second = machine.get(f"/cases?limit=2&cursor={first['next']}").json
    assert [each["no"] for each in first["items"] + second["items"]] == made[::-1]
    assert second["next"] is None


def test_the_register_finds_by_state_and_words(machine: Machine, no: str):
    assert machine.get("/cases?state=accepted").json["items"] == []
    assert [each["no"] for each in machine.get("/cases?q=食品经营").json["items"]] == [no]
    assert machine.get(f"/cases?q={no[:20]}").json["items"][0]["no"] == no
    assert machine.get("/cases?q=%25").json["items"] == []
    assert machine.get("/cases", "mzj.approver").json["items"] == []


def test_a_task_is_claimed_completed_and_gone(machine: Machine, no: str):
    machine.post(f"/cases/{no}/accept")
    task = next(
        t for t in machine.get("/tasks?view=claimable", "scjg.approver").json["items"] if t["case_no"] == no
    )
    claimed = machine.post(f"/tasks/{task['task_id']}/claim", "scjg.approver").json
    outcome = next(iter(claimed["outcomes"]))
    done = machine.post(
        f"/tasks/{task['task_id']}/complete",
        "scjg.approver",
        json={"outcome": outcome, "rev": claimed["rev"]},
    )
    assert done.status_code == 200
    assert machine.get(f"/tasks/{task['task_id']}", "scjg.approver").json["outcome"] == outcome


def test_a_form_made_before_the_task_moved_is_stale(machine: Machine, no: str):
    machine.post(f"/cases/{no}/accept")
    task = machine.get("/tasks?view=claimable", "scjg.approver").json["items"][0]
    machine.post(f"/tasks/{task['task_id']}/claim", "scjg.approver")
    late = {"outcome": "pass", "rev": task["rev"]}
    answer = machine.post(f"/tasks/{task['task_id']}/complete", "scjg.approver", json=late)
    assert (answer.status_code, answer.json["code"]) == (409, "task.stale")


def test_a_task_is_given_back_and_given_over(machine: Machine, staff, no: str):
    machine.post(f"/cases/{no}/accept")
    task = machine.get("/tasks?view=claimable", "scjg.approver").json["items"][0]["task_id"]
    machine.post(f"/tasks/{task}/claim", "scjg.approver")
    assert machine.post(f"/tasks/{task}/release", "scjg.approver").json["assignee_id"] is None
    given = {"user": staff["scjg.approver"].id}
    assert machine.post(f"/tasks/{task}/transfer", "manager", json=given).json["assignee_id"] == given["user"]
    refused = machine.post(f"/tasks/{task}/transfer", "manager", json={"user": staff["lin"].id})
    assert refused.status_code == 403


def test_the_clock_stops_on_a_legal_ground_only(machine: Machine, no: str):
    machine.post(f"/cases/{no}/accept")
    refused = machine.post(
        f"/cases/{no}/suspend",
        "scjg.approver",
        json={"ground": "现场勘验", "notice": "须检验", "planned": "5 workday"},
    )
    assert refused.json["code"] == "suspend.ground"
    stopped = machine.post(
        f"/cases/{no}/suspend",
        "scjg.approver",
        json={"ground": "检验", "notice": "须检验", "planned": "5 workday"},
    )
    assert stopped.json["paused"] is True
    assert machine.post(f"/cases/{no}/resume", "scjg.approver").json["paused"] is False


def test_a_deadline_explains_itself(machine: Machine, no: str):
    machine.post(f"/cases/{no}/accept")
    clocks = {each["clock"]: each for each in machine.get(f"/cases/{no}").json["deadlines"]}
    told = machine.get(f"/deadlines/{clocks['promised']['id']}/explain").json
    assert told["due_at"] == clocks["promised"]["due_at"] == told["explanation"]["due"]
    assert "行政许可法" in told["explanation"]["sentence"]
    assert machine.get(f"/deadlines/{clocks['promised']['id']}/explain", "mzj.approver").status_code == 404


def test_late_cases_are_counted_at_a_moment(machine: Machine, watch, no: str):
    machine.post(f"/cases/{no}/accept")
    watch.pass_days(30)
    late = machine.get("/reports/overdue?group_by=matter", "manager").json
    assert late["groups"] == [{"key": FOOD, "name": "食品经营许可(新办)", "count": 1, "cases": [no]}]
    assert machine.get("/reports/overdue?as_of=2026-11-30", "manager").json["count"] == 0
    assert machine.get("/reports/overdue", "lin").status_code == 403
    assert machine.get("/reports/overdue?as_of=soon", "manager").json["field"] == "as_of"


def test_the_catalogue_is_told(machine: Machine):
    assert FOOD in {each["key"] for each in machine.get("/matters").json["items"]}
    assert "open_restaurant" in {each["key"] for each in machine.get("/bundles").json["items"]}
    assert machine.get(f"/matters/{FOOD}/guide").json["promised"]["value"] == "10"
    assert machine.get("/matters/nothing/guide").json["code"] == "matter.unknown"


def test_a_supplement_names_only_files_that_are_kept(machine: Machine):
    no = machine.apply(FOOD, lacking=("floor-plan",)).json["no"]
    machine.post(f"/cases/{no}/correct", json={"remarks": {}})
    brought = {"materials": [{"code": "floor-plan", "file_id": 4711}]}
    assert machine.post(f"/cases/{no}/supplement", json=brought).json["code"] == "file.unknown"


def test_a_material_is_named_once(machine: Machine):
    twice = [{"code": "floor-plan"}, {"code": "floor-plan", "standing": "shared"}]
    answer = machine.apply(FOOD, materials=twice)
    assert (answer.json["code"], answer.json["field"]) == ("material.twice", "materials")
