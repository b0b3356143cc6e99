"""Other places: a neighbouring city's hall, another province's civil affairs, our streets; and who sits there."""

from engine.domain.identity import Actor
from engine.domain.material import Handed, Standing
from engine.office import Office
from engine.services import authoriser
from engine.store import people
from tests.people import Staff

#: code → (name, kind, region, short); ours is 510703.
PLACES = {
    "NB.HALL": ("邻市政务大厅", "hall", "510802", ""),
    "GZ.HALL": ("外省政务大厅", "hall", "520102", ""),
    "GZ.MZJ": ("外省民政局", "department", "520102", "黔民"),
    "YB.MZJ": ("邻区民政局", "department", "510704", "邻民"),
    "HX": ("和兴街道办事处", "street", "", "和兴"),
    "HX01": ("桂花社区", "community", "", ""),
    "CITY": ("市级主管部门", "department", "510700", "市"),
}
SUBSIDY = "disability_subsidies"
ROLES = ("window", "chief", "leader", "approver", "inspector", "subdistrict")


def found(office: Office, staff: Staff, *codes: str) -> dict[str, Actor]:
    """Add places, each with somebody at its window; he holds every other post there too."""
    there = {}
    for code in codes:
        name, kind, region, short = PLACES[code]
        with office.act(staff["registrar"]) as act:
            org = authoriser.found(act, code, name, kind, "DISTRICT", region, short)
            user = people.add_user(act.db, code.lower(), f"{name}经办", "!", [(role, org) for role in ROLES])
            there[code] = people.actor(act.db, user, act.at)
        staff.by_login.update({f"{code.lower()}.{role}": there[code] for role in ROLES})
    return there


def brought(*codes: str) -> list[Handed]:
    """What an applicant brings."""
    return [Handed(code, Standing.RECEIVED) for code in codes]
