"""Putting a bad rating right (差评整改): 核实 → 整改 → 回访 → 测评, by colleagues of whoever did it, never by himself.

Every row is written under the lock of the rated case. Who rated stands nowhere on the case's own page (R-EV-1).
"""

from collections.abc import Sequence

from engine.domain import rating as rules
from engine.domain.clock import Clock
from engine.domain.errors import NotNow, NotYours, Stale, must_say
from engine.domain.identity import Role
from engine.domain.rating import OVER, Ground, Level, Step, Terms
from engine.services import carding, timing
from engine.services.act import Act
from engine.store import ratings
from engine.store.cases import Case
from engine.store.db import Row

#: Whose posts in the department that is rated put it right; managers may everywhere.
RECTIFIERS = (Role.CHIEF, Role.LEADER)


def terms(act: Act) -> Terms:
    """How long it may take here."""
    return Terms.read(act.library.practice(act.region))


def open_(act: Act, case: Case, rating: Row) -> None:
    """Assign a bad rating to the department that is rated, with its clocks; who gave no name cannot be contacted."""
    ratings.open_(act.db, rating.id, act.at)
    allowed = terms(act)
    clocks = {Clock.RECTIFY: allowed.rectify, **({Clock.CONTACT: allowed.contact} if rating.named else {})}
    rows = [
        timing.row(act, case, clock, limit, act.at, rules.key(rating.id, clock))
        for clock, limit in clocks.items()
    ]
    timing.start(act, case, rows)
    act.record("rectification opened", case, rating=rating.id)


def withdraw(act: Act, case: Case, rating: Row) -> None:
    """Be done with it, for whoever rated thinks better of it now."""
    ratings.mark(act.db, rating.id, step=Step.WITHDRAWN, closed_at=act.at)
    _settle(act, case, rules.keys(rating.id))
    act.record("rectification withdrawn", case, rating=rating.id)


def verify(act: Act, rating_id: int, words: str) -> Case:
    """Say what was found when he was asked and the file was read (核实); the contact clock ends with it."""
    case, rating, row = _taken(act, rating_id, Step.VERIFY)
    words = must_say(words, "请写明核实的情况。")
    ratings.mark(
        act.db, rating.id, step=rules.verified(), finding=words, verified_at=act.at, verified_by=act.by.id
    )
    _settle(act, case, [rules.key(rating.id, Clock.CONTACT)])
    act.record("rectification verified", case, rating=row.rating_id)
    return case


def rectify(act: Act, rating_id: int, words: str) -> Case:
    """Say what was put right (整改); whoever rated reads it on his own page."""
    case, rating, row = _taken(act, rating_id, Step.RECTIFY)
    words = must_say(words, "请写明整改的措施和结果。")
    step = rules.rectified(named=rating.named)
    ratings.mark(act.db, rating.id, step=step, measure=words, rectified_at=act.at, rectified_by=act.by.id)
    if step is Step.SURVEY:  # nobody can be called: the answer is what ends it
        _settle(act, case, rules.keys(rating.id))
    act.record("rectification done", case, rating=row.rating_id)
    return case


def call(act: Act, rating_id: int, words: str, *, reached: bool) -> Case:
    """Call whoever rated and tell him (回访); who does not answer is called again, up to three times."""
    case, rating, row = _taken(act, rating_id, Step.CALL)
    words = must_say(words, "请写明回访的情况。")
    step = rules.called(row.calls + 1, reached=reached)
    ratings.mark(
        act.db, rating.id, step=step, calls=row.calls + 1, called_at=act.at, called_by=act.by.id,
        reached=reached or row.reached, said=words,
    )  # fmt: skip
    if step is Step.SURVEY:
        _settle(act, case, rules.keys(rating.id))
    act.record("rectification called", case, rating=row.rating_id, reached=reached)
    return case


def survey(act: Act, rating_id: int, level: int | None) -> Case:
    """Write down how satisfied he is with what was done (测评); None where he does not want to say."""
    case, rating, row = _taken(act, rating_id, Step.SURVEY)
    surveyed(act, case, rating, row, level)
    return case


def surveyed(act: Act, case: Case, rating: Row, row: Row, level: int | None) -> None:
    """Close it, or have it put right once more for who is still not satisfied."""
    step = rules.surveyed(level, again=row.again)
    more = {"again": True} if step is Step.RECTIFY else {"closed_at": act.at}
    ratings.mark(
        act.db, rating.id, step=step, satisfaction=Level(level) if level else None, surveyed_at=act.at,
        **more,
    )  # fmt: skip
    if step is Step.RECTIFY:
        key = rules.key(rating.id, Clock.RECTIFY, again=True)
        timing.start(act, case, [timing.row(act, case, Clock.RECTIFY, terms(act).rectify, act.at, key)])
    act.record("rectification surveyed", case, rating=rating.id)


# -- appeal ----------------------------------------------------------------------------------------------------


def appeal(act: Act, rating_id: int, ground: Ground, words: str) -> Case:
    """Say, once, why it ought not to count (误评、恶意评价); the clocks run on until somebody else has reviewed it."""
    case, rating, row = _open(act, rating_id)
    words = must_say(words, "申诉须写明理由和依据。")
    if row.appealed_at is not None:
        raise NotNow("这件差评已经申诉过一次。", code="rating.appealed")
    ratings.mark(act.db, rating.id, ground=ground, appeal=words, appealed_at=act.at, appealed_by=act.by.id)
    act.record("rating appealed", case, rating=rating.id)
    return case


def review(act: Act, rating_id: int, words: str, *, overturn: bool) -> Case:
    """Review an appeal: a second person, a manager, upholds it or overturns the rating, which is counted apart."""
    case, rating, row = _open(act, rating_id)
    if not act.by.holds(Role.MANAGER):
        raise NotYours("申诉由督办管理岗复核。", code="post.missing", role=str(Role.MANAGER))
    if row.appealed_at is None or row.reviewed_at is not None:
        raise NotNow("没有待复核的申诉，请刷新。", code="rating.no-appeal")
    rules.must_be_another(row.appealed_by, act.by.id)
    words = must_say(words, "复核须写明意见。")
    ended = {"step": Step.OVERTURNED, "closed_at": act.at} if overturn else {}
    ratings.mark(act.db, rating.id, review=words, reviewed_at=act.at, reviewed_by=act.by.id, **ended)
    if overturn:
        _settle(act, case, rules.keys(rating.id))
    act.record("rating reviewed", case, rating=rating.id)
    return case


def standing(act: Act, rating_id: int) -> Row:
    """Return how far a bad rating is put right."""
    row = ratings.rectification(act.db, rating_id)
    assert row is not None
    return row


# -- whose it is -----------------------------------------------------------------------------------------------


def _taken(act: Act, rating_id: int, wanted: Step) -> tuple[Case, Row, Row]:
    case, rating, row = _open(act, rating_id)
    rules.must_wait_for(Step(row.step), wanted)
    return case, rating, row


def _open(act: Act, rating_id: int) -> tuple[Case, Row, Row]:
    """Lock the case of a bad rating that is not over, for whoever may put it right."""
    case = act.take(ratings.get(act.db, rating_id).case_id)
    rating, row = ratings.get(act.db, rating_id), ratings.rectification(act.db, rating_id)
    if row is None:
        raise NotNow("这条评价不是差评，无须整改。", code="rating.not-bad")
    if not (act.by.holds(Role.MANAGER) or any(act.by.holds(role, rating.org_id) for role in RECTIFIERS)):
        raise NotYours("差评由被评部门的负责人或督办管理岗办理。", code="post.missing")
    rules.must_not_be_his(handled=ratings.has_touched(act.db, act.by.id, case.id))
    if Step(row.step) in OVER:
        raise Stale("这件差评已经办结，请刷新。", code="rating.over")
    return case, rating, row


def _settle(act: Act, case: Case, keys: Sequence[str]) -> None:
    """End clocks of one rating; a late answer has earned its card, whether or not the worker came first (R-EV-2)."""
    carding.catch_up(act, case)
    timing.settle(act, case, keys=keys)
