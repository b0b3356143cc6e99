"""一次提交、永久保存 (§1.6, §8, §9): what was handed in once is kept, and brought no second time."""

from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from engine.domain.case import Channel
from engine.domain.identity import APPLICANT
from engine.domain.material import Handed, Standing
from engine.domain.upload import Upload
from engine.office import Office
from engine.services import applicant, custodian, desk, keeping, receiving
from engine.services.mandating import Presented
from engine.store import cases, holdings
from engine.store.everything import metadata
from tests import builders
from tests.builders import case_row, do, entry, refused, state
from tests.conftest import Watch
from tests.people import Staff
from tests.uploads import PDF

FOOD, TOBACCO = "food_operation_new", "tobacco_retail"
HEALTH, PLAN = "health-certificate", "floor-plan"


def filed(
    office: Office, staff: Staff, *codes: str, consent: bool = True, channel: Channel = Channel.WINDOW
) -> str:
    """An application for the food licence whose *codes* came as files; return its number."""
    asked = builders.application(office, FOOD, consent=consent, channel=channel)
    with office.act(staff["lin"] if channel is Channel.WINDOW else APPLICANT) as act:
        kept = {c: keeping.keep(act, Upload(f"{c}.pdf", "application/pdf", PDF + c.encode())) for c in codes}
        handed = tuple(replace(m, file_id=kept.get(m.code)) for m in asked.materials)
        return applicant.apply(act, replace(asked, materials=handed)).no


def reusing(office: Office, *codes: str, **more: object) -> receiving.Application:
    """A second application that takes *codes* from the library."""
    return builders.application(office, FOOD, lacking=codes, reuse=codes, **more)


def shelf(office: Office, no: str) -> dict[str, Handed]:
    with office.look() as look:
        return cases.handed(look.db, case_row(office, no).id)


def library(office: Office, no: str) -> list[holdings.Holding]:
    with office.look() as look:
        return holdings.of_applicant(look.db, case_row(office, no).applicant_id)


def test_what_was_brought_once_is_taken_from_the_library(office: Office, staff: Staff) -> None:
    """§1.6 材料复用: nothing is uploaded, the same file lies on both shelves, and it says where it comes from."""
    first = filed(office, staff, HEALTH)
    with office.act(staff["lin"]) as act:
        second = applicant.apply(act, reusing(office, HEALTH)).no
    was, now = shelf(office, first)[HEALTH], shelf(office, second)[HEALTH]
    assert (now.standing, now.file_id) == (Standing.RECEIVED, was.file_id)
    assert f"随办件 {first} 提交" in now.remark
    assert entry(office, second, "reused")["codes"] == [HEALTH]
    do(office, staff["lin"], desk.accept, second)
    assert state(office, second) == "accepted"


def test_the_window_compares_it_with_its_original_once(office: Office, staff: Staff) -> None:
    """§8 C→B: verified by whom and when; later cases see the watermark, the bytes stay as they came."""
    first = filed(office, staff, HEALTH, PLAN)
    assert {each.code: each.trust for each in library(office, first)} == {HEALTH: "C", PLAN: "D"}
    do(office, staff["lin"], custodian.verify, first, [HEALTH])
    with office.act(staff["lin"]) as act:
        second = applicant.apply(act, reusing(office, HEALTH)).no
    assert "已核验 2026-11-23 林窗口" in shelf(office, second)[HEALTH].remark
    with office.look() as look:
        content = look.db.execute(sa.select(metadata.tables["files"].c.content)).scalars().all()
    assert PDF + HEALTH.encode() in content


def test_what_is_withdrawn_is_offered_no_more_but_cases_keep_it(office: Office, staff: Staff) -> None:
    """§9 两个存储区: the library is his, the archive the law's."""
    first = filed(office, staff, HEALTH)
    (held,) = library(office, first)
    do(office, APPLICANT, custodian.withdraw, first, held.id)
    refusal = refused(office, staff["lin"], applicant.apply, reusing(office, HEALTH))
    assert (refusal.code, "已撤回授权" in refusal.message) == ("reuse.unavailable", True)
    assert shelf(office, first)[HEALTH].file_id == held.file_id
    do(office, APPLICANT, custodian.consent, first, held.id)
    with office.act(staff["lin"]) as act:
        applicant.apply(act, reusing(office, HEALTH))


def test_nothing_is_used_again_without_consent_or_after_its_last_day(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """§9: kept all the same."""
    first = filed(office, staff, HEALTH, consent=False)
    assert "没有授权" in refused(office, staff["lin"], applicant.apply, reusing(office, HEALTH)).message
    do(office, staff["lin"], custodian.consent, first, library(office, first)[0].id)
    do(office, staff["lin"], custodian.verify, first, [HEALTH], watch().date())
    watch.pass_days(1)
    assert "过期" in refused(office, staff["lin"], applicant.apply, reusing(office, HEALTH)).message


def test_online_the_library_opens_to_its_owner_only(office: Office, staff: Staff) -> None:
    """§9: a number is not enough; it takes the tracking code of a case he brought himself, no agent's slip."""
    first = filed(office, staff, HEALTH)
    strange = builders.apply(office, staff, TOBACCO, applicant=builders.LI)
    letter = Presented(date(2026, 12, 31), (TOBACCO,))
    agents = builders.apply(office, staff, TOBACCO, agent=builders.LI, channel=Channel.AGENT, mandate=letter)
    online = reusing(office, HEALTH, channel=Channel.ONLINE)
    for code in ("", *(case_row(office, no).code for no in (strange, agents))):
        assert (
            refused(office, APPLICANT, applicant.apply, replace(online, code=code)).code == "reuse.not-yours"
        )
    with office.act(APPLICANT) as act:
        second = applicant.apply(act, replace(online, code=case_row(office, first).code)).no
    assert shelf(office, second)[HEALTH].holding_id == library(office, first)[0].id
