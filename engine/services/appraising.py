"""Rating (评价): what an applicant says of how he was served, once for each occasion, and of what was done about it.

He proves himself by his tracking code; nobody signed in rates for him, and nothing waits for him to (R-EV-3).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.domain import rating as rules
from engine.domain.case import Channel
from engine.domain.errors import NotNow, NotYours
from engine.domain.rating import About, Level, Occasion, Step
from engine.services import rectifying
from engine.services.act import Act
from engine.store import ratings
from engine.store.cases import Case
from engine.store.db import Row

#: The stages of a diagram the window works at.
_AT_WINDOW = {"prereview", "accept", "correct", "deliver"}
#: What a rating given at the window is about.
_ABOUT = {Occasion.INTAKE: About.INTAKE, Occasion.HANDOUT: About.HANDOUT}


@dataclass(frozen=True, slots=True)
class Said:
    """What an applicant says: a level, levels by dimension, about what, in words, under his name or without."""

    level: Level
    occasion: Occasion = Occasion.MATTER
    about: About = About.WHOLE
    scores: Mapping[str, int] = field(default_factory=dict)
    words: str = ""
    named: bool = True


@dataclass(frozen=True, slots=True)
class Receipt:
    """A rating, and what proves it his own (评价回执): the window knows the tracking code, but not this."""

    id: int
    secret: str


def rate(act: Act, case: Case, said: Said, secret: str = "") -> Receipt:
    """Keep what the applicant says, or with its *secret* what he changes it to within a day.

    A bad one is assigned to whoever's department really did it (R-EV-2). Raises `NotNow` before there is anything
    to rate, or for a second rating; `NotYours` for anybody who is signed in.
    """
    if act.by.id is not None:
        raise NotYours("评价由申请人凭查询码自己作出，工作人员不能代评。", code="rating.not-applicant")
    rules.must_be_invited(said.occasion, case.state, at_window=case.channel != Channel.ONLINE)
    rules.must_fit(said.occasion, said.scores)
    before = ratings.given(act.db, case.id, said.occasion)
    if before is not None:
        own = ratings.of_receipt(act.db, case.id, secret)
        rules.must_be_his(own=own is not None and own.id == before.id)
        _change(act, case, said, before)
        return Receipt(before.id, secret)
    secret = secrets.token_urlsafe(12)
    rating_id = ratings.add(
        act.db, secret, case_id=case.id, occasion=said.occasion, at=act.at, **_told(act, case, said)
    )
    act.record("rated", case, rating=rating_id)
    _follow(act, case, rating_id)
    return Receipt(rating_id, secret)


def _change(act: Act, case: Case, said: Said, before: Row) -> None:
    row = ratings.rectification(act.db, before.id)
    step = Step(row.step) if row is not None and row.step != Step.WITHDRAWN else None
    rules.must_be_changeable(before.at, act.at, step)
    if row is not None and step is None and rules.is_bad(said.level):
        raise NotNow("已经改评过一次，不能再改为差评；请向办不成事窗口反映。", code="rating.twice")
    told = _told(act, case, said) | {"named": before.named}  # his name stays as he chose first
    ratings.change(act.db, before.id, changed_at=act.at, **told)
    act.record("rating changed", case, rating=before.id)
    if row is None:
        _follow(act, case, before.id)
    elif step is not None and not rules.is_bad(said.level):
        rectifying.withdraw(act, case, before)


def _follow(act: Act, case: Case, rating_id: int) -> None:
    rating = ratings.get(act.db, rating_id)
    if rules.is_bad(rating.level) and not case.mystery:
        rectifying.open_(act, case, rating)


def _told(act: Act, case: Case, said: Said) -> dict[str, object]:
    about = _ABOUT.get(said.occasion, said.about)
    handler, org = _responsible(act, case, about)
    return {
        "about": about, "level": int(said.level), "scores": dict(said.scores), "words": said.words.strip(),
        "named": said.named, "org_id": org, "handler_id": handler,
    }  # fmt: skip


def _responsible(act: Act, case: Case, about: About) -> tuple[int | None, int]:
    """Who really did what is rated, and for which organisation (R-EV-2: 谁办理、谁负责)."""
    done = ratings.doers(act.db, case.id)
    if about is About.HANDOUT:
        return ratings.giver(act.db, case.id), case.hall_id
    if about is About.INTAKE:
        took = next((each.user_id for each in done if each.stage in _AT_WINDOW - {"deliver"}), None)
        return took or ratings.first_contact(act.db, case.id), case.hall_id
    decider = ratings.decider(act.db, case.id)
    if decider is not None:
        return decider, case.authority_id
    last = next((each for each in done if about is About.WHOLE or each.stage not in _AT_WINDOW), None)
    return (last.user_id, last.org_id) if last else (None, case.authority_id)


def survey(act: Act, case: Case, secret: str, level: Level) -> None:
    """Say, with the receipt, how satisfied he is with what was done about his bad rating (测评)."""
    rating = ratings.of_receipt(act.db, case.id, secret)
    row = ratings.rectification(act.db, rating.id) if rating is not None else None
    if rating is None or row is None or row.step != Step.SURVEY:
        raise NotNow("现在没有需要您测评的整改。", code="rating.step")
    rectifying.surveyed(act, case, rating, row, level)
