"""The people of the tests: one with each post, known by name."""

from dataclasses import dataclass

from engine.domain.identity import CLOCK, Actor
from engine.office import Office
from engine.store import people

#: login → (name, [(role, organisation code)])
STAFF: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "lin": ("林窗口", [("window", "HALL")]),
    "he": ("何主任", [("window", "HALL"), ("chief", "HALL")]),
    "manager": ("毛督办", [("manager", "DISTRICT")]),
    "leader": ("顾区长", [("leader", "DISTRICT"), ("manager", "DISTRICT")]),
    "designer": ("沈设计", [("designer", "DISTRICT")]),
    "registrar": ("丁登记", [("registrar", "DISTRICT")]),
    "deng": ("邓登记", [("registrar", "DISTRICT")]),
}
_ROLES = {"approver": "审", "inspector": "勘", "chief": "核", "leader": "决", "subdistrict": "街"}


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody by login; ``of(role, department)`` finds the one who holds a post."""

    by_login: dict[str, Actor]

    def __getitem__(self, login: str) -> Actor:
        return self.by_login[login]

    def of(self, role: str, org: str) -> Actor:
        return self.by_login[{"HALL": "lin", "DISTRICT": role}.get(org, f"{org.lower()}.{role}")]


def hire(office: Office) -> None:
    """Add the staff: the hall's, and one of each post in each department."""
    with office.act(CLOCK) as act:
        orgs = people.org_ids(act.db)
        departments = [code for code in orgs if code not in {"HALL", "DISTRICT"}]
        staff = dict(STAFF) | {
            f"{code.lower()}.{role}": (f"{code}{short}", [(role, code)])
            for code in departments
            for role, short in _ROLES.items()
        }
        for login, (name, posts) in staff.items():
            people.add_user(act.db, login, name, "!", [(role, orgs[org]) for role, org in posts])


def known(office: Office) -> Staff:
    """Everybody who was hired."""
    with office.look() as look:
        return Staff(
            {login: people.actor(look.db, user_id, look.at) for login, user_id in people.user_ids(look.db)}
        )
