"""One thing (一件事) in any order of events: one outcome, nothing asked twice, no gate passed, no promise lost.

Real bundles are applied for and driven at random by everybody who has a say, with letters that come late and out
of order. ``make bundles`` runs it two thousand times.
"""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from engine import worker
from engine.config import Settings
from engine.domain import bundle as rules
from engine.domain import material, outcome
from engine.domain.bundle import Graph, Pickup
from engine.domain.case import CONCLUDED, DECIDED, FINAL, GRANTS, State
from engine.domain.clock import Clock
from engine.domain.errors import Refused
from engine.domain.identity import APPLICANT, Actor
from engine.domain.material import Handed, Standing
from engine.office import Office
from engine.services import applicant, approver, bundle, desk, lifecycle, promising
from engine.services.advance import OUTLIVES
from engine.services.library import Library
from engine.store import cases, deadlines, journal, stops
from engine.store.db import Database, Row
from tests import builders, people
from tests.builders import do
from tests.conftest import Watch
from tests.diagrams import shelf

#: The gate drives the same bundles every time; ``make bundles`` draws fresh ones.
RUNS = int(os.environ.get("BUNDLE_RUNS", "40"))
#: Finding the shortest way to a fault takes long; who only wants to know whether there is one leaves it out.
PHASES = [Phase.generate] if os.environ.get("BUNDLE_RAW") else list(Phase)
#: What may be applied for, with every answer that calls a member in.
BUNDLES: dict[str, dict[str, Any]] = {
    "open_restaurant": {"members": ("tobacco_retail",), "flags": {"public_gathering_place": True}},
    "publication_shop": {"flags": {"sells_food": True}},
    "open_cinema": {"members": ("shop_sign_filing",), "flags": {"sells_food": True, "catering": True}},
    "start_enterprise": {"members": ("bank_account_booking",)},
    "newborn": {"members": ("maternity_allowance",)},
}


class Post(Office):
    """An office whose letters can be held back."""

    held = False

    def _deliver_to(self, addressed: frozenset[int]) -> None:
        if not self.held:
            super()._deliver_to(addressed)


class Machine(RuleBasedStateMachine):
    """A bundle, and everything anybody may do with it or its members."""

    template: Path
    library: Library
    folder: Path
    #: The materials that may come later wherever they are asked for.
    secondary: frozenset[str]
    #: How often each act was done, and each end reached, in all runs together.
    happened: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        path = self.folder / "bundle.db"
        shutil.copy(self.template, path)
        self.watch = Watch()
        self.database = Database(f"sqlite:///{path}")
        self.office = Post(replace(Settings(), secret_key="test"), self.database, clock=self.watch)
        self.office.library = self.library
        self.staff = people.known(self.office)
        self.no, self.finishing, self.seed = "", False, 0
        self.asked: Counter[str] = Counter()
        self.granted: set[int] = set()

    def teardown(self) -> None:
        try:
            if self.no:
                for day in range(3):
                    self.a_busy_day(self.seed + day)
                self._finish()
        finally:
            self.database.dispose()
            for path in self.folder.iterdir():
                path.unlink()

    # -- what may be done --------------------------------------------------------------------------------------

    @initialize(
        key=st.sampled_from(sorted(BUNDLES)),
        lacking=st.sets(st.integers(0, 30), max_size=2),
        promised=st.booleans(),
        apart=st.booleans(),
        seed=st.integers(0, 1 << 30),
    )
    def apply(self, *, key: str, lacking: set[int], promised: bool, apart: bool, seed: int) -> None:
        """Something is lacking, or everything that may come later (容缺), or nothing."""
        self.seed = seed
        whole = builders.application(self.office, key, **BUNDLES[key])
        left = {n % len(whole.materials) for n in lacking}
        kept = tuple(
            m
            for n, m in enumerate(whole.materials)
            if (m.code not in self.secondary if promised else n not in left)
        )
        asked = replace(whole, materials=kept, pickup=Pickup.APART if apart else Pickup.TOGETHER)
        with self.office.act(self.staff["lin"]) as act:
            self.no = applicant.apply(act, asked).no

    def _try(self, by: Actor, service: Callable[..., Any], no: str, *words: Any, **more: Any) -> bool:
        """Do an act that may be refused."""
        try:
            do(self.office, by, service, no, *words, **more)
        except Refused:
            return False
        self._note(service.__name__)
        return True

    def _note(self, what: str) -> None:
        self.happened[what] += not self.finishing

    def _member(self, n: int) -> Row:
        with self.office.look() as look:
            found = cases.members(look.db, cases.id_of(look.db, self.no))
        return found[n % len(found)]

    @rule()
    def accept(self) -> None:
        """Accept all at once; who is not complete is asked for it first, or promises it."""
        if not self._try(self.staff["lin"], desk.accept, self.no):
            for no in builders.members(self.office, self.no).values():
                self._tolerate(no)
            self._try(self.staff["lin"], desk.accept, self.no)

    @rule(n=st.integers(0, 9))
    def accept_one(self, n: int) -> None:
        self._try(self.staff["lin"], desk.accept, self._member(n).no)

    @rule(n=st.integers(0, 9))
    def correct(self, n: int) -> None:
        self._try(self.staff["lin"], desk.correct, self._member(n).no, {})

    @rule(n=st.integers(0, 9))
    def tolerate(self, n: int) -> None:
        self._tolerate(self._member(n).no)

    def _tolerate(self, no: str) -> None:
        codes = [line.requirement.code for line in self._lines(no) if line.tolerable]
        self._try(self.staff["lin"], desk.tolerate, no, codes, None, consent=True)

    @rule(n=st.integers(0, 9))
    def supplement(self, n: int) -> None:
        self._bring(self._member(n).no)

    def _bring(self, no: str) -> bool:
        wanted = [
            each for each in self._lines(no) if each.standing not in material.THERE | {Standing.AWAITED}
        ]
        handed = [Handed(line.requirement.code, Standing.RECEIVED) for line in wanted]
        return self._try(APPLICANT, applicant.supplement, no, handed)

    def _lines(self, no: str) -> tuple[material.Line, ...]:
        with self.office.look() as look:
            return lifecycle.lines(look, look.case(no))

    @rule(n=st.integers(0, 9), deny=st.booleans(), steps=st.integers(1, 6))
    def work(self, *, n: int, deny: bool, steps: int) -> None:
        self._work(self._member(n).no, steps, deny=deny)

    def _work(self, no: str, steps: int, *, deny: bool = False) -> bool:
        done = False
        for _ in range(steps):
            waiting = [
                t for t in builders.open_tasks(self.office, no) if t.stage not in builders._AT_THE_WINDOW
            ]
            for task in waiting:
                word = "denied" if deny and task.stage == "decide" else None
                try:
                    builders.complete(self.office, self.staff, task, word)
                except Refused:
                    if task.stage == "decide":  # what cannot be granted may be denied
                        return done
                    continue
                done = True
                self._note(word or str(task.stage))
        return done

    @rule(n=st.integers(0, 9), followers=st.booleans())
    def withdraw_one(self, *, n: int, followers: bool) -> None:
        self._try(APPLICANT, applicant.withdraw, self._member(n).no, "不办了", followers=followers)

    @rule(sure=st.integers(0, 3))
    def withdraw_all(self, sure: int) -> None:
        if sure == 0:
            self._try(APPLICANT, applicant.withdraw, self.no, "都不办了")

    @rule(pickup=st.sampled_from(Pickup))
    def choose_pickup(self, pickup: Pickup) -> None:
        self._try(APPLICANT, applicant.choose_pickup, self.no, pickup)

    @rule()
    def deliver(self) -> None:
        self._try(self.staff["lin"], desk.deliver, self.no, "窗口领取", "王小满")

    @rule(n=st.integers(0, 9))
    def deliver_one(self, n: int) -> None:
        self._try(self.staff["lin"], desk.deliver, self._member(n).no, "窗口领取", "王小满")

    @rule(n=st.integers(0, 9), ground=st.sampled_from(("听证", "鉴定")), days=st.integers(1, 8))
    def suspend(self, n: int, ground: str, days: int) -> None:
        no = self._member(n).no
        waiting = builders.open_tasks(self.office, no)
        if waiting:
            by = builders.holder(self.office, self.staff, waiting[0])
            self._try(by, approver.suspend, no, ground, "须先鉴定", f"{days} workday")

    @rule(n=st.integers(0, 9))
    def resume(self, n: int) -> None:
        self._resume(self._member(n).no)

    def _resume(self, no: str) -> bool:
        waiting = builders.open_tasks(self.office, no)
        by = builders.holder(self.office, self.staff, waiting[0]) if waiting else APPLICANT
        with self.office.look() as look:
            running = stops.open_(look.db, look.case(no).id)
        return bool(running) and self._try(by, approver.resume, no, running[0].id)

    @rule(days=st.integers(1, 12))
    def pass_days(self, days: int) -> None:
        self.watch.pass_days(days)
        worker.tick(self.office)

    @rule(held=st.sampled_from((True, True, False)))
    def hold_letters(self, *, held: bool) -> None:
        self.office.held = held

    @precondition(lambda self: self.office.held)
    @rule(n=st.integers(0, 30))
    def deliver_some_letter(self, n: int) -> None:
        waiting = self._letters()
        if waiting:
            if n % len(waiting):
                self._note("letter out of order")
            self.office.deliver(waiting[n % len(waiting)])

    def _letters(self) -> list[Row]:
        with self.office.look() as look:
            return list(journal.waiting(look.db, look.at, 200))

    @rule(seed=st.integers(0, 1 << 30))
    def a_busy_day(self, seed: int) -> None:
        """Ten events, each as likely as in a hall; what must be true is looked at after each."""
        chance = Random(seed)
        if chance.random() < 0.6:
            self.accept()
        for _ in range(10):
            n = chance.randrange(10)
            chance.choice(self._events(chance, n))()
            for truth in self._truths():
                truth()

    def _events(self, chance: Random, n: int) -> list[Callable[[], object]]:
        """What may happen next; work and what brings it on happen most often."""
        no = self._member(n).no
        return [
            *[lambda: self._work(no, chance.randrange(1, 6), deny=chance.random() < 0.2)] * 12,
            *[self.accept, self.deliver] * 2,
            *[lambda: self.deliver_one(n), lambda: self.supplement(n), lambda: self.accept_one(n)] * 2,
            lambda: self.correct(n),
            lambda: self.choose_pickup(chance.choice(list(Pickup))),
            lambda: self.suspend(n, chance.choice(("听证", "鉴定")), chance.randrange(1, 8)),
            *[lambda: self.resume(n)] * 4,
            lambda: self.pass_days(chance.randrange(1, 8)),
            lambda: self.hold_letters(held=chance.random() < 0.6),
            *[lambda: self.office.held and self.deliver_some_letter(chance.randrange(30))] * 3,
            lambda: chance.random() < 0.3 and self.withdraw_one(n=n, followers=chance.random() < 0.3),
            lambda: chance.random() < 0.05 and self.withdraw_all(0),
        ]

    def _truths(self) -> tuple[Callable[[], None], ...]:
        return (
            self.nothing_went_wrong_behind_the_desk,
            self.it_is_decided_once_at_most,
            self.no_material_is_asked_for_twice,
            self.no_decision_precedes_its_gate,
            self.no_promise_is_lost,
            self.the_days_of_delivery_run_for_what_can_be_handed_out,
        )

    # -- what must be true -------------------------------------------------------------------------------------

    @invariant()
    def nothing_went_wrong_behind_the_desk(self) -> None:
        assert builders.incidents(self.office) == []

    @invariant()
    def it_is_decided_once_at_most(self) -> None:
        if self.no:
            acts = Counter(builders.acts(self.office, self.no))
            assert acts["decided"] + sum(acts[state] for state in FINAL - {State.DELIVERED}) <= 1
            assert acts["delivered"] <= 1

    @invariant()
    def no_material_is_asked_for_twice(self) -> None:
        """R-ACC-1, R-BUN-5: one notice each; what two members lack is asked for by one of them."""
        if not self.no:
            return
        with self.office.look() as look:
            for member in cases.members(look.db, cases.id_of(look.db, self.no)):
                notices = cases.asked(look.db, member.id)
                assert len(notices) <= 1
                for notice in notices:
                    self._must_be_new(member.id, notice)

    def _must_be_new(self, case_id: int, notice: Row) -> None:
        if (seen := f"notice {case_id}") in self.asked:
            return
        self.asked[seen] += 1
        own = [item["code"] for item in notice.items if "with" not in item]
        self.asked.update(own)
        assert all(self.asked[code] == 1 for code in own), own

    @invariant()
    def no_decision_precedes_its_gate(self) -> None:
        """R-BUN-2..4, R-TOL-3: accepted in its turn, granted with everything there."""
        if not self.no:
            return
        with self.office.look() as look:
            whole = look.case(self.no)
            everyone = {m.matter_key: m for m in cases.members(look.db, whole.id)}
            graph = Graph.read(look.matter(whole).record)
            for key, member in everyone.items():
                accepted = look.take(member.id).accepted_at is not None
                self._must_have_had_its_turn(graph, everyone, member, accepted=accepted)
                if member.decision in GRANTS and member.id not in self.granted:
                    self.granted.add(member.id)
                    case = look.take(member.id)
                    lacking = material.outstanding(lifecycle.lines(look, case))
                    owed = promising.owed(look, case)
                    assert {line.requirement.code for line in lacking} <= owed, key

    def _must_have_had_its_turn(
        self, graph: Graph, everyone: dict[str, Row], member: Row, *, accepted: bool
    ) -> None:
        before = [
            w for w in graph.waits[member.matter_key] if w.on is not rules.On.DATA and w.matter in everyone
        ]
        if accepted and member.state not in {State.DENIED}:
            for wait in before:
                other = everyone[wait.matter]
                assert State(other.state) in bundle.RELEASED[graph.releases(wait.matter)], (member, other)

    @invariant()
    def no_promise_is_lost(self) -> None:
        """R-TOL-4, 5: met, waited for by a clock, or broken with its consequence."""
        if not self.no:
            return
        with self.office.look() as look:
            for member in cases.members(look.db, cases.id_of(look.db, self.no)):
                for promise in cases.promises(look.db, member.id):
                    assert promise.met_at or self._is_watched(look, member, promise), (member, promise)

    def _is_watched(self, look: Any, member: Row, promise: Row) -> bool:
        if State(member.state) in CONCLUDED:
            return True
        running = [d for d in deadlines.running(look.db, member.id) if d.clock == Clock.TOLERANCE]
        if any(d.fired_at is None for d in running):
            return True
        laid = cases.handed(look.db, look.take(member.id).shelf).get(promise.code)
        if laid is None:
            return False
        return laid.standing in material.THERE or self._broke_before_acceptance(look, member)

    def _broke_before_acceptance(self, look: Any, member: Row) -> bool:
        """Then nothing had been given for it: the paper is missing again, and the file is as incomplete as ever."""
        told = journal.of_case(look.db, member.id)
        broke = [e.seq for e in told if e.act == "deadline passed" and e.data["clock"] == Clock.TOLERANCE]
        accepted = [e.seq for e in told if e.act == "accepted"]
        return bool(broke) and (not accepted or broke[-1] < accepted[0])

    @invariant()
    def the_days_of_delivery_run_for_what_can_be_handed_out(self) -> None:
        """R-LIM-4: and for nothing else."""
        if not self.no or self._letters():
            return
        with self.office.look() as look:
            whole = look.case(self.no)
            for case in (whole, *(look.take(m.id) for m in cases.members(look.db, whole.id))):
                runs = any(d.clock == Clock.DELIVERY for d in deadlines.running(look.db, case.id))
                shown = any(t.stage == "deliver" and not t.held for t in cases.open_tasks(look.db, case.id))
                assert runs == (case.state in DECIDED and shown), (case.matter_key, case.state, runs, shown)

    # -- how it ends -------------------------------------------------------------------------------------------

    def _finish(self) -> None:
        """Everybody does what is his until nothing is left; then it has come to exactly one outcome."""
        self.office.held, self.finishing = False, True
        for _ in range(80):
            worker.drain(self.office)
            if self._is_over():
                break
            if not self._go_on():
                self.watch.pass_days(3)
        self._must_be_over()
        self._count()

    def _count(self) -> None:
        numbers = (self.no, *builders.members(self.office, self.no).values())
        acts = {act for no in numbers for act in builders.acts(self.office, no)}
        self.happened.update(acts & {"credit noted", "predecessor ended", "halted", "left alone", *State})
        row = builders.case_row(self.office, self.no)
        came = builders.entry(self.office, self.no, "decided")["outcome"] if row.decided_at else row.state
        self.happened[f"came to {came}"] += 1

    def _is_over(self) -> bool:
        numbers = [self.no, *builders.members(self.office, self.no).values()]
        return all(State(builders.state(self.office, no)) in FINAL for no in numbers) and not self._letters()

    def _go_on(self) -> bool:
        lin, members = self.staff["lin"], builders.members(self.office, self.no).values()
        done = self._try(lin, desk.accept, self.no)
        for no in members:
            done |= any(
                (self._resume(no), self._bring(no), self._try(lin, desk.accept, no), self._work(no, 5))
            )
            done |= self._try(lin, desk.deliver, no, "窗口领取", "王小满")
        return self._try(lin, desk.deliver, self.no, "窗口领取", "王小满") or done

    def _must_be_over(self) -> None:
        states = {
            no: builders.state(self.office, no) for no in builders.members(self.office, self.no).values()
        }
        assert self._is_over(), (builders.state(self.office, self.no), states, self._letters())
        acts = Counter(builders.acts(self.office, self.no))
        assert acts["decided"] + sum(acts[state] for state in FINAL - {State.DELIVERED}) == 1, acts
        with self.office.look() as look:
            whole = look.case(self.no)
            self._must_fit(look, whole)
            open_ones = [
                d for m in (whole.id, *self._ids(look, whole.id)) for d in deadlines.running(look.db, m)
            ]
            assert [d for d in open_ones if d.clock not in {Clock.FOLLOW, Clock.AFTERGRANT, *OUTLIVES}] == []
            assert journal.broken(look.db) == []
            assert whole.flow is None

    def _ids(self, look: Any, parent: int) -> Iterable[int]:
        return [member.id for member in cases.members(look.db, parent)]

    def _must_fit(self, look: Any, whole: Any) -> None:
        """R-BUN-7: what it came to is what its members came to."""
        decided = builders.entry(self.office, self.no, "decided") if whole.decided_at else None
        fates = {
            m.matter_key: outcome.fate(State(m.state), m.decision) for m in cases.members(look.db, whole.id)
        }
        if decided is not None:
            assert decided["outcome"] == outcome.outcome(outcome.rule(look.matter(whole).record), fates)
            assert whole.state is State.DELIVERED


def _prepared(template: Path, folder: Path) -> Path:
    """A copy of the published database in which some members wait for a delivery, and some for data (R-BUN-4)."""
    path = folder / "template.db"
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}")
    office = Office(Settings(), database, clock=Watch())
    waits = {
        "seal_engraving": {"company_setup": "delivered"},
        "invoice_claim": {"seal_engraving": "accepted"},
    }
    builders.rearrange(office, "start_enterprise", **waits, bank_account_booking={"company_setup": "data"})
    with database.pool.connect() as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


def _secondary() -> frozenset[str]:
    listed = [m for record in shelf.matters().values() for m in record.get("materials") or ()]
    primary = {m["code"] for m in listed if not m.get("secondary")}
    return frozenset(m["code"] for m in listed if m.get("secondary")) - primary


#: What must have happened in a hundred runs, or they show nothing.
MUST_HAPPEN = (
    *("accept", "correct", "tolerate", "supplement", "denied", "withdraw", "choose_pickup", "deliver"),
    *("suspend", "resume", "letter out of order", "predecessor ended", "halted"),
    *("came to granted", "came to granted_partly", "came to withdrawn"),
)


@pytest.mark.slow
def test_a_bundle_keeps_its_word_whatever_the_order(template: Path, tmp_path: Path) -> None:
    """R-BUN-2..7, R-ACC-1, R-TOL-3..5, R-LIM-4."""
    Machine.template, Machine.folder = _prepared(template, tmp_path), tmp_path / "runs"
    Machine.library = Library(Settings().bpmn / "cards", Settings().card_rules)
    Machine.folder.mkdir()
    Machine.secondary = _secondary()
    Machine.happened.clear()
    often = settings(
        max_examples=RUNS,
        derandomize="BUNDLE_RUNS" not in os.environ,
        stateful_step_count=10,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=PHASES,
        print_blob=True,
    )
    run_state_machine_as_test(Machine, settings=often)
    sys.stdout.write(f"{RUNS} runs: {dict(Machine.happened.most_common())}\n")
    if RUNS >= 100:
        assert [each for each in MUST_HAPPEN if not Machine.happened[each]] == []
