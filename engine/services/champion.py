"""What is done about key projects (重点项目包抓): open, gather cases, hand to another champion, read, close."""

from engine.domain.errors import Incomplete, NotNow, NotYours, must_say
from engine.domain.identity import Role, must_hold
from engine.services.act import Act
from engine.store import cases, people, projects
from engine.store.cases import Case
from engine.store.db import Row


def open_(act: Act, name: str, champion: str) -> str:
    """Open a project with its champion, by login; return its number."""
    must_hold(act.by, Role.MANAGER)
    name = must_say(name, "请写明项目名称。", code="project.name", field="name")
    who = _who(act, champion)
    serial = cases.serial(act.db, f"project {act.today:%Y}")
    no = f"ZD{act.today:%Y}-{serial:04d}"
    projects.add(act.db, no=no, name=name, champion_id=who.id, opened_at=act.at, opened_by=act.by.id)
    act.record("project opened", no=no, name=name, to=who.name)
    return no


def _who(act: Act, login: str) -> Row:
    found = people.by_login(act.db, login)
    if found is None or not found.active:
        raise Incomplete("请选择在岗的包抓人。", code="project.champion", field="champion")
    return found


def join(act: Act, case: Case, no: str) -> Case:
    """Make a case one of a project's; a bundle brings its members."""
    project = _open(act, no)
    if case.parent_id is not None:
        raise NotNow("成员事项随“一件事”整件加入项目，请在整件上操作。", code="project.member", field="no")
    cases.join(act.db, case.id, project.id)
    case.project_id = project.id
    act.record("joined project", case, no=project.no, name=project.name)
    return case


def leave(act: Act, case: Case, no: str) -> Case:
    """Take a case out of a project again."""
    project = _open(act, no)
    if case.project_id != project.id:
        raise NotNow("该件不在本项目中。", code="project.not-in", field="no")
    cases.join(act.db, case.id, None)
    case.project_id = None
    act.record("left project", case, no=project.no, name=project.name)
    return case


def hand_to(act: Act, no: str, champion: str) -> None:
    """Give a project to another champion; what was told the first stays his."""
    project, who = _open(act, no), _who(act, champion)
    projects.mark(act.db, project.id, champion_id=who.id)
    act.record("project handed over", no=no, to=who.name)


def close(act: Act, no: str) -> None:
    """Be done with a project; its cases go on, and nobody is told of them any more."""
    project = _open(act, no)
    projects.mark(act.db, project.id, closed_at=act.at)
    act.record("project closed", no=no)


def read(act: Act, no: str) -> int:
    """Say that one has read what one was told of a project; return how much that was."""
    project = projects.get(act.db, no)
    if act.by.id is None:
        raise NotYours("只有包抓人可以标记已阅。", code="project.not-yours")
    return projects.read(act.db, project.id, act.by.id, act.at)


def _open(act: Act, no: str) -> Row:
    """A running project that the actor may change: its champion, and the managers."""
    project = projects.get(act.db, no)
    if act.by.id != project.champion_id:
        must_hold(act.by, Role.MANAGER)
    if project.closed_at is not None:
        raise NotNow("该项目已经办结，不能再改。", code="project.closed")
    return project
