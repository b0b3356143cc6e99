"""What stops the clocks by law (特别程序): the closed list of grounds, local additions, and the announced time.

现场勘验 and 技术审查 are not among them: they count (R-LIM-5).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.domain.errors import Malformed, must_say
from engine.domain.limit import Limit, Unit


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground on which clocks stop, and the rule that says so."""

    name: str
    basis: str


#: A case whose promised materials are overdue waits for them where its region says so (容缺中止, R-TOL-5).
PROMISE = Ground("容缺待补", "容缺受理承诺书")
ARTICLE_45 = "《行政许可法》第四十五条"
#: 行政许可法 第四十五条, in its own order; nothing may be added here.
LEGAL: Mapping[str, Ground] = {
    name: Ground(name, ARTICLE_45)
    for name in ("听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审")
}


def grounds(record: Mapping[str, Any]) -> dict[str, Ground]:
    """Return the grounds that hold for a matter: those of the law, and what its region added (``grounds``)."""
    local = (Ground(each["name"], each["basis"]) for each in record.get("grounds") or ())
    return {**LEGAL, **{ground.name: ground for ground in local}}


def ground(name: str, known: Mapping[str, Ground]) -> Ground:
    """Return the ground of that name. Raises `Malformed` for anything that is not on the list."""
    if name not in known:
        raise Malformed(
            f"“{name}”不是可以停止计时的法定事由；现场勘验、技术审查计入时限。可选：{'、'.join(known)}。",
            code="suspend.ground",
            field="ground",
        )
    return known[name]


def announced(text: str) -> Limit:
    """Return the time the notice announces. Raises `Incomplete` without one: no stop without it (R-LIM-5)."""
    text = must_say(
        text,
        "中止计时须书面告知申请人所需时间，请写明，例如“10 个工作日”。",
        code="suspend.planned",
        field="planned",
    )
    limit = Limit.parse(text)
    if limit.unit in {Unit.ONSPOT, Unit.FIXED}:
        raise Malformed(
            "特别程序所需时间须是一段时间，例如“10 个工作日”。", code="suspend.planned", field="planned"
        )
    return limit


@dataclass(frozen=True, slots=True)
class Listed:
    """A special step (特别环节) as the public is told: its basis, its time, whether it counts, whether it costs."""

    name: str
    basis: str
    limit: Limit | None
    counted: bool
    fee: bool


def listed(record: Mapping[str, Any]) -> tuple[Listed, ...]:
    """Return the special steps of a matter: looks, what stands still, services of agencies, a hearing (§1.4)."""
    return (*_steps(record), *_services(record), *_hearing(record))


def _steps(record: Mapping[str, Any]) -> Iterable[Listed]:
    known = grounds(record)
    for stage in record.get("stages") or ():
        counted = stage.get("clock") != "excluded"
        if not counted:
            basis = next((each.basis for name, each in known.items() if name in stage["name"]), "本地规定")
            yield Listed(stage["name"], basis, _limit(stage), counted=False, fee=False)
        elif stage["task"] == "inspect":
            yield Listed(
                stage["name"], "《行政许可法》第三十四条第三款", _limit(stage), counted=True, fee=False
            )


def _services(record: Mapping[str, Any]) -> Iterable[Listed]:
    for each in record.get("intermediary") or ():
        required = bool(each.get("required"))
        basis = ARTICLE_45 if required else "非法定，可自行办理"
        yield Listed(each["name"], basis, _limit(each), counted=not required, fee=True)


def _hearing(record: Mapping[str, Any]) -> Iterable[Listed]:
    if record.get("type") == "行政许可":
        articles = "《行政许可法》第四十六条至第四十八条"
        yield Listed("听证", articles, Limit(20, Unit.WORKDAY), counted=False, fee=False)


def _limit(said: Mapping[str, Any]) -> Limit | None:
    found = said.get("limit")
    return Limit(int(found["value"]), Unit(found["unit"])) if found else None


#: What is tested by officers: two or more are assigned within five days of the acceptance (R-LIM-6).
TESTING = frozenset({"检验", "检测", "检疫"})


@dataclass(frozen=True, slots=True)
class Region:
    """What a region rules otherwise than the law (地方规定): for whom, and what."""

    code: str
    name: str
    rules: Mapping[str, Any]

    def covers(self, region: str) -> bool:
        """Does it hold in the division *region*? A code of four digits covers its districts."""
        return region.startswith(self.code)


def local(record: Mapping[str, Any], regions: Iterable[Region], region: str) -> dict[str, Any]:
    """Return a matter's *record* as it holds in *region* (R-ACC-1, R-ACC-5, R-LIM-5).

    A stricter notice takes the place of the record's, a ground is added to those of the law; anything else
    fills in what the record leaves to common practice or says nothing of.
    """
    found = dict(record)
    for each in sorted(regions, key=lambda known: len(known.code)):  # the nearer region has the last word
        if each.covers(region):
            found = _applied(found, each)
    own = {name: record[name] for name in ("prereview_limit",) if name in record}
    return {**found, **own}


def _applied(record: dict[str, Any], region: Region) -> dict[str, Any]:
    rules, correction = region.rules, dict(record.get("correction") or {})
    notice = rules.get("notice")
    if notice and _is_stricter(notice, correction.get("notice")):
        correction["notice"] = notice
    answer = correction.get("answer")
    if rules.get("answer") and (answer is None or answer.get("basis") == "typical"):
        correction["answer"] = rules["answer"]
    if rules.get("on_overdue"):
        correction["on_overdue"] = rules["on_overdue"]
    added = [g for g in rules.get("grounds") or () if _is_for(g, record)]
    if added:
        record = {**record, "grounds": [*(record.get("grounds") or ()), *added]}
    if rules.get("tolerance"):  # what becomes of a broken promise is the region's rule (R-TOL-5)
        record = {**record, "tolerance": {**(record.get("tolerance") or {}), **rules["tolerance"]}}
    if correction:
        record = {**record, "correction": correction}
    return {**record, "prereview_limit": rules["prereview"]} if rules.get("prereview") else record


def _is_stricter(notice: Mapping[str, Any], known: Mapping[str, Any] | None) -> bool:
    if known is None or notice["unit"] == "onspot":
        return True
    return bool(notice["unit"] == known["unit"] and notice["value"] < known["value"])


def _is_for(added: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    types = added.get("types")
    return types is None or record.get("type") in types
