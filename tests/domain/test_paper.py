"""What papers are called, numbered and said to rest on, and what each must say (文书)."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import paper, sheet
from engine.domain.paper import FORMS, Kind

LICENCE, SERVICE = "行政许可", "公共服务"
DUE = datetime(2026, 12, 14, 16, tzinfo=UTC)  # the end of 14 December in Beijing
ABOUT = sheet.application("食品经营许可(新办)", "510703-1", date(2026, 11, 23))


def test_every_kind_has_its_form_and_rule() -> None:
    assert set(FORMS) == set(Kind)
    assert [kind for kind, form in FORMS.items() if not (form.title and form.word and form.rules)] == []


def test_a_number_names_authority_kind_year_and_place_in_it() -> None:
    assert paper.number(Kind.ACCEPTANCE, "510703", "市监", 2026, 123) == "510703市监受〔2026〕000123号"
    assert paper.number(Kind.DENIAL, "510703", "", 2026, 7) == "510703政许〔2026〕000007号"


@given(
    st.sampled_from(Kind),
    st.sampled_from(Kind),
    st.sampled_from(["", "市监", "卫健"]),
    st.integers(2026, 2030),
)
def test_what_has_one_number_counts_together(one: Kind, other: Kind, short: str, year: int) -> None:
    """No two papers are given the same number: those that look alike share their counter, and only those."""
    same = paper.number(one, "5", short, year, 1) == paper.number(other, "5", short, year, 1)
    assert same == (paper.counter(one, short, year) == paper.counter(other, short, year))


def test_only_a_licence_is_licensed() -> None:
    assert paper.title(Kind.GRANT, LICENCE) == "准予行政许可决定书"
    assert paper.title(Kind.GRANT, SERVICE) == "准予办理决定书"
    assert paper.articles(Kind.GRANT, SERVICE) == ("参照《行政许可法》第三十八条第一款",)


@pytest.mark.parametrize("kind", [Kind.DENIAL, Kind.NOT_ACCEPTED, Kind.REVOCATION, Kind.DEEMED_WITHDRAWAL])
def test_what_refuses_tells_how_to_complain(kind: Kind) -> None:
    """R-DEC-1: 复议 within sixty days, 诉讼 within six months."""
    assert "六十日内" in paper.remedies(kind, LICENCE)
    assert "六个月内" in paper.remedies(kind, LICENCE)
    assert paper.remedies(Kind.GRANT, LICENCE) == ""


def test_an_acceptance_says_since_and_until_when() -> None:
    """R-ACC-2, R-ACC-4."""
    said = sheet.acceptance(ABOUT, date(2026, 11, 24), "10 个工作日", DUE, None, ())
    assert "自2026年11月24日起予以受理" in said.text
    assert "最迟于2026年12月14日办结" in said.more[0]
    assert (said.tables, "法定" in said.more[0]) == ((), False)


def test_a_correction_says_everything_at_once() -> None:
    """R-ACC-1, R-ACC-5: all items, until when, what follows."""
    items = [{"name": "平面图", "remark": "缺少"}, {"name": "制度", "remark": "未盖章"}]
    said = sheet.correction(ABOUT, items, DUE, "视为撤回申请", "")
    assert said.tables[0].rows == (("1", "平面图", "缺少"), ("2", "制度", "未盖章"))
    assert said.more[0] == "请于2026年12月14日前一次补齐。逾期未补正的，视为撤回申请。"
    assert "理由：漏看" in sheet.correction(ABOUT, items, DUE, "视为撤回申请", "漏看").more[-1]


def test_a_tolerant_acceptance_says_what_when_and_what_if_not() -> None:
    """R-TOL-2, R-TOL-3."""
    said = sheet.tolerant(
        ABOUT, date(2026, 11, 23), "当场", None, ["制度"], date(2026, 11, 30), "撤销受理", ()
    )
    assert said.tables[0].rows == (("1", "制度"),)
    assert ("2026年11月30日" in said.more[0], said.more[1]) == (True, "逾期未补齐的，撤销受理。")
    assert "补齐之前不作出准予的决定" in said.more[2]


def test_a_commitment_is_the_applicants_own_and_signed() -> None:
    said = sheet.commitment(ABOUT, ["制度"], date(2026, 11, 30), "撤销受理")
    assert ("你（单位）" in said.text, said.signatures[0], said.own) == (
        False,
        "承诺人（签名或者盖章）",
        True,
    )


def test_a_refusal_shows_the_way_on() -> None:
    """R-ACC-2: 告知申请人向有关行政机关申请."""
    assert "向有关行政机关" in sheet.refusal(ABOUT, "非本机关职权", required=True).more[1]
    assert "不需要取得行政许可" in sheet.refusal(ABOUT, "自家食用", required=False).text


@given(st.text(max_size=30), st.lists(st.text(max_size=20), max_size=3))
def test_what_is_frozen_says_every_word(text: str, more: list[str]) -> None:
    facts = sheet.Sheet(text, tuple(more), signatures=("甲",)).frozen("题", "救济")
    assert facts["paragraphs"] == [each for each in (text, *more) if each]
    assert (facts["title"], facts["remedies"], facts["signatures"]) == ("题", "救济", ["甲"])
