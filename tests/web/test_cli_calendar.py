"""``lianban calendar``: shown, compared, applied; by the console or by two registrars."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.office import Office
from engine.store import calendars
from tests import builders
from tests.people import Staff
from web.cli import main

SHELF = Path(__file__).parents[2] / "bpmn" / "calendars"


def lianban(*words: str) -> Result:
    return CliRunner().invoke(main, ["calendar", *words])


@pytest.fixture
def installed(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The commands work on the test's own database, at the test's own time."""
    monkeypatch.setenv("LIANBAN_DATABASE_URL", office.database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("LIANBAN_NOW", "2026-11-23T10:00")
    monkeypatch.setenv("LIANBAN_DEMO", "1")
    return office


@pytest.fixture
def storm(tmp_path: Path) -> str:
    path = tmp_path / "storm.csv"
    path.write_text("date,off,name\n2026-11-30,true,暴雨停办\n", encoding="utf-8")
    return str(path)


def test_what_is_in_force_is_listed(installed: Office) -> None:
    told = json.loads(lianban("list", "--json").stdout)
    assert told[0]["version"] == "国务院放假通知至2026年"
    assert "还有 38 天" in lianban("list").stdout


def test_a_year_is_shown(installed: Office) -> None:
    assert "2026-10-10 周六  上班（国庆节）" in lianban("show", "CN", "--year", "2026").stdout
    told = json.loads(lianban("show", "--year", "2027", "--json").stdout)
    assert all(day["provisional"] for day in told["days"])


def test_a_notice_is_compared_and_nothing_changes(installed: Office, staff: Staff, storm: str) -> None:
    no = builders.accepted(installed, staff, "tobacco_retail")
    before = builders.everything(installed)
    result = lianban("import", storm)
    assert result.exit_code == 0
    assert "2026-11-30 周一  上班 → 放假（暴雨停办）" in result.stdout
    assert f"推后  {no}  承诺时限" in result.stdout
    assert builders.everything(installed) == before


def test_apply_really_applies(installed: Office, staff: Staff, storm: str) -> None:
    no = builders.accepted(installed, staff, "tobacco_retail")
    before = builders.last_days(installed, no)
    told = json.loads(
        lianban("import", storm, "--apply", "--document", "川府明电〔2026〕3号", "--json").stdout
    )
    assert (told["applied"], told["version"], told["left"]) == (True, "国务院放假通知至2026年·2", 0)
    assert builders.last_days(installed, no)["legal"] > before["legal"]
    assert builders.entry(installed, no, "calendar changed")["document"] == "川府明电〔2026〕3号"


def test_two_registrars_are_named_and_both_are_recorded(installed: Office, storm: str) -> None:
    assert lianban("import", storm, "--apply", "--by", "registrar", "--activate-by", "deng").exit_code == 0
    with installed.look() as look:
        row = calendars.active(look.db, "CN")
    assert row is not None
    assert (row.imported_name, row.activated_name) == ("丁登记", "邓登记")
    told = json.loads(lianban("show", "--json").stdout)
    assert told["versions"][0]["activated_name"] == "邓登记"


@pytest.mark.parametrize(
    ("people", "code"),
    [
        (("--by", "registrar"), "calendar.second-person"),
        (("--by", "registrar", "--activate-by", "registrar"), "calendar.same-person"),
        (("--by", "registrar", "--activate-by", "lin"), "post.missing"),
        (("--by", "nobody", "--activate-by", "deng"), "user.unknown"),
    ],
)
def test_two_means_two_who_may(installed: Office, storm: str, people: tuple[str, ...], code: str) -> None:
    result = lianban("import", storm, "--apply", *people)
    assert result.exit_code == 1
    assert code in result.stderr
    with installed.look() as look:
        assert len(calendars.versions(look.db, "CN")) == 1


def test_nothing_new_is_said_to_be_nothing_new(installed: Office) -> None:
    result = lianban("import", str(SHELF / "2026.json"), "--apply")
    assert (result.exit_code, "没有任何变化" in result.stdout) == (0, True)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b'{"year":2031,"days":[]}', b"<xml/>"])
def test_whatever_the_bytes_it_answers(installed: Office, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    result = lianban("import", str(path))
    assert result.exit_code == 1
    assert "calendar." in result.stderr


def test_another_calendar_is_named_by_its_code(installed: Office, storm: str) -> None:
    result = lianban("import", storm, "--code", "NOWHERE")
    assert (result.exit_code, "calendar.unknown" in result.stderr) == (1, True)
