"""Lists of people at the page, at the machines' door and at the command line (免申即享)."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from engine.office import Office
from tests import builders
from tests.conftest import Watch
from tests.web.machines import Machine
from tests.web.visitor import Visitor
from web.cli import main

KEY, WHO = "disability_subsidies", "mzj.chief"
#: Numbers whose check digits fit, of nobody.
ONE, TWO = "510703199001010015", "510703199901010811"
LIST = f"证件号码,姓名,残疾等级,是否低保家庭\n{ONE},赵一,1,否\n{TWO},钱二,4,否\n"


def sent(text: str = LIST, **more: Any) -> dict[str, Any]:
    named = {"matter": KEY, "title": "补贴名单", "policy": "川民发〔2026〕1号", "do": "keep"}
    return {**named, **more, "file": (io.BytesIO(text.encode()), "list.csv")}


def test_a_list_goes_from_the_file_to_cases(office: Office, watch: Watch) -> None:
    """§1.3: matched, public, made; every line tells whether and why."""
    chief = Visitor(office, WHO)
    assert "没有保存，也没有建件" in chief.send("/benefits", **sent(do="match")).text
    assert "还没有名单" in chief.text("/benefits")
    at = chief.send("/benefits", **sent()).location.split("?")[0]
    assert "不符合两项补贴的条件" in chief.text(at)
    assert "请先公示" in chief.send(f"{at}/make").text
    assert chief.send(f"{at}/publish").status_code == 303
    assert "期满无异议后才能建件" in chief.send(f"{at}/make").text
    watch.pass_days(8)
    chief = Visitor(office, WHO)
    assert chief.send(f"{at}/make", key="once").location.endswith("n=1")
    assert chief.send(f"{at}/make", key="twice").location.endswith("n=0")
    page = chief.text(at)
    assert "已办完" in page
    assert ONE not in page
    assert "赵一" in chief.get(f"{at}.csv").text


def test_a_wrong_list_comes_back_with_every_line_that_is_wrong(office: Office) -> None:
    chief = Visitor(office, WHO)
    answer = chief.send("/benefits", **sent(LIST.replace(ONE, "510703199001010016")))
    assert answer.status_code == 422
    assert "证件号码不对" in answer.text
    assert "还没有名单" in chief.text("/benefits")


def test_a_line_is_taken_off_and_a_list_given_up(office: Office) -> None:
    chief = Visitor(office, WHO)
    at = chief.send("/benefits", **sent()).location.split("?")[0]
    assert chief.send(f"{at}/entries/1/strike", words="").status_code == 422
    assert chief.send(f"{at}/entries/1/strike", words="已迁出").status_code == 303
    assert chief.send(f"{at}/publish").status_code == 409
    assert chief.send(f"{at}/withdraw", reason="政策调整").status_code == 303
    assert "政策调整" in chief.text(at)


def test_a_machine_does_the_same(office: Office, watch: Watch) -> None:
    machine = Machine(office)
    people = [{"id_number": ONE, "name": "赵一", "facts": {"disability_grade": 1}}]
    body = {"matter": KEY, "title": "名单", "policy": "文件", "entries": people}
    assert machine.post("/benefits/match", WHO, json=body).json["items"][0]["way"] == "automatic"
    at = f"/benefits/{machine.post('/benefits', WHO, json=body).json['id']}"
    assert machine.post("/benefits", WHO, json=body).json["code"] == "roster.same"
    assert machine.post(f"{at}/make", WHO).json["code"] == "roster.unpublished"
    assert machine.post(f"{at}/publish", WHO).status_code == 200
    watch.pass_days(8)
    assert machine.post(f"{at}/make", WHO).json == {"made": 1, "left": 0, "refused": []}
    line = machine.get(f"{at}/entries", WHO).json["items"][0]
    assert builders.state(office, line["no"]) == "accepted"
    assert machine.get("/benefits", WHO).json["items"][0]["made"] == 1
    assert machine.post(f"{at}/withdraw", WHO, json={"reason": "完"}).status_code == 200


def test_who_does_not_run_it_cannot(office: Office) -> None:
    machine = Machine(office)
    body = {"matter": KEY, "title": "名单", "policy": "文件", "entries": [{"id_number": ONE, "name": "赵一"}]}
    assert machine.post("/benefits", "cgj.chief", json=body).json["code"] == "post.missing"
    assert machine.get("/benefits", "lin").status_code == 403
    twice = {**body, "entries": body["entries"] * 2}
    assert machine.post("/benefits", WHO, json=twice).status_code == 422
    assert (
        machine.post("/benefits", WHO, json={**body, "matter": "tobacco_retail"}).json["code"]
        == "benefit.none"
    )


@pytest.fixture
def lianban(office: Office, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Types a command on the test's own database, at the hour of its watch."""
    monkeypatch.setenv("LIANBAN_DATABASE_URL", office.database.url.render_as_string(hide_password=False))

    monkeypatch.setenv("LIANBAN_DEMO", "1")

    def typed(*words: str) -> Result:
        monkeypatch.setenv("LIANBAN_NOW", office.now().isoformat())
        return CliRunner().invoke(main, ["benefit", *words])

    return typed


def test_the_command_line_does_the_same(lianban: Any, tmp_path: Path, watch: Watch) -> None:
    file = tmp_path / "名单.csv"
    file.write_text(LIST, encoding="utf8")
    by = ("--by", WHO)
    assert "2 人，符合 1 人；没有保存，没有建件" in lianban("match", KEY, str(file), *by).output
    kept = lianban("import", KEY, str(file), "--title", "名单", "--policy", "文件", "--json", *by)
    roster = str(json.loads(kept.stdout)["id"])
    assert "roster.unpublished" in lianban("make", roster, *by).output
    assert lianban("publish", roster, *by).exit_code == 0
    watch.pass_days(8)
    made = lianban("make", roster, "--json", *by)
    assert (made.exit_code, json.loads(made.stdout)) == (0, {"made": 1, "left": 0, "refused": []})
