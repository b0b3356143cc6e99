"""开办餐饮店一件事 through the JSON API alone: no page, no table, only what a machine may call."""

from typing import Any

import pytest

from engine.office import Office
from tests.conftest import Watch
from tests.people import Staff
from tests.web.machines import Machine

MATTERS = ("individual_business", "food_operation_new", "shop_sign_filing", "fire_check", "tobacco_retail")
LACKING = {"food-licence-application", "fire-safety-rules"}
#: Posts of the four departments and of the window, in the order a case meets them.
DESKS = [
    "lin",
    *(
        f"{org}.{role}"
        for org in ("scjg", "cgj", "xfjy", "yc")
        for role in ("inspector", "approver", "chief", "leader")
    ),
]


class Bundle:
    """The bundle as its machine sees it."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.no = ""
        self.members: dict[str, str] = {}

    def apply(self) -> None:
        asked = {code: how for matter in MATTERS for code, how in self._asked(matter).items()}
        body = self._machine.body(
            "open_restaurant", flags={"public_gathering_place": True}, members=["tobacco_retail"]
        )
        body["materials"] = [
            {"code": code, "standing": how} for code, how in sorted(asked.items()) if code not in LACKING
        ]
        receipt = self._machine.post("/cases", json=body, key="one")
        assert receipt.status_code == 201, receipt.json
        self.no = receipt.json["no"]
        self.members = {member["matter"]: member["no"] for member in receipt.json["members"]}

    def _asked(self, matter: str) -> dict[str, str]:
        """What a matter asks for, and how it is handed in: nobody brings what is shared."""
        guide = self._machine.get(f"/matters/{matter}/guide").json
        brought = [m for m in guide["papers"] if not m.get("produced_by")]
        return {m["code"]: "shared" if m["source"] == "shared" else "received" for m in brought}

    def act(self, act: str, matter: str = "", **body: Any) -> dict[str, Any]:
        no = self.members[matter] if matter else self.no
        answer = self._machine.post(f"/cases/{no}/{act}", json=body, key=f"{act} {no}")
        assert answer.status_code == 200, answer.json
        return answer.json

    def state(self, matter: str = "") -> str:
        no = self.members[matter] if matter else self.no
        return str(self._machine.get(f"/cases/{no}").json["state"])

    def work(self) -> None:
        """Let every desk complete what it may claim, until nobody finds anything."""
        while sum(self._clear(login) for login in DESKS):
            pass

    def _clear(self, login: str) -> int:
        listed = self._machine.get("/tasks?view=claimable", login).json["items"]
        mine = [item for item in listed if item["case_no"] in self.members.values()]
        return sum(self._complete(login, item["task_id"]) for item in mine)

    def _complete(self, login: str, task_id: int) -> bool:
        task = self._machine.get(f"/tasks/{task_id}", login).json
        if task["stage"] in {"accept", "correct", "deliver"}:
            return False
        body = {
            "outcome": next(iter(task["outcomes"])),
            "opinion": "同意",
            "officers": ["同行员"],
            "rev": task["rev"],
        }
        answer = self._machine.post(f"/tasks/{task_id}/complete", login, json=body)
        if answer.json.get("code") == "decision.gate":
            return False  # promised materials are still to come
        assert answer.status_code == 200, answer.json
        return True


@pytest.fixture
def bundle(office: Office) -> Bundle:
    return Bundle(Machine(office))


def test_the_whole_story_by_machine(bundle: Bundle, watch: Watch, staff: Staff) -> None:
    bundle.apply()
    bundle.act("correct", "food_operation_new", remarks={})
    bundle.act("tolerate", "fire_check", codes=["fire-safety-rules"], consent=True)
    assert bundle.act("accept")["state"] == "accepted"
    bundle.work()
    assert bundle.state("fire_check") == "accepted_tolerant"
    assert bundle.state("shop_sign_filing") == "accepted", (
        "it waits for the food licence's acceptance (R-BUN-4)"
    )

    watch.pass_days(1)
    bundle.act(
        "supplement",
        "food_operation_new",
        materials=[{"code": "food-licence-application", "standing": "received"}],
    )
    bundle.act("accept", "food_operation_new")
    bundle.act("supplement", "fire_check", materials=[{"code": "fire-safety-rules", "standing": "received"}])
    bundle.work()
    assert {bundle.state(matter) for matter in bundle.members} == {"granted"}
    assert bundle.state() == "granted"

    assert bundle.act("deliver", method="window", receiver="王小满")["state"] == "delivered"
    assert {bundle.state(matter) for matter in bundle.members} == {"delivered"}
