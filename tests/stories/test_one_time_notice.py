"""一次性告知 (R-ACC-1, rulebook §1.1): everything at once and once; a second time needs the chief, and is counted."""

from engine.office import Office
from engine.queries.filters import Filters
from engine.services import desk
from tests import builders
from tests.builders import bring, do, entry, papers, refusal, state
from tests.people import Staff
from tests.queries.test_statistics import listed

SIGN = "shop_sign_filing"


def test_one_notice_names_everything_that_is_missing_or_wrong(office: Office, staff: Staff) -> None:
    """R-ACC-1: what is missing is added by itself to what is wrong."""
    no = builders.apply(office, staff, SIGN, lacking=("sign-application",))
    do(office, staff["lin"], desk.correct, no, {"sign-location-map": "比例不符"})
    (paper,) = papers(office, no)
    assert ({item["code"] for item in entry(office, no, "correction asked")["items"]}, paper.kind) == (
        {"sign-application", "sign-location-map"},
        "correction",
    )
    bring(office, no, "sign-application", "sign-location-map")
    do(office, staff["lin"], desk.accept, no)
    assert state(office, no) == "accepted"


def test_a_second_notice_is_an_exception_that_is_counted(office: Office, staff: Staff) -> None:
    """行政许可法 第七十二条(四): blocked for the clerk, authorised by the chief with his reason, in the figures."""
    no = builders.apply(office, staff, SIGN, lacking=("sign-application",))
    do(office, staff["lin"], desk.correct, no, {})
    bring(office, no, "sign-application")
    wrong = {"sign-application": "未盖章"}
    assert refusal(office, staff["lin"], desk.correct, no, wrong).code == "correction.twice"
    assert refusal(office, staff["lin"], desk.correct, no, wrong, "漏看").code == "post.missing"
    do(office, staff["he"], desk.correct, no, wrong, "首次告知时未见印章页")
    with office.look() as look:
        assert listed(look, "again", Filters(clerk="何主任")) == [no]
        assert listed(look, "again", Filters(clerk="林窗口")) == []
