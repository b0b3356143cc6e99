"""How cases talk, above all those of one bundle (一件事): by letters, each read under one lock only (R-BUN-1..4).

A letter may come late, or after one that was written later. So it only says where to look: what follows is
decided by how its sender stands when it is read.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from engine.domain import bundle as rules
from engine.domain.bundle import APART
from engine.domain.case import (
    CONCLUDED,
    DECIDED,
    FINAL,
    GRANTS,
    STATE_NAMES,
    UNACCEPTED,
    UNDECIDED,
    WITHDRAWABLE,
    State,
)
from engine.domain.deadline import last_day
from engine.domain.material import THERE, Handed, Standing
from engine.services import (
    advance,
    committing,
    concluding,
    halting,
    inspecting,
    lifecycle,
    offering,
    passing,
    promising,
    seating,
    shelving,
    talk,
    timing,
    visiting,
)
from engine.services.act import Act
from engine.store import assists, cases, crossings, journal, stops
from engine.store.cases import Case
from engine.store.db import Row
from engine.store.dues import Cause

#: When a call activity lets the path go on (``gov:releases``).
RELEASED: dict[str, frozenset[State]] = {
    "accepted": UNDECIDED | CONCLUDED,
    "granted": CONCLUDED,
    "delivered": frozenset({State.DELIVERED}) | (CONCLUDED - DECIDED),
}


def receive(act: Act, letter: Row) -> bool:
    """Read one letter: take it out of the box and do what it says. A letter already taken is nobody's: False."""
    case = act.take(letter.to_id)
    act.hops = letter.data.get("hops", 0) + 1
    if not journal.take_letter(act.db, letter.id, act.at):
        return False
    _READ[letter.topic](act, case, letter)
    return True


def prereview(act: Act, bundle: Case) -> None:
    """Let members that may be looked at ahead of their turn begin (R-BUN-3)."""
    for member in cases.members(act.db, bundle.id):
        if _ahead(act, bundle, member.matter_key):
            act.post(member.id, bundle, "prereview")


def withdraw(act: Act, bundle: Case, reason: str) -> None:
    """Tell every member that the whole application is withdrawn."""
    for member in cases.members(act.db, bundle.id):
        act.post(member.id, bundle, "withdraw", reason=reason)


def withdraw_followers(act: Act, member: Case, reason: str) -> None:
    """Tell those that wait for *member* that they are withdrawn with it."""
    assert member.parent_id is not None
    bundle = cases.bundle_of(act.db, member.parent_id)
    graph = rules.Graph.read(act.library.matter(act.db, bundle.matter_id).record)
    after = graph.followers(member.matter_key)
    for each in cases.members(act.db, member.parent_id):
        if each.matter_key in after:
            act.post(each.id, member, "withdraw", reason=reason)


def choose_pickup(act: Act, bundle: Case) -> None:
    """Tell every member that its applicant chose otherwise how he gets his results."""
    for member in cases.members(act.db, bundle.id):
        act.post(member.id, bundle, "pickup")


def deliver(act: Act, bundle: Case, method: str, receiver: str, waybill: str) -> None:
    """Tell every decided member that its document has been handed out (统一出件)."""
    for member in cases.members(act.db, bundle.id):
        if State(member.state) in DECIDED:
            act.post(member.id, bundle, "deliver", method=method, receiver=receiver, waybill=waybill)


def lead(act: Act, bundle: Case) -> None:
    """Tell every member whether it goes first (绿色通道)."""
    for member in cases.members(act.db, bundle.id):
        act.post(member.id, bundle, "first", first=bundle.first)


def share(act: Act, case: Case, codes: Sequence[str]) -> None:
    """Tell the other members what has been laid on the shared shelf: nobody brings it twice (R-BUN-5)."""
    for member in cases.members(act.db, case.shelf):
        if member.id != case.id and State(member.state) in UNACCEPTED | UNDECIDED:
            act.post(member.id, case, "supplied", codes=list(codes))


def share_with_sites(act: Act, case: Case, handed: Sequence[Handed]) -> None:
    """Tell the same application's cases at other homes what was brought: nobody is asked twice (多地联办)."""
    brought = [[item.code, str(item.standing), item.file_id] for item in handed]
    for sibling in crossings.siblings(act.db, case.id):
        act.post(sibling, case, "brought", items=brought)


def _ahead(act: Act, bundle: Case, key: str) -> bool:
    listed = act.matter(bundle).record["members"]
    return any(m["matter"] == key and m.get("prereview") for m in listed)


def _begin(act: Act, case: Case, letter: Row) -> None:
    """It is this member's turn: accept it, at the unified moment or at the notice (R-BUN-2)."""
    if case.state in CONCLUDED:
        act.record("turn passed", case)
        act.post(letter.from_id, case, "state", member=case.matter_key, state=str(case.state))
        return
    unified = case.flags.get("starts") != "notice"
    case.noticed_at = datetime.fromisoformat(letter.data["unified" if unified else "at"])
    state = lifecycle.acceptable(act, case)
    if state is not None:
        lifecycle.accept(act, case, lifecycle.since(case), state)
    elif case.state is not State.CORRECTION:
        lifecycle.await_window(act, case)


def _prereview(act: Act, case: Case, _letter: Row) -> None:
    if case.state in UNACCEPTED - {State.PREREVIEW_PASSED, State.CORRECTION} and lifecycle.acceptable(
        act, case
    ):
        lifecycle.change(act, case, State.PREREVIEW_PASSED)
        act.record("prereviewed", case)
        task = advance.open_task(act, case, "accept")
        if task is not None:
            advance.complete(act, case, task, "accepted")


def _hear(act: Act, bundle: Case, letter: Row) -> None:
    """A member changed its state: pass on its result, let the path go on, and see what the bundle comes to."""
    act.record("member", bundle, member=letter.data["member"], state=letter.data["state"])
    everyone = cases.members(act.db, bundle.id)
    member = next(row for row in everyone if row.matter_key == letter.data["member"])
    matters = {row.id: act.library.matter(act.db, row.matter_id) for row in everyone}
    passing.on(act, bundle, member, matters)
    if State(letter.data["state"]) in CONCLUDED - {State.DELIVERED} and member.decision not in GRANTS:
        passing.bereave(act, bundle, member, everyone, matters)
    for call in _calls(act, bundle):
        node = act.definition(bundle).nodes[call.node]
        if node.called == member.matter_key and State(member.state) in RELEASED[node.releases]:
            advance.complete(act, bundle, call, str(member.state))
    concluding.conclude(act, bundle, everyone)


def _bereft(act: Act, case: Case, letter: Row) -> None:
    """A predecessor ended without its result: what it would have made has to come from the applicant."""
    if case.state in UNACCEPTED | UNDECIDED:
        told = letter.data
        words = (
            f"“{told['member']}”{STATE_NAMES[State(told['state'])]}，须自行提交：{'、'.join(told['names'])}"
        )
        act.record("predecessor ended", case, words=words)


def _pickup(act: Act, case: Case, _letter: Row) -> None:
    """The applicant chose otherwise how he gets his results; what is decided and lies there goes that way."""
    assert case.parent_id is not None
    bundle = cases.bundle_of(act.db, case.parent_id)
    if bundle.state in FINAL:
        return  # it comes too late: nothing is handed out together any more
    before, chosen = rules.by_itself(case.flags), bool(bundle.flags.get(APART))
    lifecycle.know(act, case, {APART: chosen})
    if case.state in DECIDED and rules.by_itself(case.flags) is not before:
        concluding.hand_out(act, case, by_itself=not before)


def _halted(act: Act, bundle: Case, letter: Row) -> None:
    """A member is stopped by a special procedure: that time is not the bundle's either (R-BUN-10)."""
    found = [stops.get(act.db, told["stop"]) for told in letter.data["entries"]]
    for stop in found if bundle.state in UNDECIDED else ():
        if stop.ended_at is None:
            timing.stop(act, bundle, halting.HELD, stop.ground, cap=stop.planned_at, stop_id=stop.id)
            act.record("halted", bundle, member=letter.data["member"], ground=stop.ground)


def _stop_moved(act: Act, bundle: Case, letter: Row) -> None:
    """What stops a member ends at another moment than was announced: so does what it stops here (R-CNT-6, R-CNT-7)."""
    told = letter.data
    for entry in told["entries"] if bundle.state in UNDECIDED else ():
        stop = stops.get(act.db, entry["stop"])
        if timing.follow(act, bundle, halting.HELD, stop, Cause(told["cause"]), told["document"]):
            until = last_day(stop.planned_at).isoformat() if stop.planned_at else ""
            act.record("halt moved", bundle, member=told["member"], ground=stop.ground, until=until)


def _goes_on(act: Act, bundle: Case, letter: Row) -> None:
    """A member's special procedures are over."""
    for told in letter.data["entries"]:
        timing.resume(act, bundle, halting.HELD, told["stop"])


def _deliver(act: Act, case: Case, letter: Row) -> None:
    if case.state in DECIDED:
        lifecycle.deliver(act, case, letter.data["method"], letter.data["receiver"], letter.data["waybill"])
        committing.be_done(act, case)


def _withdraw(act: Act, case: Case, letter: Row) -> None:
    if case.state in UNACCEPTED | UNDECIDED:
        lifecycle.conclude(act, case, State.WITHDRAWN, letter.data["reason"])
    elif case.state in DECIDED and letter.from_id == case.parent_id:
        lifecycle.know(act, case, {APART: True})  # what was decided stands, and is handed out by itself
        concluding.hand_out(act, case, by_itself=True)
        act.record("left alone", case)


def _supplied(act: Act, case: Case, letter: Row, codes: Sequence[str] = ()) -> None:
    """Another member brought something: a promise may be kept by it, a correction answered."""
    codes = list(codes) or letter.data["codes"]
    promising.supplied(act, case, codes)
    if case.state is State.CORRECTION and not lifecycle.asked_for(act, case):
        act.record("supplied", case, codes=codes)
        lifecycle.corrected(act, case)


def _unlicensed(act: Act, case: Case, letter: Row) -> None:
    """A licence that stood for a material has ended: it does so no more (R-DEC-2)."""
    if case.state in UNACCEPTED | UNDECIDED:
        codes = shelving.lose(act, case, letter.data["licence"], letter.data["reason"])
        act.record("licence lost", case, codes=codes, reason=letter.data["reason"])


def _came(act: Act, bundle: Case, _letter: Row) -> None:
    visiting.came(act, bundle)


def _first(act: Act, case: Case, letter: Row) -> None:
    case.first = letter.data["first"]
    assists.lead(act.db, case.id, first=case.first)


def _brought(act: Act, case: Case, letter: Row) -> None:
    """What was brought to another home lies here too, where it is wanted."""
    wanted = {line.requirement.code for line in lifecycle.lines(act, case) if line.standing not in THERE}
    found = [Handed(c, Standing(s), f) for c, s, f in letter.data["items"] if c in wanted]
    if not found or case.state not in WITHDRAWABLE:
        return
    cases.put(act.db, case.id, found, act.at)
    _supplied(act, case, letter, [item.code for item in found])


def _listen(act: Act, case: Case, letter: Row) -> None:
    """Another case said something: hear it, or pass a message on that is not waited for any more."""
    for entry in letter.data["entries"]:
        kind, name = entry["kind"], entry["name"]
        if advance.hears(act, case, kind, name):
            act.record("heard", case, kind=kind, name=name)
            advance.tell(act, case, kind, name)
        elif kind == "message":
            act.record("passed by", case, kind=kind, name=name)
            talk.pass_on(act, case, name, entry["then"])


def _catch(act: Act, bundle: Case, letter: Row) -> None:
    """A member raised something: its call catches it; a member that ended with it has ended."""
    member = letter.data["member"]
    for entry in letter.data["entries"]:
        call = next((call for call in _calls(act, bundle) if _calls_for(act, bundle, call) == member), None)
        act.record("raised", bundle, member=member, **entry)
        if call is not None:
            advance.raise_at(act, bundle, call, entry["kind"], entry["code"])
    if "state" in letter.data:
        _hear(act, bundle, letter)


def _do(act: Act, case: Case, letter: Row) -> None:
    """The case's own diagram has the office do what follows a broken promise (R-TOL-5)."""
    promising.follow(act, case, letter.data["what"], letter.data["key"])


def _calls(act: Act, bundle: Case) -> list[Row]:
    return [task for task in cases.open_tasks(act.db, bundle.id) if task.stage == seating.CALL]


def _calls_for(act: Act, bundle: Case, call: Row) -> str | None:
    return act.definition(bundle).nodes[call.node].called


#: What each letter asks of the case that reads it.
_READ: dict[str, Callable[[Act, Case, Row], None]] = {
    "begin": _begin,
    "prereview": _prereview,
    "state": _hear,
    "deliver": _deliver,
    "withdraw": _withdraw,
    "supplied": _supplied,
    "unlicensed": _unlicensed,
    "came": _came,
    "first": _first,
    "brought": _brought,
    "said": _listen,
    "raised": _catch,
    "inspection": lambda act, case, letter: inspecting.enter(act, case, letter.data),
    "absent": lambda act, case, letter: inspecting.absent(act, case, letter.data),
    "left": lambda act, case, letter: inspecting.left(act, case, letter.data),
    "inspected": lambda act, case, letter: inspecting.heard(act, case, letter.data),
    "act": _do,
    "landed": offering.land,
    "bereft": _bereft,
    "pickup": _pickup,
    "halted": _halted,
    "goes on": _goes_on,
    "stop moved": _stop_moved,
}
