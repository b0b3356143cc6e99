"""The rota on its page and over ``/api/v1``: drawn, changed, copied, exported; what who is off duty is told."""

from engine.office import Office
from tests import builders, rota
from tests.people import Staff
from tests.web.machines import Machine
from tests.web.visitor import Visitor, alert, at_field, said

WEEK = "/rota?org=SCJG&role=approver&week=2026-11-23"
POST = {"org": "SCJG", "role": "approver"}
THREE = {"first": "钱主岗", "second": "孙主岗", "spare": "李备岗"}


def test_a_manager_draws_a_week_by_the_page(office: Office, staff: Staff) -> None:
    rota.hire(office)
    mao = Visitor(office, "manager")
    assert "审查岗 市场监督管理局 4 人" in mao.text("/rota")
    assert "这一周还没有排班" in mao.text(WEEK)
    sent = mao.send("/rota", **POST, day="2026-11-23", span="day", **THREE)
    assert sent.location == "/rota?org=SCJG&role=approver&week=2026-11-23&done=shift-drawn"
    shown = mao.text(sent.location)
    assert "全天主 钱主岗、孙主岗 备 李备岗 当班中" in shown
    assert "现在当班 主 钱主岗 不在线" in shown
    assert "三人都不在线，任务暂向本岗位全体人员开放。" in shown


def test_what_is_wrong_is_said_beside_its_field(office: Office, staff: Staff) -> None:
    rota.hire(office)
    mao = Visitor(office, "manager")
    day = {"day": "2026-11-24", "span": "day"}
    twice = mao.send("/rota", **POST, **day, **THREE | {"spare": "钱主岗"})
    assert "是同一个人" in at_field(twice, "spare")
    assert 'value="孙主岗" selected' in twice.text
    none = mao.send("/rota", **POST, **day, **THREE | {"second": "scjg.chief"})
    assert "没有选" in at_field(none, "second")
    past = mao.send("/rota", **POST, **THREE, day="2026-11-20", span="day")
    assert "已经过去" in at_field(past, "day")
    mao.send("/rota", **POST, **day, **THREE)
    again = mao.send("/rota", **POST, **THREE, day="2026-11-24", span="afternoon")
    assert (again.status_code, "已有班次" in at_field(again, "span")) == (409, True)


def test_a_shift_is_changed_and_removed_by_the_page(office: Office, staff: Staff) -> None:
    rota.hire(office)
    shift = rota.draw(office, staff["manager"])
    mao = Visitor(office, "manager")
    form = mao.get(f"{WEEK}&shift={shift}")
    assert 'value="钱主岗" selected' in form.text
    wrong = mao.send(
        f"/rota/shifts/{shift}", **POST, week="2026-11-23", span="day", **THREE | {"first": "李备岗"}
    )
    assert "是同一个人" in at_field(wrong, "spare")
    assert f'action="/rota/shifts/{shift}"' in wrong.text
    mao.send(f"/rota/shifts/{shift}", **POST, week="2026-11-23", span="morning", **THREE)
    assert "未排班" in mao.text(WEEK)
    gone = mao.send(f"/rota/shifts/{shift + 1}/remove", **POST, week="2026-11-23")
    assert "由全体人员认领" in mao.text(gone.location)


def test_last_week_is_copied_and_a_week_exported(office: Office, staff: Staff) -> None:
    rota.hire(office)
    rota.draw(office, staff["manager"])
    mao = Visitor(office, "manager")
    copied = mao.send("/rota/copy", **POST, week="2026-11-30")
    assert "已复制 1 个班次" in mao.text(copied.location)
    table = mao.get("/rota.csv?org=SCJG&role=approver&week=2026-12-02")
    assert table.text.splitlines()[1:] == ["2026-11-30,周一,全天,钱主岗,孙主岗,李备岗"]
    nothing = mao.send("/rota/copy", **POST, week="2026-11-23")
    assert "上一周没有班次" in alert(nothing)


def test_others_read_the_rota_of_their_post_and_draw_nothing(office: Office, staff: Staff) -> None:
    rota.drawn(office, staff)
    shen = Visitor(office, "scjg.approver")
    assert "审查岗" in shen.text("/rota")
    page = shen.get(WEEK)
    assert "钱主岗" in page.text
    assert "排一个班次" not in page.text
    assert shen.send("/rota", **POST, day="2026-11-24", span="day", **THREE).status_code == 403
    assert "没有您可以查看的排班" in Visitor(office, "designer").text("/rota")


def test_who_is_off_duty_is_told_why_and_still_finds_the_list(office: Office, staff: Staff) -> None:
    three = rota.drawn(office, staff)
    rota.arrive(office, three.main)
    no = builders.accepted(office, staff, "food_operation_new")
    shen = Visitor(office, "scjg.approver")
    listed = shen.text("/inbox?view=claimable")
    assert "“审查岗”今天全天由钱主岗、孙主岗当班，李备岗备岗。您不当班" in listed
    assert no not in listed
    whole = shen.get("/inbox?view=claimable&whole=yes")
    assert "他人当班" in said(whole)
    assert 'type="checkbox" name="task"' not in whole.text
    task = builders.step(office, no, "review").id
    page = shen.get(f"/tasks/{task}")
    assert "您不当班" in said(page)
    assert f"/tasks/{task}/claim" not in page.text
    assert shen.send(f"/tasks/{task}/claim").status_code == 409
    assert no in Visitor(office, "钱主岗").text("/inbox?view=claimable")


def test_the_window_is_told_that_taking_in_goes_on(office: Office, staff: Staff) -> None:
    three = rota.drawn(office, staff, "HALL", "window")
    rota.arrive(office, three.main)
    assert "收件不受排班限制" in Visitor(office, "lin").text("/desk")


def test_a_machine_off_duty_is_told_the_same(office: Office, staff: Staff) -> None:
    three = rota.drawn(office, staff)
    rota.arrive(office, three.main)
    no = builders.accepted(office, staff, "food_operation_new")
    machine, task = Machine(office), builders.step(office, no, "review").id
    assert machine.get("/tasks?view=claimable", "scjg.approver").json["items"] == []
    (item,) = machine.get("/tasks?view=claimable&whole=true", "scjg.approver").json["items"]
    assert (item["task_id"], item["off"]) == (task, True)
    refused = machine.post(f"/tasks/{task}/claim", "scjg.approver")
    assert (refused.status_code, refused.json["code"]) == (409, "duty.off")
    assert machine.post(f"/tasks/{task}/claim", "孙主岗").status_code == 200


def test_by_machine(office: Office, staff: Staff) -> None:
    rota.hire(office)
    machine = Machine(office)
    body = {**POST, "day": "2026-11-24", "span": "day", **THREE}
    made = machine.post("/shifts", "manager", json=body)
    assert made.status_code == 201
    again = machine.post("/shifts", "manager", json=body)
    assert (again.status_code, again.json["code"], again.json["field"]) == (409, "rota.overlap", "span")
    changed = machine.post(f"/shifts/{made.json['id']}/change", "manager", json={**THREE, "span": "morning"})
    week = machine.get(WEEK, "scjg.approver").json
    (slot,) = week["lines"][1]["slots"]
    assert (slot["id"], slot["span"], slot["spare"]["name"]) == (changed.json["id"], "morning", "李备岗")
    assert machine.post("/rota/copy", "manager", json={**POST, "week": "2026-11-30"}).json == {"copied": 1}
    assert machine.post(f"/shifts/{slot['id']}/remove", "scjg.approver").status_code == 403
    assert machine.post(f"/shifts/{slot['id']}/remove", "scjg.chief").json == {"id": slot["id"]}
