"""Who applies in the story, and what he brings: well-formed numbers, names that say they are invented."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from stdnum.cn import ric, uscc

from engine.demonstration.fates import Plan, is_lacking
from engine.domain.material import Handed, Standing
from engine.domain.matter import chosen
from engine.services.act import Act
from engine.services.library import Matter
from engine.services.receiving import Person


def optional(matter: Matter) -> tuple[str, ...]:
    """The members one may leave out; in the story everybody takes them."""
    return tuple(m["matter"] for m in matter.record.get("members") or () if m.get("optional"))


def handed(act: Act, plan: Plan, flags: Mapping[str, Any]) -> Iterator[Handed]:
    """Everything the matter and its members ask for, but for what the fate leaves out and what members produce."""
    bundle = plan.matter.kind == "bundle"
    taken = [m.matter for m in chosen(plan.matter.record, flags, optional(plan.matter))] if bundle else []
    versions = [plan.matter, *(act.library.current(act.db, key) for key in taken)]
    asked = {r.code: r for matter in versions for r in matter.requirements if r.applies(flags)}
    own = [r for r in asked.values() if r.produced_by not in taken]
    lacking = [r.code for r in own if plan.fate.lacks and is_lacking(r, plan.fate.lacks)]
    for requirement in own:
        if requirement.code not in lacking[:1]:
            shared = requirement.source == "shared"
            yield Handed(requirement.code, Standing.SHARED if shared else Standing.RECEIVED)


def person(random: Random, matter: Matter) -> Person:
    """A person or a shop, plainly invented; the numbers are well formed, the names say what they are."""
    if matter.authority in {"SCJG", "XZSP", "CGJ", "DYJ", "CBJ", "XFJY", "YC", "SW", "BANK"}:
        mark = random.choice(("好运来", "晨光", "聚福", "星河", "悦读", "百味", "新起点", "万家"))
        body = f"92510703MA{random.randrange(10**7):07}"
        return Person(
            "company", body + uscc.calc_check_digit(body), f"示范{mark}商行（演示）", _phone(random)
        )
    name = random.choice("赵钱孙李周吴郑王冯陈") + random.choice("甲乙丙丁戊己庚辛壬癸")
    return citizen(random, name)


def citizen(random: Random, name: str) -> Person:
    """A person of this invented name."""
    born = date(1955, 1, 1) + timedelta(days=random.randrange(16000))
    body = f"510703{born:%Y%m%d}{random.randrange(1000):03}"
    return Person("person", body + ric.calc_check_digit(body + "0"), f"{name}（演示）", _phone(random))


def _phone(random: Random) -> str:
    return f"1990000{random.randrange(10000):04}"
