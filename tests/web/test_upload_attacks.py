"""Uploads that attack: refused before they are kept, in Chinese and beside their field; nothing dangerous is shown."""

import io
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from engine.channels import scanner as door
from engine.domain.errors import Malformed, NotNow
from engine.office import Office
from engine.store.everything import metadata
from engine.store.files import keep
from tests import builders
from tests.conftest import Watch
from tests.domain.test_upload import REFUSED
from tests.people import Staff
from tests.uploads import PDF, jpeg, png
from tests.web.machines import Machine
from tests.web.visitor import WANG, Visitor, at_field
from web.app import create_app

FOOD, PLAN = "food_operation_new", "floor-plan"
files = metadata.tables["files"]


def kept(office: Office) -> int:
    with office.look() as look:
        return int(look.db.execute(sa.select(sa.func.count()).select_from(files)).scalar_one())


def sent(machine: Machine, content: bytes, name: str = "plan.png") -> TestResponse:
    """Send a file as a body of bytes: the client's own way leaves a large one open."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    body = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    return machine.client.post("/api/v1/files", data=body, content_type=kind, headers=machine.headers("lin"))


def test_an_attack_is_refused_and_nothing_is_kept(office: Office, staff: Staff) -> None:
    machine = Machine(office)
    answers = {case: sent(machine, content) for case, (content, _) in REFUSED.items()}
    codes = {case: code for case, (_, code) in REFUSED.items()}
    assert {case: answer.json["code"] for case, answer in answers.items() if answer.json} == codes
    assert {answer.status_code for answer in answers.values()} == {413, 422}
    assert {answer.mimetype for answer in answers.values()} == {"application/problem+json"}
    assert kept(office) == 0


def test_it_is_said_beside_the_field_and_nothing_is_half_done(office: Office, staff: Staff) -> None:
    file = (io.BytesIO(REFUSED["png and zip"][0]), "图.png", "image/png")
    back = Visitor(office).send(f"/apply/{FOOD}", **WANG, **{f"file.{PLAN}": file})
    assert (back.status_code, "附有别的内容" in at_field(back, f"file.{PLAN}"), kept(office)) == (
        422,
        True,
        0,
    )
    with office.look() as look:
        assert look.db.execute(sa.select(sa.func.count()).select_from(metadata.tables["cases"])).scalar() == 0


def test_two_gigabytes_are_refused_unread(office: Office, staff: Staff) -> None:
    """By what is announced: nobody reads a byte of it."""

    class Endless(io.RawIOBase):
        def read(self, *_: int) -> bytes:
            raise AssertionError("read")

    for path in ("/api/v1/files", f"/apply/{FOOD}"):
        answer = (
            create_app(office)
            .test_client()
            .post(
                path,
                environ_overrides={"wsgi.input": Endless(), "CONTENT_LENGTH": str(2 * 1024**3)},
                content_type="multipart/form-data; boundary=x",
                headers=Machine(office).headers("lin"),
            )
        )
        assert (answer.status_code, "不超过 10 MB" in answer.text) == (413, True)


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("图\u202egnp.html", png(), "图gnp.html.png"),
        ("../../x.svg", jpeg(), "x.svg.jpg"),
        ("a.exe", PDF, "a.exe.pdf"),
    ],
)
def test_a_name_is_kept_harmless(office: Office, staff: Staff, name: str, content: bytes, shown: str) -> None:
    assert sent(Machine(office), content, name).status_code == 201
    with office.look() as look:
        row = look.db.execute(sa.select(files)).one()
    assert (row.name, row.content) == (shown, content)


@pytest.fixture
def lay(office: Office, staff: Staff) -> Callable[[bytes, str], int]:
    """Lay a file on a case as it might have been kept before files were looked through; return its id."""
    no = builders.apply(office, staff, FOOD)

    def laid(content: bytes, media_type: str) -> int:
        with office.act(staff["lin"]) as act:
            file_id = keep(act.db, "old.html", media_type, content, act.at)
            table = metadata.tables["materials"]
            mine = (table.c.case_id == act.case(no).id, table.c.code == PLAN)
            act.db.execute(sa.update(table).where(*mine).values(file_id=file_id))
        return file_id

    return laid


@pytest.mark.parametrize("path", ["", "/shown"])
@pytest.mark.parametrize("said", ["text/html", "image/svg+xml", "image/png"])
def test_nothing_dangerous_is_ever_inline(
    office: Office, lay: Callable[[bytes, str], int], said: str, path: str
) -> None:
    """Whatever was kept of old, and whatever it was said to be: an attachment in a sandbox."""
    lin = Visitor(office, "lin")
    for content in (content for content, _ in REFUSED.values() if 0 < len(content) < 1000):
        answer = lin.get(f"/files/{lay(content, said)}{path}")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.mimetype in {"application/octet-stream", "application/pdf", "image/png", "image/jpeg"}


def test_only_a_whole_picture_is_shown(office: Office, lay: Callable[[bytes, str], int]) -> None:
    lin = Visitor(office, "lin")
    for content, disposition in ((png(), "inline"), (jpeg(), "inline"), (PDF, "attachment")):
        file_id = lay(content, "application/octet-stream")
        answer = lin.get(f"/files/{file_id}/shown")
        assert answer.headers["Content-Disposition"].startswith(disposition)
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert ("<img" in lin.get(f"/files/{file_id}/copy").text) == (disposition == "inline")


# -- the scanner ---------------------------------------------------------------------------------------------


@pytest.fixture
def scanner(tmp_path: Path) -> Callable[[str], str]:
    def made(script: str) -> str:
        path = tmp_path / "scan"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="ascii")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return made


def _with(office: Office, watch: Watch, command: str) -> Office:
    return Office(replace(office.settings, scanner=command), office.database, clock=watch)


@pytest.mark.parametrize(
    ("script", "status", "code"),
    [
        ("grep -q EICAR && exit 1; exit 0", 422, "file.infected"),
        ("exit 2", 409, "file.scan-failed"),
        ("kill -9 $$", 409, "file.scan-failed"),
    ],
)
def test_what_the_scanner_does_not_clear_is_not_let_through(
    office: Office,
    staff: Staff,
    watch: Watch,
    scanner: Callable[[str], str],
    script: str,
    status: int,
    code: str,
) -> None:
    answer = sent(Machine(_with(office, watch, scanner(script))), PDF + b"% EICAR\n")
    assert (answer.status_code, answer.json["code"], kept(office)) == (status, code, 0)


def test_a_scanner_that_is_not_there_lets_nothing_through(office: Office, staff: Staff, watch: Watch) -> None:
    answer = sent(Machine(_with(office, watch, "/nowhere/scan")), PDF)
    assert answer.json["code"] == "file.scan-failed"


def test_it_gets_the_bytes_and_no_secret_of_ours(
    office: Office, staff: Staff, watch: Watch, scanner: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANBAN_SECRET_KEY", "secret")
    command = scanner(f'test -z "$LIANBAN_SECRET_KEY" && test "$(wc -c)" -eq {len(PDF)}')
    assert sent(Machine(_with(office, watch, command)), PDF).status_code == 201


def test_one_that_is_stopped_gives_no_answer() -> None:
    """Nothing waits in a test: no time at all is too long."""
    with pytest.raises(NotNow) as refused:
        door.must_be_clean("/bin/cat", PDF, seconds=0)
    assert refused.value.code == "file.scan-failed"
    with pytest.raises(Malformed):
        door.must_be_clean("/bin/false", PDF)
