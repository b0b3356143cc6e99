"""The command line: what it prints, how it ends, and a server that stops when it is told to."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.config import BPMN
from engine.office import Office
from engine.store.cases import cases, tasks
from engine.store.journal import journal
from tests import builders
from web.cli import main

FOOD = BPMN / "matters" / "food_operation_new" / "process.bpmn"


def lianban(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.fixture
def installed(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The commands work on the test's own database."""
    monkeypatch.setenv("LIANBAN_DATABASE_URL", office.database.url.render_as_string(hide_password=False))
    return office


# -- without a database


def test_a_shipped_diagram_is_clean():
    result = lianban("check", "--json", str(FOOD))
    told = json.loads(result.stdout)
    assert (result.exit_code, told["ok"], told["runnable"], told["findings"]) == (0, True, True, [])
    assert told["processes"] == [{"id": "food_operation_new", "name": "食品经营许可（新办）"}]


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\xfe", b"<a", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"{" * 9999]
)
def test_whatever_the_bytes_check_answers(tmp_path: Path, content: bytes):
    path = tmp_path / "流程.bpmn"
    path.write_bytes(content)
    result = lianban("check", "--json", str(path))
    assert result.exit_code == 1
    assert json.loads(result.stdout)["findings"][0]["level"] == "error"


def test_several_files_are_told_line_by_line(tmp_path: Path):
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<a")
    result = lianban("check", "--json", str(FOOD), str(broken))
    assert [json.loads(line)["ok"] for line in result.stdout.splitlines()] == [True, False]
    assert result.exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("check", "/nowhere.bpmn"),
        ("dance",),
        ("due", "--limit", "5 workday"),
        ("due", "--from", "x"),
    ],
)
def test_a_misused_command_ends_with_two(words: tuple[str, ...]):
    assert lianban(*words).exit_code == 2


def test_working_days_over_the_autumn_holidays():
    told = json.loads(lianban("due", "--from", "2026-09-24", "--limit", "5 workday", "--json").stdout)
    assert told["due"] == "2026-10-09"
    assert told["counted"] == ["2026-09-28", "2026-09-29", "2026-09-30", "2026-10-08", "2026-10-09"]
    assert "R-CNT-1" in told["rules"]
    assert "第八十二条" in told["basis"]
    assert not told["provisional"]


def test_the_days_of_a_pause_do_not_count():
    words = (
        "due",
        "--from",
        "2026-09-24",
        "--limit",
        "5 workday",
        "--pause",
        "2026-09-28..2026-09-29",
        "--json",
    )
    told = json.loads(lianban(*words).stdout)
    assert told["due"] == "2026-10-12"
    assert {day["kind"] for day in told["days"] if day["day"] in {"2026-09-28", "2026-09-29"}} == {"paused"}


def test_an_extension_adds_to_the_limit():
    words = ("due", "--from", "2026-11-23", "--limit", "10 workday", "--extend", "10 workday", "--json")
    told = json.loads(lianban(*words).stdout)
    assert (told["limit"], len(told["counted"])) == ("20 workday", 20)


def test_beyond_the_last_notice_a_day_is_provisional():
    told = json.loads(lianban("due", "--from", "2026-12-24", "--limit", "20 workday", "--json").stdout)
    assert told["provisional"]
    assert "R-CNT-7" in told["rules"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--from", "2026-09-24", "--limit", "soon"), "limit.unreadable"),
        (("--from", "1999-09-24", "--limit", "5 workday"), "calendar.out-of-range"),
        (("--from", "9999-12-31", "--limit", "5 day"), "calendar.out-of-range"),
        (("--from", "2026-09-24", "--limit", "5 workday", "--calendar", "XX"), "calendar.unknown"),
        (("--from", "2026-09-24", "--limit", "5 workday", "--extend", "onspot"), "limit.unit"),
    ],
)
def test_what_cannot_be_reckoned_is_refused_with_one(words: tuple[str, ...], code: str):
    result = lianban("due", *words)
    assert result.exit_code == 1
    assert code in result.stderr
    assert "Traceback" not in result.stderr


def test_every_day_is_shown_to_people():
    shown = lianban("due", "--from", "2026-09-24", "--limit", "5 workday").stdout
    assert "2026-09-25 周五" in shown
    assert "中秋节" in shown


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_helps(command: str):
    assert lianban(command, "--help").exit_code == 0


# -- with one


def test_a_token_is_for_somebody(installed: Office):
    given = json.loads(lianban("token", "--user", "lin", "--json").stdout)
    assert given["token"].startswith("lb_")
    nobody = lianban("token", "--user", "nobody")
    assert (nobody.exit_code, "user.unknown" in nobody.stderr) == (1, True)


def test_a_diagram_is_published_and_comes_back_byte_for_byte(installed: Office, tmp_path: Path):
    path = tmp_path / "food.bpmn"
    path.write_bytes(FOOD.read_bytes() + b"<!-- 2 -->\r\n")
    published = json.loads(lianban("publish", "--json", str(path)).stdout)
    assert (published["key"], published["status"]) == ("food_operation_new", "published")
    assert lianban("export", published["key"]).stdout_bytes == path.read_bytes()
    assert lianban("export", published["key"], "--version", "1").stdout_bytes == FOOD.read_bytes()


def test_one_bad_diagram_keeps_all_from_being_published(installed: Office, tmp_path: Path):
    bad = tmp_path / "bad.bpmn"
    bad.write_bytes(FOOD.read_bytes().replace(b'camunda:candidateGroups="window"', b""))
    result = lianban("publish", str(FOOD), str(bad))
    assert result.exit_code == 1
    assert "task.nobody" in result.stderr
    assert lianban("export", "food_operation_new", "--version", "2").exit_code == 1


def test_a_whole_record_is_verified(installed: Office, staff):
    builders.accepted(installed, staff, "food_operation_new")
    assert lianban("verify").exit_code == 0
    assert json.loads(lianban("verify", "--json").stdout) == {"ok": True, "faults": []}


def test_a_changed_journal_is_found(installed: Office, staff):
    no = builders.accepted(installed, staff, "food_operation_new")
    with installed.database.transaction() as db:
        db.execute(journal.update().where(journal.c.act == "accepted").values(by_name="别人"))
    found = json.loads(lianban("verify", "--json").stdout)["faults"]
    assert ("journal.broken", no) in {(each["code"], each["case"]) for each in found}


def test_a_record_that_does_not_hold_together_is_found(installed: Office, staff):
    no = builders.accepted(installed, staff, "food_operation_new")
    with installed.database.transaction() as db:
        db.execute(cases.update().where(cases.c.no == no).values(flow=None))
        db.execute(tasks.update().values(closed_at=None))
    result = lianban("verify")
    assert result.exit_code == 1
    assert f"{no}  case.without-flow" in result.stdout


def test_an_old_database_is_asked_to_be_upgraded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("LIANBAN_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    assert "database.behind" in lianban("verify").stderr
    assert lianban("init").exit_code == 0
    assert lianban("verify").exit_code == 0


def test_a_database_nobody_answers_at_is_no_traceback(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LIANBAN_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    result = lianban("verify")
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_an_installation_without_a_key_is_not_served(installed: Office):
    result = lianban("serve")
    assert (result.exit_code, "settings.secret" in result.stderr) == (1, True)


# -- a process of its own


class Served:
    """``lianban serve --demo`` in a folder, until it is told to end."""

    def __init__(self, folder: Path) -> None:
        env = {**os.environ, "PYTHONPATH": str(BPMN.parent)}
        command = [sys.executable, "-c", "from web.cli import main; main()", "serve", "--demo", "--port", "0"]
        self.process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, text=True)
        self.said: list[str] = []

    def ready(self) -> str:
        """Wait for the line that says where."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if found := re.search(r"http://\S+", line):
                return found[0]
        raise AssertionError(self.said)

    def end(self, with_signal: int) -> int:
        self.process.send_signal(with_signal)
        self.process.communicate(timeout=20)
        return self.process.returncode


@pytest.mark.slow
def test_a_demonstration_starts_stops_and_starts_again(tmp_path: Path):
    first = Served(tmp_path)
    try:
        with urllib.request.urlopen(f"{first.ready()}/healthz") as answer:  # noqa: S310  our own address
            assert answer.status == 200
        assert any("window1" in line for line in first.said)
    finally:
        assert first.end(signal.SIGTERM) == 0
    second = Served(tmp_path)
    try:
        second.ready()
        assert not any("window1" in line for line in second.said), "passwords are told once"
        assert any("demo-people.txt" in line for line in second.said)
    finally:
        assert second.end(signal.SIGINT) == 0
    assert "window1" in (tmp_path / "var" / "demo-people.txt").read_text()
    assert (tmp_path / "var" / "secret.key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "var" / "demo-people.txt").stat().st_mode & 0o077 == 0


# -- composing one thing


RESTAURANT = BPMN / "bundles" / "open_restaurant" / "bundle.yaml"


def test_a_bundle_is_composed_clean_and_its_savings_are_told(tmp_path: Path):
    """R-BUN-5, R-BUN-9."""
    result = lianban("bundle", "compose", str(RESTAURANT), "-o", str(tmp_path / "out.bpmn"))
    assert result.exit_code == 0
    assert "10 个工作日：个体工商户设立登记 → 食品经营许可(新办)" in result.stdout
    assert "表单\t3 → 1 张" in result.stdout
    assert json.loads(lianban("check", "--json", str(tmp_path / "out.bpmn")).stdout)["findings"] == []


def test_a_composed_bundle_is_told_to_machines(tmp_path: Path):
    answers = ("--answer", "public_gathering_place=yes", "--with", "tobacco_retail", "--json")
    told = json.loads(
        lianban("bundle", "compose", str(RESTAURANT), "-o", str(tmp_path / "o.bpmn"), *answers).stdout
    )
    assert told["critical_paths"][0]["path"] == ["individual_business", "food_operation_new"]
    assert told["savings"]["forms"] == {"before": 5, "after": 1}
    assert len(told["savings"]["materials_asked"]) == told["savings"]["papers"]["after"]


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ("members: [", "bundle.unreadable"),
        ("- 1", "bundle.field"),
        ("key: a\nname: 甲\nmembers: [{matter: nothing}]", "bundle.member"),
        ("key: a\nname: 甲\nmembers: [{matter: fire_check, after: [{matter: fire_check}]}]", "bundle.cycle"),
        ("key: a\nname: 甲\nmembers: [{matter: fire_check, condition: unasked}]", "bundle.condition"),
        ("key: a\nname: 甲\nmembers: [{matter: fire_check}]\npromised_limit: soon", "bundle.field"),
        ("key: a\nname: 甲\nmembers: [{matter: fire_check}]\nlead: NOPE", "bundle.field"),
        ("key: a\nname: 甲\nmembers: [{matter: fire_check}]\nanswers: [1]", "bundle.field"),
        ("key: a\nname: 甲\nmembers: [{matter: fire_check, condition: 5}]", "bundle.field"),
        ("key: a\nname: 甲\nmembers: [{matter: fire_check, start: banana}]", "bundle.field"),
        ("key: a\nname: 甲\nmembers: [{matter: fire_check, optional: 'no'}]", "bundle.field"),
        ("key: a\nname: 甲\nmembers: [{matter: fire_check, conditon: x}]", "bundle.field"),
        (
            "key: a\nname: 甲\nmembers: [{matter: fire_check}]\njoint_inspection: {members: [x]}",
            "bundle.field",
        ),
        (
            "key: a\nname: 甲\nmembers: [{matter: fire_check}]\npromised_limit: {value: 1.5, unit: workday}",
            "bundle.field",
        ),
    ],
)
def test_a_bundle_that_cannot_be_composed_is_refused_with_a_sentence(tmp_path: Path, record: str, code: str):
    path = tmp_path / "bundle.yaml"
    path.write_text(record, encoding="utf-8")
    result = lianban("bundle", "compose", str(path), "-o", str(tmp_path / "o.bpmn"))
    assert (result.exit_code, f"（{code}）" in result.stderr) == (1, True), result.stderr
    assert not (tmp_path / "o.bpmn").exists()


@pytest.mark.parametrize("on", ["on", "'on'"])
def test_a_dependency_is_read_with_quotes_and_without(tmp_path: Path, on: str):
    """R-BUN-4: the word is no truth value, whoever writes it."""
    path = tmp_path / "bundle.yaml"
    path.write_text(
        "key: a\nname: 甲\nmembers:\n  - matter: food_operation_new\n  - matter: shop_sign_filing\n"
        f"    after: [{{matter: food_operation_new, {on}: accepted}}]\n",
        encoding="utf-8",
    )
    told = json.loads(
        lianban("bundle", "compose", str(path), "-o", str(tmp_path / "o.bpmn"), "--json").stdout
    )
    assert told["critical_paths"][0]["path"] == ["food_operation_new"]


def test_a_refusal_is_told_to_machines_as_it_is_to_people(tmp_path: Path):
    path = tmp_path / "bundle.yaml"
    path.write_text("key: a\nname: 甲\nmembers: [{matter: fire_check, condition: 5}]", encoding="utf-8")
    words = ("bundle", "compose", str(path), "-o", str(tmp_path / "o.bpmn"))
    told, said = lianban(*words, "--json"), lianban(*words)
    answer = json.loads(told.stdout)
    assert (told.exit_code, said.exit_code, told.stderr, said.stdout) == (1, 1, "", "")
    assert (answer["ok"], answer["code"], answer["field"]) == (False, "bundle.field", "members[1].condition")
    assert said.stderr == f"{answer['message']}（bundle.field）\n"


def test_every_command_that_answers_in_json_is_refused_in_json():
    told = lianban("due", "--from", "2026-09-24", "--limit", "soon", "--json")
    assert (told.exit_code, json.loads(told.stdout)["code"]) == (1, "limit.unreadable")


def test_a_promise_too_short_is_told_and_composed(tmp_path: Path):
    """R-BUN-9."""
    path = tmp_path / "bundle.yaml"
    text = RESTAURANT.read_text(encoding="utf-8").replace(
        "promised_limit: {value: 10", "promised_limit: {value: 9"
    )
    path.write_text(text, encoding="utf-8")
    result = lianban("bundle", "compose", str(path), "-o", str(tmp_path / "o.bpmn"))
    assert (result.exit_code, "bundle.short-promise" in result.stdout) == (0, True)


def test_composing_without_saying_where_to_is_misused():
    assert lianban("bundle", "compose", str(RESTAURANT)).exit_code == 2
