"""Print one table: what a completed task, a finished case and a look at the inbox cost (``make bench``)."""

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from statistics import median

from engine.office import Office
from tests import bringup
from tests.bench import acts, crowd, flow, million, places, storm
from tests.bench.acts import Acts
from tests.bench.crowd import Looks
from tests.bench.flow import Side

#: What is measured, the two sides, their ratio where they do the same, and what the first is to keep to.
Line = tuple[str, str, str, str, str]
RULE: Line = ("", "", "", "", "")


def main() -> None:
    given = os.environ.get(bringup.POSTGRES)
    if given is None and "postgres" not in bringup.skipped(os.environ.get("SKIP", "")):
        sys.exit(bringup.main([sys.executable, "-m", "tests.bench", *sys.argv[1:]]))
    if sys.argv[1:2] == ["million"]:
        shown([*overdue_page(given, *map(int, sys.argv[2:3]))])
        _loaded()
        return
    shown([*engine(), RULE, *databases(given), *([RULE, *drained(given)] if given else [])])
    _loaded()
    if not given:
        print("PostgreSQL was left out (SKIP=postgres).")


def _loaded() -> None:
    print(f"\nMeasured with a load of {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.")


def shown(lines: list[Line]) -> None:
    """Print the lines in columns."""
    widths = [max(len(line[n]) for line in lines) for n in range(len(RULE))]
    for line in lines:
        cells = [line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))]
        print("  ".join(cells).rstrip())


# --- the engine alone -------------------------------------------------------------------------------


def engine() -> Iterator[Line]:
    """Ours beside stock, in process, without a database."""
    ours, stock = flow.lives()
    mine, theirs = flow.rounds()
    yield "engine alone, 12-task matter", "Lianban", "SpiffWorkflow 3.2.0", "ratio", "goal"
    yield _beside("CPU of load, step, save of one task, ms", ours.typical, stock.typical, "≤ 0.30")
    yield _beside("largest state on the way, bytes", ours.most_bytes, stock.most_bytes, "≤ 1,536")
    yield _beside("correction round 1, CPU ms a step", mine[0].typical, theirs[0].typical)
    yield _beside(f"correction round {flow.ROUNDS}, CPU ms a step", mine[-1].typical, theirs[-1].typical)
    yield f"… round {flow.ROUNDS} against round 1", _times(mine), _times(theirs), "", "≤ 1.20 ×"
    yield _beside(f"state after round {flow.ROUNDS}, bytes", mine[-1].most_bytes, theirs[-1].most_bytes)


def _beside(what: str, ours: float, stock: float, goal: str = "") -> Line:
    return what, _figure(ours), _figure(stock), f"{stock / ours:.0f} ×", goal


def _times(rounds: list[Side]) -> str:
    """How much dearer the last five rounds are than the first five."""
    first, last = (median(side.typical for side in part) for part in (rounds[:5], rounds[-5:]))
    return f"{last / first:.2f} ×"


def _figure(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


# --- whole acts on a database -----------------------------------------------------------------------


def databases(server: str | None) -> Iterator[Line]:
    """SQLite beside PostgreSQL."""
    sqlite = _on(places.sqlite())
    postgres = _on(places.postgres(server)) if server else None
    yield "whole acts, each under a key", "SQLite", "PostgreSQL" if postgres else "left out", "", "goal"
    told = [list(_told(*found)) for found in (sqlite, postgres) if found]
    for lines in zip(*told, strict=True):
        yield lines[0][0], lines[0][1], lines[1][1] if postgres else "", "", GOALS.get(lines[0][0], "")


def _on(place: AbstractContextManager[Office]) -> tuple[Acts, Looks]:
    with place as office:
        return acts.measure(office), crowd.measure(office)


#: What the lines of a database are to keep to; two figures are SQLite's and PostgreSQL's.
GOALS = {
    "acts a second, 1 thread": "≥ 500 / 300",
    "CPU of one completed task, ms": "≤ 0.80 / –",
    "… with the wait for the database, ms": "≤ 5",
    "commits to complete a task, most": "1",
    "… whole page through the web, ms (p99)": "p99 ≤ 20",
}


def _told(cost: Acts, looks: Looks) -> Iterator[tuple[str, str]]:
    for threads, rate in cost.a_second.items():
        yield f"acts a second, {threads} thread{'s' * (threads > 1)}", _figure(rate)
    yield "CPU of one completed task, ms", _figure(cost.cpu_ms)
    for part, ms in cost.parts_ms.items():
        yield f"… of which {part}, on the average", _figure(ms)
    yield "… with the wait for the database, ms", _figure(cost.wall_ms)
    for what, counts in (("statements", cost.statements), ("journeys (BEGIN, COMMIT too)", cost.journeys)):
        yield f"{what} to complete a task, median (most)", f"{median(counts):g} ({max(counts)})"
    yield "commits to complete a task, most", f"{max(cost.commits)}"
    yield "largest flow state of a case, bytes", _figure(cost.flow_bytes)
    yield "rows of a finished case", _figure(cost.rows)
    yield "kB of a finished case, with indexes", _figure(cost.bytes / 1000)
    yield "correction round (asked, answered) 1, CPU ms", _figure(cost.first_round_ms)
    yield f"correction round {acts.ROUNDS}, CPU ms", _figure(cost.last_round_ms)
    yield (
        f"inbox, {crowd.CROWD:,} open tasks at one post: list, ms (p99)",
        _both(looks.list_ms, looks.list_p99_ms),
    )
    yield "… of which the database executes, ms", _figure(looks.sql_ms)
    yield "… statements", f"{looks.statements}"
    yield "… whole page through the web, ms (p99)", _both(looks.page_ms, looks.page_p99_ms)


# --- workers ----------------------------------------------------------------------------------------


def drained(server: str) -> Iterator[Line]:
    """Due deadlines drained by workers that are killed; a deadline lost or fired twice ends the benchmark."""
    what = f"{storm.DEADLINES:,} due deadlines, kill -9 {storm.KILLS} times"
    yield what, "", "PostgreSQL", "", "each once"
    for workers in (1, 2, 4):
        with places.postgres(server) as office:
            rate = storm.measure(office, workers)
        yield f"fired once, a second, {workers} worker{'s' * (workers > 1)}", "", _figure(rate), "", ""


# --- the overdue page at a million cases -------------------------------------------------------------


def overdue_page(server: str | None, count: int = million.CASES) -> Iterator[Line]:
    """SQLite beside PostgreSQL; ``make bench-million``, for filling takes its time."""
    with places.sqlite() as office:
        sqlite = million.measure(office, count)
    postgres = None
    if server:
        with places.postgres(server) as office:
            postgres = million.measure(office, count)
    yield (
        f"overdue page, {count:,} cases, {sqlite.open:,} open",
        "SQLite",
        "PostgreSQL" if postgres else "left out",
        "",
        "goal",
    )
    told = [list(_page_told(found)) for found in (sqlite, postgres) if found]
    for lines in zip(*told, strict=True):
        yield lines[0][0], lines[0][1], lines[1][1] if postgres else "", "", lines[0][2]


def _page_told(looks: million.Looks) -> Iterator[tuple[str, str, str]]:
    yield "its queries, ms (p95)", _both(looks.query_ms, looks.query_p95_ms), ""
    yield "… CPU of this process, ms", f"{looks.query_cpu_ms:.1f}", ""
    yield "the whole page through the web, ms (p95)", _both(looks.page_ms, looks.page_p95_ms), "p95 ≤ 300"
    yield "as of a past day, ms", f"{looks.back_ms:.1f}", ""
    yield "tiles equal to their lists", f"{len(looks.tiles)} of {len(looks.tiles)}", "all"
    yield "filling the database, s", f"{looks.fill_s:.0f}", ""


def _both(middle: float, most: float) -> str:
    return f"{middle:.1f} ({most:.1f})"


if __name__ == "__main__":
    main()
