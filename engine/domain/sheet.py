"""What a paper says (文书的内容): composed once, when it is issued, and frozen; layouts only set it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from engine.domain.deadline import last_day
from engine.domain.material import STANDING_NAMES, Line

#: How a result is handed out, as a receipt says it.
METHODS = {"window": "窗口领取（直接送达）", "mail": "邮寄送达", "electronic": "电子送达"}


@dataclass(frozen=True, slots=True)
class Table:
    """A list a paper carries: materials, defects, what was handed out."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The body of a paper: its sentences, its lists, and who signs it by hand.

    *text* is what it says in one sentence, *more* the paragraphs that follow; *opening* goes before them
    where the sentence does not name the application itself. What is the applicant's *own* word is addressed to
    the authority and bears no seal.
    """

    text: str
    more: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    signatures: tuple[str, ...] = ()
    opening: str = ""
    own: bool = False

    def frozen(self, title: str, remedies: str) -> dict[str, Any]:
        """Return everything to be kept of it."""
        return {
            "title": title,
            "paragraphs": [each for each in (self.opening, self.text, *self.more) if each],
            "tables": [asdict(table) for table in self.tables],
            "remedies": remedies,
            "signatures": list(self.signatures),
            "own": self.own,
        }


def chinese(day: date) -> str:
    """A day as a paper writes it, 2026年11月23日."""
    return f"{day.year}年{day.month}月{day.day}日"


def until(moment: datetime) -> str:
    """The last day before a moment, as a paper writes it."""
    return chinese(last_day(moment))


def application(name: str, no: str, received: date) -> str:
    """How every paper names the application it is about."""
    return f"你（单位）于{chinese(received)}提出的“{name}”申请（办件号 {no}）"


def unasked(name: str, no: str) -> str:
    """How every paper names a case for which nobody had to apply (免申即办)."""
    return f"为你（单位）免申办理的“{name}”（办件号 {no}）"


# --- the kinds ----------------------------------------------------------------------------------------


def acceptance(
    about: str,
    accepted: date,
    limit: str,
    due: datetime | None,
    legal: datetime | None,
    lines: Sequence[Line],
) -> Sheet:
    """受理通知书 (R-ACC-2, R-ACC-4): since when, until when, on which materials."""
    days = [f"承诺办结时限为{limit}"]
    days += [f"最迟于{until(due)}办结"] if due else []
    days += [f"法定期限至{until(legal)}届满"] if legal else []
    return Sheet(
        f"{about}，申请材料齐全、符合法定形式，属于本机关职权范围，本机关自{chinese(accepted)}起予以受理。",
        (
            "，".join(days)
            + "。依法进行听证、检验、检测、检疫、鉴定和专家评审等所需时间不计算在内，另行书面告知。",
        ),
        tables=materials("申请材料清单", lines),
    )


def tolerant(
    about: str, accepted: date, limit: str, due: datetime | None, lacking: Sequence[str], by: date, overdue: str,
    lines: Sequence[Line],
) -> Sheet:  # fmt: skip
    """容缺受理通知书 (R-TOL-2): what is missing, until when it comes, in what form, what follows if not."""
    promised = f"承诺办结时限为{limit}" + (f"，最迟于{until(due)}办结" if due else "")
    return Sheet(
        f"{about}，主要申请材料齐全、符合法定形式，次要材料暂缺。依你（单位）的书面承诺，"
        f"本机关自{chinese(accepted)}起予以容缺受理。",
        (
            f"请于{chinese(by)}前将下列暂缺材料原件或者复印件一次补齐，送交受理窗口或者上传，以受理窗口收到为准。",
            f"逾期未补齐的，{overdue}。",
            f"{promised}。补齐材料的时间不停止计时；补齐之前不作出准予的决定。",
        ),
        (_named("暂缺的材料", lacking), *materials("申请材料清单", lines)),
    )


def commitment(about: str, lacking: Sequence[str], by: date, overdue: str) -> Sheet:
    """容缺受理承诺书 (R-TOL-2, R-TOL-4): the applicant's own word; he signs it."""
    own = about.replace("你（单位）", "本人（单位）")
    return Sheet(
        f"就{own}，本人（单位）已知晓须提交的全部申请材料，自愿申请容缺受理，并承诺：",
        (
            f"一、于{chinese(by)}前补齐下列材料，所补材料真实、合法、有效，与已提交的材料一致。",
            f"二、逾期未补齐的，知晓并同意行政机关{overdue}，由此产生的后果由本人（单位）承担。",
            "三、以上承诺是本人（单位）的真实意思表示；违背承诺的，行政机关可以依法记入信用记录。",
        ),
        (_named("承诺补齐的材料", lacking),),
        ("承诺人（签名或者盖章）", "日期"),
        own=True,
    )


def correction(
    about: str, items: Sequence[Mapping[str, str]], by: datetime, overdue: str, override: str
) -> Sheet:
    """补正材料一次性告知书 (R-ACC-1, R-ACC-5): everything at once, until when, what follows if not."""
    again = (f"本次为经批准的再次告知，理由：{override}",) if override else ()
    rows = _numbered((item["name"], item["remark"]) for item in items)
    return Sheet(
        f"{about}，申请材料不齐全或者不符合法定形式，现将需要补正的全部内容一次告知如下。",
        (
            f"请于{until(by)}前一次补齐。逾期未补正的，{overdue}。",
            "补正期间不计入办理时限；按照本告知书补齐全部材料的，本机关自补齐之日起受理。",
            *again,
        ),
        (Table("需要补正的材料", ("序号", "材料名称", "需要补正的内容"), rows),),
    )


def refusal(about: str, reason: str, *, required: bool, false: bool = False) -> Sheet:
    """不予受理决定书, 不受理告知书 (R-ACC-2): not ours, or nothing to apply for; *false* papers (R-ACC-8)."""
    if false:
        return Sheet(f"{about}，隐瞒有关情况或者提供虚假材料，本机关决定不予受理。", (f"理由：{reason}",))
    if required:
        ground = "依法不属于本行政机关职权范围，本机关决定不予受理"
        way = "请向有关行政机关提出申请；不清楚向哪个机关申请的，受理窗口负责告知。"
    else:
        ground, way = "依法不需要取得行政许可，本机关不受理", "你（单位）无须就此再向其他机关提出申请。"
    return Sheet(f"{about}，{ground}。", (f"理由：{reason}", way))


def resumption(
    about: str, ground: str, stop_no: str, since: date, due: datetime | None, result: str
) -> Sheet:
    """恢复办理告知书 (R-CNT-5): the special procedure is over and the clocks run on."""
    return Sheet(
        f"{about}，因{ground}依法中止计算的办理期限（{stop_no}），自{chinese(since)}起恢复计算。",
        ((f"顺延后最迟于{until(due)}办结。",) if due else ()) + ((f"结果：{result}",) if result else ()),
    )


def grant(about: str, result: str, valid: str, delivery: str) -> Sheet:
    """准予决定书 (R-DEC-1): what is granted, and when it is handed out (R-LIM-4)."""
    document = f"本机关自作出决定之日起{delivery}向你（单位）颁发、送达" + (
        f"《{result}》" if result else "结果文书"
    )
    return Sheet(
        f"{about}，经审查，符合法定条件、标准，本机关决定准予。",
        (document + (f"，有效期{valid}。" if valid else "。"), "准予的决定依法公开，公众有权查阅。"),
    )


def denial(about: str, reason: str) -> Sheet:
    """不予决定书 (R-DEC-1): why; the ways to complain stand below."""
    return Sheet(f"{about}，经审查，不符合法定条件、标准，本机关决定不予准许。", (f"理由：{reason}",))


def revocation(about: str, reason: str) -> Sheet:
    """撤销受理决定书 (R-TOL-5): a promise was not kept."""
    return Sheet(f"{about}，本机关决定撤销对该申请的受理，终止办理。", (f"理由：{reason}",))


def delivery(about: str, papers: Sequence[str], method: str, receiver: str, waybill: str, at: date) -> Sheet:
    """送达回证 (R-LIM-4): what was handed out to whom, how and when; the receiver signs."""
    rows = [("送达方式", METHODS.get(method, method)), ("收件人", receiver), ("送达日期", chinese(at))]
    rows += [("运单号", waybill)] if waybill else []
    return Sheet(
        f"{about}已作出决定，下列文书现予送达。",
        (),
        (
            Table("送达的文书", ("序号", "文书名称和文号"), _numbered((paper,) for paper in papers)),
            Table("送达情况", ("项目", "内容"), tuple(rows)),
        ),
        ("收件人（签名或者盖章）", "签收日期", "送达人"),
    )


def materials(title: str, lines: Sequence[Line]) -> tuple[Table, ...]:
    """The list of materials, each with how it stands; none where nothing is asked for."""
    rows = _numbered((line.requirement.name, STANDING_NAMES[line.standing]) for line in lines)
    return (Table(title, ("序号", "材料名称", "情况"), rows),) if rows else ()


def _named(title: str, names: Sequence[str]) -> Table:
    return Table(title, ("序号", "材料名称"), _numbered((name,) for name in names))


def _numbered(rows: Any) -> tuple[tuple[str, ...], ...]:
    return tuple((str(n), *row) for n, row in enumerate(rows, 1))
