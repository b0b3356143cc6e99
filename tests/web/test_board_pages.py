"""The board looks back, the statistics say what they mean, a former system's cases are marked as such."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from engine.domain.history import Plan
from engine.office import Office
from engine.queries import statistics
from engine.services import archivist, sheaf
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.services import former as old
from tests.web.test_manager_pages import Visitor
from web.cli import main


@pytest.fixture
def visitor(office: Office) -> Visitor:
    return Visitor(office)


@pytest.fixture
def late(office: Office, staff: Staff, watch: Watch) -> str:
    """A case late since 2026-11-21, and a decided one."""
    watch.set("2026-11-06 10:00")
    no = builders.accepted(office, staff, "small_catering")
    watch.set("2026-11-23 10:00")
    builders.granted(office, staff, "tobacco_retail")
    return no


@pytest.fixture
def imported(office: Office, staff: Staff, tmp_path: Path) -> str:
    """A former system's open case, and a record set aside."""
    file = tmp_path / "old.csv"
    file.write_text(
        "case,kind,department,channel,clerk,start,due,end\nT-1,建筑许可,科室,Post,老李,2025-03-01,2025-03-10,\n"
        "=1+1,建筑许可,科室,Post,老李,2025-03-01,2025-03-10,2025-02-01\n"
    )
    with sheaf.read(file, Plan.parse(old.PLAN)) as found, office.act(staff["registrar"]) as act:
        archivist.take_over(act, found)
    return "T-1"


def test_the_board_looks_back_and_says_so(visitor: Visitor, late: str) -> None:
    page = visitor.get("/overdue?as_of=2026-11-20T09:00").text
    assert "截至 2026-11-20 09:00" in page
    assert "没有超期的办件" in page
    assert "/overdue/red?as_of=2026-11-20T09%3A00" in page
    assert late in visitor.get("/overdue?as_of=2026-11-21").text
    assert visitor.get("/overdue?as_of=soon").status_code == 422


def test_nothing_is_done_about_the_past(visitor: Visitor, late: str) -> None:
    assert "催办" in visitor.get("/overdue/red").text
    assert "/urge" not in visitor.get("/overdue/red?as_of=2026-11-22").text


@pytest.mark.parametrize("by", [*statistics.GROUPS, "month"])
def test_the_statistics_show_every_measure_with_its_meaning(visitor: Visitor, late: str, by: str) -> None:
    page = visitor.get(f"/figures?by={by}").text
    for measure in statistics.MEASURES:
        assert measure.definition in page
    assert visitor.get("/figures?by=colour").status_code == 422


def test_a_matter_has_its_heat_map(visitor: Visitor, late: str) -> None:
    page = visitor.get("/figures?matter=tobacco_retail").text
    assert "平均等候小时" in page
    assert 'class="task future heat' in page
    assert "热力图" in visitor.get("/figures").text


def test_an_imported_case_is_marked_and_has_a_page(visitor: Visitor, late: str, imported: str) -> None:
    page = visitor.get("/overdue/red?origin=旧系统").text
    assert "历史导入" in page
    assert late not in page
    assert imported not in visitor.get("/overdue/red?origin=-").text
    found = visitor.get(f"/search?q={imported}")
    shown = visitor.get(found.location).text
    assert "老李" in shown
    assert "2025-03-11 00:00" in shown
    assert visitor.get(found.location, "lin").status_code == 403
    assert visitor.get(f"/cases/{imported}").status_code == 404


def test_what_was_set_aside_can_be_downloaded(visitor: Visitor, imported: str) -> None:
    page = visitor.get("/imports").text
    assert "/imports/1/aside.csv" in page
    sheet = visitor.get("/imports/1/aside.csv").text
    assert "办结时间" in sheet
    assert "'=1+1" in sheet
    assert visitor.get("/imports/9/aside.csv").status_code == 404
    assert visitor.get("/imports", "wjw.leader").status_code == 403


# --- the command line -------------------------------------------------------------------------------------------


@pytest.fixture
def run(office: Office, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("LIANBAN_DATABASE_URL", office.database.url.render_as_string(hide_password=False))

    def run(*words: str) -> Any:
        return CliRunner().invoke(main, words)

    return run


@pytest.fixture
def log(tmp_path: Path) -> tuple[str, str]:
    """A log of forty cases and its map."""
    file, mapping = old.write(old.cases(40), tmp_path, "xes"), tmp_path / "map.yaml"
    mapping.write_text(yaml.safe_dump(old.PLAN, allow_unicode=True), encoding="utf8")
    return str(file), str(mapping)


def test_a_log_is_looked_at_then_imported_then_reported(run: Any, log: tuple[str, str]) -> None:
    made, (file, mapping) = old.cases(40), log
    looked = json.loads(run("history", "import", file, "--map", mapping, "--dry-run", "--json").stdout)
    assert looked["dry_run"]
    assert json.loads(run("report", "overdue", "--json").stdout)["open"] == 0
    told = json.loads(run("history", "import", file, "--map", mapping, "--json").stdout)
    assert (told["added"], told["aside"]) == (looked["taken"], len(looked["asides"]))
    for at in old.instants(made):
        for precision in ("instant", "date"):
            asked = ("--as-of", at.isoformat(), "--precision", precision, "--group-by", "channel")
            found = json.loads(run("report", "overdue", *asked, "--json").stdout)
            listed = {no for group in found["groups"] for no in group["cases"]}
            assert listed == old.overdue(made, at, precision)
            assert found["count"] == len(listed)


def test_the_report_is_read_by_people_too(run: Any, log: tuple[str, str]) -> None:
    run("history", "import", log[0], "--map", log[1])
    said = run("report", "overdue", "--as-of", "2025-07-01", "--within", "5").stdout
    assert "截至 2025-07-01 23:59:59" in said
    assert "此前超期办结" in said
    assert "此后到期" in said
    assert run("report", "overdue", "--as-of", "soon").exit_code == 2


def test_an_import_that_is_refused_says_why(run: Any, log: tuple[str, str], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("origin: [", encoding="utf8")
    refused = run("history", "import", log[0], "--map", str(wrong))
    assert refused.exit_code == 1
    assert "history.map" in refused.stderr


def test_what_was_set_aside_is_had_at_the_command_line(
    run: Any, log: tuple[str, str], tmp_path: Path
) -> None:
    assert run("history", "aside").exit_code == 1
    run("history", "import", log[0], "--map", log[1])
    kept = tmp_path / "aside.csv"
    assert run("history", "aside", "-o", str(kept)).exit_code == 0
    assert kept.read_text(encoding="utf-8-sig") == run("history", "aside").stdout
    assert "history.end-before-start" in kept.read_text(encoding="utf8")


def test_machines_ask_the_same(
    visitor: Visitor, office: Office, staff: Staff, late: str, imported: str
) -> None:
    visitor._as("manager")
    asked = {"as_of": "2026-11-22", "group_by": "month", "precision": "date", "within": 30}
    told = visitor.client.get("/api/v1/reports/overdue", query_string=asked).json
    assert {no for group in told["groups"] for no in group["cases"]} == {late, imported}
    assert told["precision"] == "date"
    assert told["due_soon"]["count"] == 0
    wrong = visitor.client.get("/api/v1/reports/overdue?precision=roughly")
    assert (wrong.status_code, wrong.json["code"]) == (422, "field.choice")
