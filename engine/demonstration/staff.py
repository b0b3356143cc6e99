"""The invented people who work here: their posts, names and passwords."""

import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from engine.domain.capability import Level
from engine.domain.hours import OfficeHours
from engine.domain.identity import CLOCK, DISTRICT, HALL, ROLE_NAMES, Role
from engine.office import Office
from engine.services import passwords
from engine.services.act import Act
from engine.store import people, places

#: The same seed tells the same story, as far as the calendar lets it.
SEED = 20261123

#: Subdistricts with their communities.
STREETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "HX": ("和兴街道办事处", ("桂花社区", "柳荫社区")),
    "QH": ("清河街道办事处", ("长堤社区", "梧桐社区")),
    "WC": ("文昌街道办事处", ("书院社区",)),
}
#: What a community takes in and forwards (代办); with everything else it helps.
FORWARDED = ("social_card", "disability_subsidies", "vaccination_file")
#: Places for which nothing was laid down: they only help.
OUTLYING = {"QH03": ("芦湾村", "community", "QH"), "KZ01": ("清河集市自助终端", "kiosk", "QH")}
_DAILY = dict.fromkeys(("workday", "saturday", "sunday", "holiday"), "07:00-22:00")
#: Where people go, all invented: address, longitude and latitude (CGCS2000), hours where they are its own.
SPOTS: dict[str, tuple[Any, ...]] = {
    "HALL": ("长虹虚构路 1 号政务服务中心", 104.7402, 31.4655),
    "HX": ("和兴虚构街 18 号", 104.7311, 31.4712),
    "HX01": ("桂花虚构巷 3 号党群服务中心", 104.7268, 31.4733),
    "HX02": ("柳荫虚构路 52 号", 104.7371, 31.4766, {"workday": "08:30-12:00 14:00-18:00", "saturday": "09:00-12:00"}),
    "QH": ("清河虚构大道 7 号", 104.7655, 31.4521),
    "QH01": ("长堤虚构街 21 号", 104.7588, 31.4487),
    "QH02": ("梧桐虚构路 9 号", 104.7731, 31.4563),
    "QH03": ("芦湾虚构村口", 104.8297, 31.4196),
    "WC": ("文昌虚构路 33 号", 104.7186, 31.4502),
    "WC01": ("书院虚构巷 2 号", 104.7151, 31.4538),
    "KZ01": ("清河虚构集市东门", 104.7702, 31.4489, _DAILY),
}  # fmt: skip
#: Departments with much to decide have an own person on each step; in the others two share the steps.
LARGE = ("SCJG", "XZSP", "WJW", "RSJ", "YBJ", "GA", "CGJ", "MZJ", "XFJY")
SMALL = ("DYJ", "CBJ", "SW", "GJJ", "CL", "YY", "YC", "BANK")
_SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = (
    "敏",
    "志远",
    "芳",
    "建国",
    "雪梅",
    "浩然",
    "丽华",
    "晓峰",
    "静怡",
    "国强",
    "思源",
    "玉兰",
    "文博",
    "海燕",
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here, with posts ``(role, organisation code)``."""

    login: str
    posts: tuple[tuple[str, str], ...]
    name: str = ""
    password: str = ""


def roster() -> Iterator[Colleague]:
    yield Colleague("window1", (("window", HALL),))
    yield Colleague("window2", (("window", HALL),))
    yield Colleague("hall.chief", (("window", HALL), ("chief", HALL)))
    for code in LARGE:
        for n in ("", "2"):
            yield Colleague(f"{code.lower()}.approver{n}", (("approver", code), ("inspector", code)))
        yield Colleague(f"{code.lower()}.chief", (("chief", code),))
        yield Colleague(f"{code.lower()}.leader", (("leader", code),))
    for code in SMALL:
        shared = (("approver", code), ("inspector", code))
        yield Colleague(f"{code.lower()}.approver", (*shared, ("chief", code)))
        yield Colleague(f"{code.lower()}.leader", (*shared, ("leader", code)))
    for code in STREETS:
        yield Colleague(
            f"street.{code.lower()}", (("subdistrict", code), ("subdistrict", "JD"), ("window", code))
        )
    yield Colleague("manager", (("manager", DISTRICT),))
    yield Colleague("district.leader", (("leader", DISTRICT), ("manager", DISTRICT)))
    yield Colleague("designer", (("designer", DISTRICT),))
    for n in ("", "2"):  # whoever drafts a calendar does not put it in force
        yield Colleague(f"registrar{n}", (("registrar", DISTRICT),))


def settle_in(office: Office) -> list[Colleague]:
    """Give everybody a name, a password and his posts; only the hash of the password is kept."""
    random = Random(SEED)  # noqa: S311  names are no secret
    pairs = [f"{surname}{given}" for given in _GIVEN for surname in _SURNAMES]
    random.shuffle(pairs)
    staff = [
        Colleague(c.login, c.posts, name, secrets.token_urlsafe(6))
        for c, name in zip(roster(), pairs, strict=False)
    ]
    with ThreadPoolExecutor() as pool:
        hashes = list(pool.map(passwords.hashed, [c.password for c in staff]))
    with office.act(CLOCK) as act:
        orgs = _found_streets(act)
        ids = {
            c.login: people.add_user(
                act.db, c.login, c.name, hashed, [(role, orgs[org]) for role, org in c.posts]
            )
            for c, hashed in zip(staff, hashes, strict=True)
        }
        people.add_cover(  # AB岗: while the head of market regulation travels, the section chief signs
            act.db,
            ids["scjg.leader"],
            ids["scjg.chief"],
            act.at - timedelta(days=3),
            act.at + timedelta(days=11),
        )
        act.record("people added", count=len(staff))
    return staff


def _found_streets(act: Act) -> dict[str, int]:
    orgs = people.org_ids(act.db)
    for code, (name, communities) in STREETS.items():
        orgs[code] = people.add_org(act.db, code=code, name=name, kind="street", parent_id=orgs[DISTRICT])
        for n, community in enumerate(communities, 1):
            org = people.add_org(
                act.db, code=f"{code}{n:02}", name=community, kind="community", parent_id=orgs[code]
            )
            places.lay_down(act.db, org, FORWARDED, Level.FORWARD, None, act.at)
    for code, (name, kind, above) in OUTLYING.items():
        orgs[code] = people.add_org(act.db, code=code, name=name, kind=kind, parent_id=orgs[above])
    _locate(act)
    return orgs


def _locate(act: Act) -> None:
    """Say where everybody can go; all of it is invented, and marked as such."""
    orgs = people.org_ids(act.db)
    for code, (address, longitude, latitude, *hours) in SPOTS.items():
        places.locate(
            act.db, orgs[code], address=address, phone="", longitude=longitude, latitude=latitude,
            hours=OfficeHours.read(hours).told() if hours else None, invented=True, at=act.at, by_id=None,
        )  # fmt: skip


def table(staff: Sequence[Colleague]) -> Iterator[str]:
    yield "演示人员（口令只显示这一次）："
    for c in staff:
        held = "、".join(f"{org} {ROLE_NAMES[Role(role)]}" for role, org in c.posts)
        yield f"  {c.login:<16}{c.password:<12}{c.name}  {held}"
