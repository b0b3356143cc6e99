"""The inbox with ten thousand open tasks, all at one post: the list itself, and the whole page."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from engine.domain.identity import CLOCK, Actor
from engine.office import Office
from engine.queries import inbox
from engine.queries.pools import View
from engine.store import people as store
from engine.store.cases import cases, tasks
from tests import builders, people
from tests.bench.counting import counting
from web import auth
from web.app import create_app

CROWD, LOOKS, WARM = 10_000, 200, 10


@dataclass(frozen=True, slots=True)
class Looks:
    """What looking at an inbox costs, in milliseconds."""

    list_ms: float
    list_p99_ms: float
    sql_ms: float
    statements: int
    page_ms: float
    page_p99_ms: float


def measure(office: Office) -> Looks:
    """Fill one approver's pool and look at it."""
    staff = people.known(office)
    no = builders.accepted(office, staff, "food_operation_new")
    task = builders.step(office, no, "review")
    actor = builders.holder(office, staff, task)
    _multiply(office, task)
    listed = _looks(lambda: _list(office, actor))
    with counting(office.database) as counted:
        _list(office, actor)
    pages = _looks(_page(office, actor))
    return Looks(
        list_ms=median(listed),
        list_p99_ms=quantiles(listed, n=100)[-1],
        sql_ms=_sql_ms(office, actor),
        statements=len(counted.statements),
        page_ms=median(pages),
        page_p99_ms=quantiles(pages, n=100)[-1],
    )


def _looks(look: Callable[[], object]) -> list[float]:
    """What each of many looks takes, after some to warm up."""
    return [_ms(look) for _ in range(WARM + LOOKS)][WARM:]


def _ms(look: Callable[[], object]) -> float:
    begun = perf_counter()
    look()
    return (perf_counter() - begun) * 1000


def _list(office: Office, actor: Actor) -> None:
    with office.look(actor) as look:
        page = inbox.items(look.db, actor, look.at, look.calendar, View.CLAIMABLE)
    assert len(page.items) == inbox.PAGE


def _sql_ms(office: Office, actor: Actor) -> float:
    """Milliseconds spent in the database's driver, of one list."""
    spent: list[float] = []
    begun: list[float] = []

    def before(*_: Any) -> None:
        begun.append(perf_counter())

    def after(*_: Any) -> None:
        spent.append((perf_counter() - begun.pop()) * 1000)

    listeners = (("before_cursor_execute", before), ("after_cursor_execute", after))
    for name, listener in listeners:
        sa.event.listen(office.database.pool, name, listener)
    for _ in range(LOOKS):
        _list(office, actor)
    for name, listener in listeners:
        sa.event.remove(office.database.pool, name, listener)
    return sum(spent) / LOOKS


def _page(office: Office, actor: Actor) -> Callable[[], None]:
    assert actor.id is not None
    with office.act(CLOCK) as act:
        store.open_session(act.db, "bench", actor.id, act.at)
    client = create_app(office).test_client()
    client.set_cookie(auth.COOKIE, "bench")

    def get() -> None:
        answer = client.get("/inbox?view=claimable")
        assert answer.status_code == 200, answer.status

    return get


def _multiply(office: Office, task: Any) -> None:
    """Copy a case and its open task until the pool holds the crowd; a benchmark may."""
    with office.database.transaction() as db:
        case = db.execute(sa.select(cases).where(cases.c.id == task.case_id)).one()._asdict()
        first = (db.scalar(sa.select(sa.func.max(cases.c.id))) or 0) + 1
        ids = range(first, first + CROWD - 1)
        db.execute(
            sa.insert(cases), [{**case, "id": n, "no": f"bench-{n}", "code": f"bench-{n}"} for n in ids]
        )
        copied = {name: value for name, value in task._asdict().items() if name != "id"}
        db.execute(sa.insert(tasks), [{**copied, "case_id": n} for n in ids])
    with office.database.pool.connect() as db:
        db.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
