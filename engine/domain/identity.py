"""Who somebody is and what his posts (岗位) let him do."""

from dataclasses import dataclass, field
from enum import StrEnum

from engine.domain.errors import NotYours
from engine.domain.power import Power
from engine.domain.rota import Duty, off

#: Organisations every installation has: the district, and the hall where cases are taken in if none is named.
DISTRICT, HALL = "DISTRICT", "HALL"


class Role(StrEnum):
    """The words a diagram may put into ``camunda:candidateGroups``, and the posts that only people hold."""

    WINDOW = "window"
    APPROVER = "approver"
    INSPECTOR = "inspector"
    CHIEF = "chief"
    LEADER = "leader"
    SUBDISTRICT = "subdistrict"
    MANAGER = "manager"
    DESIGNER = "designer"
    REGISTRAR = "registrar"
    APPLICANT = "applicant"


#: What each role is called on a page.
ROLE_NAMES: dict[Role, str] = {
    Role.WINDOW: "综合窗口",
    Role.APPROVER: "审查岗",
    Role.INSPECTOR: "勘验岗",
    Role.CHIEF: "审核岗",
    Role.LEADER: "决定岗",
    Role.SUBDISTRICT: "街道经办岗",
    Role.MANAGER: "督办管理岗",
    Role.DESIGNER: "流程设计岗",
    Role.REGISTRAR: "登记管理岗",
    Role.APPLICANT: "申请人",
}

#: The posts whose work lies in a pool until somebody takes it, in the order of a case's way: they have a rota.
POOLED = (Role.WINDOW, Role.SUBDISTRICT, Role.APPROVER, Role.INSPECTOR, Role.CHIEF, Role.LEADER)


@dataclass(frozen=True, slots=True)
class Post:
    """A role held in an organisation; ``org`` is the organisation's row id."""

    role: str
    org: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: a person with posts (his own and those he covers, AB岗), or the clock.

    *powers* are what he was given of posts that are not his own (规范授权); they are among his posts too.
    *duties* tell how he stands to the shifts (2主1备轮值) that run now; a post without a shift has none.
    """

    id: int | None
    name: str
    posts: frozenset[Post] = field(default_factory=frozenset)
    powers: tuple[Power, ...] = ()
    duties: tuple[Duty, ...] = ()

    def holds(self, role: str, org: int | None = None) -> bool:
        """Does he hold *role*, in *org* if one is named?"""
        return any(p.role == role and (org is None or p.org == org) for p in self.posts)

    def off_duty(self, role: str, org: int) -> Duty | None:
        """The duty of others that keeps him now from work of a post that nobody has taken."""
        return off(self.duties, role, org)

    def powers_at(self, role: str, org: int) -> tuple[Power, ...]:
        """By which powers he holds *role* in *org*; by none where the post is his own."""
        return tuple(power for power in self.powers if (power.role, power.org) == (role, org))


#: The clock acts too: deemed acceptance has an author in the journal.
CLOCK = Actor(id=None, name="时限监控")

#: What the cases of one bundle do for one another, by letter (一件事).
COURIER = Actor(id=None, name="联办流转")

#: The applicant acts through a tracking code, without a post.
APPLICANT = Actor(id=None, name="申请人")


def must_hold(actor: Actor, role: str, org: int | None = None) -> None:
    """Raise `NotYours` unless *actor* holds *role* (in *org* if one is named)."""
    if not actor.holds(role, org):
        name = ROLE_NAMES.get(Role(role), role) if role in set(Role) else role
        raise NotYours(
            f"需要“{name}”岗位才能办理；请换用该岗位的账号，或由同岗人员(AB岗)办理。",
            code="post.missing",
            role=role,
        )


def draws_rota(actor: Actor, org: int) -> bool:
    """Does he draw the rota (排班) of an organisation: a manager everywhere, a chief in his own?"""
    return actor.holds(Role.MANAGER) or actor.holds(Role.CHIEF, org)
