"""Whole acts: lock, step, rows, journal, commit, each under an idempotency key, on one database."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count
from statistics import median
from time import perf_counter, process_time

import sqlalchemy as sa

from engine.domain.identity import APPLICANT
from engine.domain.material import Handed, Standing
from engine.office import Office
from engine.services import applicant, desk
from engine.store.cases import Case
from engine.store.everything import metadata
from tests import builders, people
from tests.bench.counting import PARTS, clocking, counting
from tests.bench.reference import KEY, TASKS, Walker

ACTS_OF_A_LIFE = len(TASKS) + 1
#: Everything is measured RUNS times, CASES cases each; the middle run is told.
RUNS, CASES, ROUNDS = 5, 12, 50


@dataclass(frozen=True, slots=True)
class Acts:
    """What whole acts cost on one database."""

    a_second: dict[int, float]
    cpu_ms: float
    parts_ms: dict[str, float]
    wall_ms: float
    statements: list[int]
    journeys: list[int]
    commits: list[int]
    rows: float
    bytes: float
    flow_bytes: int
    first_round_ms: float
    last_round_ms: float


def measure(office: Office) -> Acts:
    """Measure everything on one office."""
    walker = Walker(office, people.known(office))
    for _ in range(CASES):
        walker.life(f"warm-{next(_numbers)}")
    before = _size(office)
    a_second = {threads: median(_a_second(walker, threads) for _ in range(RUNS)) for threads in (1, 4)}
    after = _size(office)
    cpu, wall = (median(run) for run in zip(*(_completions(walker) for _ in range(RUNS)), strict=True))
    parts = [_parts(walker) for _ in range(RUNS)]
    statements, journeys, commits, flow = _statements(walker)
    first, last = _rounds(walker)
    finished = CASES * RUNS * len(a_second)
    return Acts(
        a_second=a_second,
        cpu_ms=cpu,
        parts_ms={part: median(run[part] for run in parts) for part in PARTS},
        wall_ms=wall,
        statements=statements,
        journeys=journeys,
        commits=commits,
        rows=(after[0] - before[0]) / finished,
        bytes=(after[1] - before[1]) / finished,
        flow_bytes=flow,
        first_round_ms=first,
        last_round_ms=last,
    )


_numbers = count()


def _a_second(walker: Walker, threads: int) -> float:
    """Whole lives side by side; looking at the open tasks between two acts is part of it."""
    lives = [f"life-{next(_numbers)}" for _ in range(CASES)]
    begun = perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(walker.life, lives))
    return CASES * ACTS_OF_A_LIFE / (perf_counter() - begun)


def _completions(walker: Walker) -> tuple[float, float]:
    """Milliseconds of CPU, and of waiting, of the typical task that an approver completes."""
    cpu, wall = [], []
    for _ in range(CASES):
        for complete in _steps(walker):
            begun, at = process_time(), perf_counter()
            complete()
            cpu.append((process_time() - begun) * 1000)
            wall.append((perf_counter() - at) * 1000)
    return median(cpu), median(wall)


def _parts(walker: Walker) -> dict[str, float]:
    """Milliseconds of CPU of each part of a completed task, on the average."""
    spent, done = dict.fromkeys(PARTS, 0.0), 0
    for _ in range(CASES):
        for complete in _steps(walker):
            with clocking() as clocked:
                complete()
            spent = {part: spent[part] + clocked[part] for part in PARTS}
            done += 1
    return {part: ms / done for part, ms in spent.items()}


def _steps(walker: Walker) -> Iterator[Callable[[], Case]]:
    """Take a case in and yield, one after the other, what completes each of its tasks."""
    key = f"alone-{next(_numbers)}"
    case_id = walker.apply(key)
    walker.accept(key, case_id)
    for task_id, node in walker.tasks(case_id):
        yield partial(walker.complete, key, task_id, node)


def _statements(walker: Walker) -> tuple[list[int], list[int], list[int], int]:
    """Statements, journeys and commits of each completion of one life, and the largest flow state on the way."""
    counts, flow = [], 0
    for complete in _steps(walker):
        with counting(walker.office.database) as counted:
            case = complete()
        counts.append((len(counted.statements), counted.journeys, counted.commits))
        flow = max(flow, len(case.flow or b""))
    statements, journeys, commits = (list(column) for column in zip(*counts, strict=True))
    return statements, journeys, commits, flow


def _rounds(walker: Walker) -> tuple[float, float]:
    """Milliseconds of CPU of the first and the last correction rounds: asked, and answered; five of each."""
    missing = next(handed.code for handed in walker.asked.materials)
    no = builders.apply(walker.office, walker.staff, KEY, lacking=(missing,), flags=walker.asked.flags)
    took = [_cpu(lambda: _round(walker, no, missing)) for _ in range(ROUNDS)]
    return median(took[1:6]), median(took[-5:])


def _cpu(act: Callable[[], None]) -> float:
    begun = process_time()
    act()
    return (process_time() - begun) * 1000


def _round(walker: Walker, no: str, missing: str) -> None:
    with walker.office.act(walker.staff["he"]) as act:
        desk.correct(act, act.case(no), {missing: "不清晰"}, override="经负责人同意再次告知")
    with walker.office.act(APPLICANT) as act:
        applicant.supplement(act, act.case(no), [Handed(missing, Standing.RECEIVED)])


def _size(office: Office) -> tuple[int, int]:
    """How many rows there are, and the bytes they take, tables and indexes."""
    with office.database.reading() as db:
        rows = sum(db.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in metadata.sorted_tables)
        if office.database.is_sqlite:
            pages = [db.scalar(sa.text(f"PRAGMA {name}")) or 0 for name in ("page_count", "page_size")]
            return rows, pages[0] * pages[1]
        sizes = (db.scalar(sa.select(sa.func.pg_total_relation_size(t.name))) for t in metadata.sorted_tables)
        return rows, sum(size or 0 for size in sizes)
