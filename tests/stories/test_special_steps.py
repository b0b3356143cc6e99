"""特别环节清单 (rulebook §1.4): every one is listed with its basis and time, whether it counts and whether it costs."""

import pytest

from engine.office import Office
from engine.queries import guide
from tests import builders
from tests.people import Staff
from tests.stories.test_two_officers import on_test
from tests.web.visitor import Visitor, at_field


@pytest.mark.parametrize(
    ("matter", "step", "told"),
    [
        ("food_operation_new", "现场勘查", ("第三十四条", "5 workday", True, False)),
        ("food_operation_new", "听证", ("第四十六条", "20 workday", False, False)),
        ("public_place_hygiene", "卫生检测", ("第四十五条", "7 workday", False, True)),
        ("public_place_hygiene", "申请材料编制", ("非法定", "5 workday", True, True)),
        ("disability_subsidies", "社区公示", ("", "7 day", False, False)),
    ],
)
def test_the_guide_lists_what_takes_time_of_its_own(
    office: Office, matter: str, step: str, told: tuple[str, str, bool, bool]
) -> None:
    """R-LIM-5: looks count, what the law names does not."""
    with office.look() as look:
        (one,) = (each for each in guide.guide(look.db, matter).specials if each.name == step)
    assert told[0] in one.basis
    assert (str(one.limit), one.counted, one.fee) == told[1:]


def test_the_applicant_reads_it_before_he_applies(office: Office) -> None:
    said = Visitor(office).text("/guide/public_place_hygiene")
    assert "卫生检测《行政许可法》第四十五条7 个工作日不计入由机构收取，价格公开" in said


def test_who_tests_is_assigned_on_the_steps_page(office: Office, staff: Staff) -> None:
    """R-LIM-6."""
    task = f"/tasks/{builders.step(office, on_test(office, staff), 'review').id}"
    two = [staff.of(role, "SCJG").id or 0 for role in ("inspector", "chief")]
    approver = Visitor(office, "scjg.approver")
    assert "指派检验检测人员" in approver.text(task)
    assert "还差 1 人" in at_field(approver.send(f"{task}/assign", officers=two[:1]), "officers")
    assert "已指派" in approver.text(approver.send(f"{task}/assign", officers=two).location)
