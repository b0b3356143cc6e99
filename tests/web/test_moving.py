"""Moving cases by command line, machine and page: what is shown, what is refused, what is done."""

import json

import pytest

from engine.office import Office
from engine.services import approver
from tests import builders
from tests.builders import acts, case_row, complete, holder, step, steps
from tests.people import Staff
from tests.redrawn import Redrawn
from tests.web.machines import Machine
from tests.web.test_cli import lianban
from tests.web.visitor import Visitor, alert, at_field

FILM, SHOP = "film_projection", "tobacco_retail"


@pytest.fixture
def machine(office: Office) -> Machine:
    return Machine(office)


@pytest.fixture
def shorter(office: Office, staff: Staff) -> tuple[str, str, int]:
    """Two cases, of which the first stands where the new version has nothing; and that version."""
    stays, moves = (builders.accepted(office, staff, FILM) for _ in range(2))
    complete(office, staff, step(office, moves, "fire_opinion"))
    return stays, moves, Redrawn(FILM).take_out("fire_opinion").publish(office, staff)


@pytest.fixture
def installed(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The commands work on the test's own database."""
    monkeypatch.setenv("LIANBAN_DATABASE_URL", office.database.url.render_as_string(hide_password=False))
    return office


# -- the command line


def test_the_command_only_looks_until_it_is_told_to_apply(installed: Office, shorter) -> None:
    stays, moves, target = shorter
    looked = lianban("migrate", FILM)
    assert looked.exit_code == 1
    assert f"{stays}  第 1 版  不能迁移" in looked.stdout
    assert "请指明：--map fire_opinion=…（核实消防检查意见，1 件）" in looked.stdout
    assert "可迁移 1 件，不能迁移 1 件" in looked.stdout
    assert case_row(installed, moves).definition_id != target


def test_it_moves_what_can_be_moved_and_the_rest_with_a_map(installed: Office, shorter) -> None:
    stays, moves, target = shorter
    told = json.loads(lianban("migrate", FILM, "--from", "1", "--to", "2", "--apply", "--json").stdout)
    assert (told["moved"], told["kept"], told["left"]) == (1, 1, 0)
    assert case_row(installed, moves).definition_id == target
    assert case_row(installed, stays).definition_id != target
    refused = lianban("migrate", FILM, "--map", "fire_opinion=nowhere")
    assert (refused.exit_code, "migrate.map" in refused.stderr) == (1, True)
    twice = lianban("migrate", FILM, "--map", "fire_opinion=review", "--apply")
    assert "不再并行" in twice.stdout
    assert lianban("migrate", FILM, "--map", "fire_opinion").exit_code == 2
    assert lianban("migrate", "nowhere").exit_code == 1


# -- machines


def test_a_machine_looks_by_default_and_then_applies(machine: Machine, shorter) -> None:
    stays, moves, target = shorter
    looked = machine.post(f"/definitions/{target}/migrate", "designer")
    assert looked.status_code == 200
    assert (looked.json["dry_run"], looked.json["left"], looked.json["kept"]) == (True, 1, 1)
    assert looked.json["wants"] == [{"node": "fire_opinion", "name": "核实消防检查意见", "cases": 1}]
    kept, moving = looked.json["items"]
    assert (kept["no"], kept["moves"], kept["findings"][0]["code"]) == (stays, False, "migrate.gone")
    assert (moving["no"], moving["moves"], moving["steps"]) == (moves, True, ["现场勘验", "审查"])
    done = machine.post(f"/definitions/{target}/migrate", "designer", json={"dry_run": False, "from": 1})
    assert (done.json["moved"], done.json["kept"], done.json["left"]) == (1, 1, 0)
    assert acts(machine.office, moves)[-1] == "migrated"


@pytest.mark.parametrize(
    ("login", "body", "status", "code"),
    [
        ("lin", {}, 403, "post.missing"),
        ("designer", {"from": 7}, 404, "definition.unknown"),
        ("designer", {"map": {"x": "y"}}, 422, "migrate.map"),
        ("designer", {"map": "x"}, 422, "field.type"),
    ],
)
def test_a_migration_is_refused_with_a_code(
    machine: Machine, shorter, login: str, body: dict[str, object], status: int, code: str
) -> None:
    refused = machine.post(f"/definitions/{shorter[2]}/migrate", login, json=body)
    assert (refused.status_code, refused.json["code"]) == (status, code)


def test_a_machine_takes_a_step_back_and_puts_a_case_elsewhere(machine: Machine, staff: Staff) -> None:
    no = builders.accepted(machine.office, staff, SHOP)
    task = step(machine.office, no, "inspect")
    login = f"{builders.org_code(machine.office, task.org_id).lower()}.inspector"
    complete(machine.office, staff, task)
    assert machine.post(f"/tasks/{task.id}/recall", login).json["no"] == no
    assert steps(machine.office, no) == ["inspect"]
    assert machine.post(f"/tasks/{task.id}/recall", login).json["code"] == "recall.open"
    body = {"to": ["decide"], "reason": "承办人离岗"}
    assert machine.post(f"/cases/{no}/jump", login, json=body).json["code"] == "post.missing"
    assert machine.post(f"/cases/{no}/jump", "manager", json=body).status_code == 200
    assert steps(machine.office, no) == ["decide"]
    unsound = machine.post(f"/cases/{no}/jump", "manager", json={**body, "to": ["inspect", "audit"]})
    assert (unsound.json["code"], unsound.json["element"]) == ("jump.unsound", "audit")


# -- pages


def test_the_designer_is_led_from_the_version_to_the_trial_and_through_it(office: Office, shorter) -> None:
    stays, moves, target = shorter
    designer = Visitor(office, "designer")
    assert f'href="/studio/{target}/migrate?from=1"' in designer.get(f"/studio/{target}").text
    page = designer.text(f"/studio/{target}/migrate?from=1")
    assert "可迁移 1 件 不能迁移 1 件" in page
    assert "“核实消防检查意见”在新版本中没有；请指明它对应新版本的哪个环节" in page
    assert page.index(stays) < page.index(moves)
    sent = designer.send(f"/studio/{target}/migrate", **{"from": "1"})
    assert sent.status_code == 303
    page = designer.text(sent.headers["Location"])
    assert "已迁移 1 件" in page
    assert moves not in page
    assert case_row(office, moves).definition_id == target


def test_a_map_told_on_the_page_is_kept_and_used(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FILM)
    target = Redrawn(FILM).rename("review", "examine").publish(office, staff)
    designer = Visitor(office, "designer")
    page = designer.get(f"/studio/{target}/migrate").text
    assert '<option value="examine" selected>' in page  # of the same name: likely, and only offered
    assert "map.review=examine" not in page
    page = designer.get(f"/studio/{target}/migrate?map.review=examine").text
    assert '<input type="hidden" name="map.review" value="examine">' in page
    designer.send(f"/studio/{target}/migrate", **{"from": "", "map.review": "examine"})
    assert "examine" in steps(office, no)


def test_only_a_designer_sees_the_migration(office: Office, shorter) -> None:
    assert Visitor(office, "manager").get(f"/studio/{shorter[2]}/migrate").status_code == 403


def test_the_manager_puts_a_case_elsewhere_on_its_page(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FILM)
    task = step(office, no, "review")
    manager = Visitor(office, "manager")
    page = manager.get(f"/cases/{no}").text
    assert '<option value="0.decide">决定</option>' in page
    assert f'<option value="{task.id}.review">审查（仅“审查”所在的分支）</option>' in page
    assert "0.review" not in page
    refused = manager.send(f"/cases/{no}/jump", to="0.decide", reason=" ")
    assert (refused.status_code, at_field(refused, "reason")) == (422, "调整环节须写明理由，理由载入台账。")
    assert "分支" in alert(manager.send(f"/cases/{no}/jump", to="0.review", reason="移交"))
    assert manager.send(f"/cases/{no}/jump", to="0.decide", reason="移交").status_code == 303
    assert steps(office, no) == ["decide"]
    assert "调整到“决定”" in manager.text(f"/cases/{no}")


def test_nobody_else_is_offered_it(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SHOP)
    assert "调整环节" not in Visitor(office, "lin").text(f"/cases/{no}")


def test_whoever_completed_a_step_is_offered_to_take_it_back_while_he_can(
    office: Office, staff: Staff
) -> None:
    no = builders.accepted(office, staff, SHOP)
    task = step(office, no, "inspect")
    me = Visitor(office, f"{builders.org_code(office, task.org_id).lower()}.inspector")
    complete(office, staff, task)
    assert f'action="/tasks/{task.id}/recall"' in me.get(f"/cases/{no}").text
    assert f'action="/tasks/{task.id}/recall"' in me.get(f"/tasks/{task.id}").text
    following = step(office, no, "audit")
    with office.act(holder(office, staff, following)) as act:
        approver.claim(act, following.id)
    assert "recall" not in me.get(f"/cases/{no}").text
    assert "已经有人办理" in alert(me.send(f"/tasks/{task.id}/recall"))
    with office.act(holder(office, staff, following)) as act:
        approver.release(act, following.id)
    assert me.send(f"/tasks/{task.id}/recall").status_code == 303
    assert steps(office, no) == ["inspect"]
