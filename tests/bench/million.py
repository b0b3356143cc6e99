"""The overdue page at a million cases, fifty thousand of them open; every tile equal to its list."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter, process_time

from engine.domain.identity import CLOCK
from engine.office import Office
from engine.queries import figures, filters, listing, reports
from engine.queries.filters import Filters
from engine.store import people as store
from tests import people
from tests.bench import crowds
from web import auth
from web.app import create_app

CASES, LOOKS = 1_000_000, 40

#: What a manager looks at: the whole district, a department, a matter, a channel, an earlier month.
ASKED = ("", "?department=SCJG", "?matter=small_catering", "?channel=online", "?month=2026-09")


@dataclass(frozen=True, slots=True)
class Looks:
    """What looking at the overdue page costs, in milliseconds: the queries, and the whole page."""

    cases: int
    open: int
    fill_s: float
    query_ms: float
    query_p95_ms: float
    query_cpu_ms: float
    page_ms: float
    page_p95_ms: float
    back_ms: float
    tiles: dict[str, int]


def measure(office: Office, count: int = CASES) -> Looks:
    """Fill the database and look at the page, each time as asked next."""
    begun = perf_counter()
    crowds.fill(office, count)
    filled = perf_counter() - begun
    queries, cpu = [], []
    for n in range(LOOKS):
        begun = process_time()
        queries.append(_ms(lambda n=n: _board(office, Filters(**_filters(n)))))
        cpu.append((process_time() - begun) * 1000)
    page = _page(office)
    pages = [_ms(lambda n=n: page(ASKED[n % len(ASKED)])) for n in range(LOOKS)]
    return Looks(
        cases=count,
        open=crowds.still(count),
        fill_s=filled,
        query_ms=median(queries),
        query_p95_ms=quantiles(queries, n=20)[-1],
        query_cpu_ms=median(cpu),
        page_ms=median(pages),
        page_p95_ms=quantiles(pages, n=20)[-1],
        back_ms=median(_ms(lambda: page("?as_of=2026-06-30")) for _ in range(3)),
        tiles=_tiles(office),
    )


def _filters(n: int) -> dict[str, str]:
    asked = ASKED[n % len(ASKED)].removeprefix("?")
    return dict([asked.split("=")]) if asked else {}


def _ms(look: Callable[[], object]) -> float:
    begun = perf_counter()
    look()
    return (perf_counter() - begun) * 1000


def _board(office: Office, asked: Filters) -> None:
    with office.look() as look:
        reports.overdue(look.db, look.calendar, look.at, asked)
        listing.listing(look.db, look.calendar, look.at, asked, "red", most=20)
        filters.choices(look.db, look.at)


def _page(office: Office) -> Callable[[str], None]:
    manager = people.known(office)["manager"]
    assert manager.id is not None
    with office.act(CLOCK) as act:
        store.open_session(act.db, "bench-overdue", manager.id, act.at)
    client = create_app(office).test_client()
    client.set_cookie(auth.COOKIE, "bench-overdue")

    def get(asked: str) -> None:
        answer = client.get(f"/overdue{asked}")
        assert answer.status_code == 200, answer.status

    return get


def _tiles(office: Office) -> dict[str, int]:
    """Every tile, and the figures behind the on-time rate, equal to the list behind it, read page by page."""
    found = {}
    for key in (*figures.TILES, "decided", "in-time", "too-late"):
        after, listed, told = "", 0, -1
        while told < 0 or after:
            with office.look() as look:
                page = listing.listing(
                    look.db, look.calendar, look.at, Filters(), key, after, most=listing.MOST
                )
            listed, told, after = listed + len(page.lines), page.tile.count, page.after
        assert listed == told, (key, listed, told)
        found[key] = told
    return found
