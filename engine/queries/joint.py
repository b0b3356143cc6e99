"""What the members of one thing (一件事) have to do with one another: who is left out, who waits, who hurried whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain import outcome
from engine.domain.bundle import APART, Graph, Pickup
from engine.domain.case import CONCLUDED, DECIDED, UNACCEPTED, UNDECIDED, State
from engine.domain.identity import Actor
from engine.queries import family
from engine.queries.catalogue import Name, departments
from engine.store import catalog
from engine.store.db import Connection, Row
from engine.store.journal import journal


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A member not done, and why: an answer, nobody's wish (无需办理, R-BUN-6), or what *forbids* it (R-ACC-8)."""

    key: str
    name: Name
    department: Name
    question: Name | None
    forbids: str = ""


@dataclass(frozen=True, slots=True)
class Hurry:
    """A department hurried another (催办)."""

    by_org: str
    by: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Joint:
    """A bundle as its departments share it; members are named by their case numbers."""

    policy: str
    policy_name: str
    milestones: frozenset[str]
    pickup: str
    left_out: tuple[LeftOut, ...]
    hurried: Mapping[str, tuple[Hurry, ...]]
    may_hurry: frozenset[str]


def joint(db: Connection, no_or_member: int, actor: Actor) -> Joint:
    """Return what the page of a bundle says besides its plan; *actor* may hurry whom he waits for."""
    row = family.head(db, no_or_member)
    members = family.members(db, row.id)
    named = outcome.policy(row.record) if "members" in row.record else outcome.Policy.ALL
    return Joint(
        policy=named,
        policy_name=outcome.POLICY_NAMES[named],
        milestones=_counted(row, members),
        pickup=pickup(row),
        left_out=left_out(db, row, members),
        hurried=_hurried(db, members),
        may_hurry=_may_hurry(row, members, actor),
    )


def pickup(row: Row) -> str:
    """Return how the results of a bundle are handed out."""
    return Pickup.APART if row.flags.get(APART) else Pickup.TOGETHER


def _counted(row: Row, members: Sequence[Row]) -> frozenset[str]:
    if "members" not in row.record:
        return frozenset()
    counted = outcome.rule(row.record).counted
    return frozenset(member.no for member in members if member.matter_key in counted)


def left_out(db: Connection, row: Row, members: Sequence[Row]) -> tuple[LeftOut, ...]:
    """Return the members of the bundle that this application does without."""
    taken = {member.matter_key for member in members}
    listed = [m for m in row.record.get("members") or () if m["matter"] not in taken]
    if not listed:
        return ()
    orgs, questions, forbidden = departments(db), _questions(row, members), _kept_out(db, row.id)
    found = {m["matter"]: catalog.current(db, m["matter"]) for m in listed}
    return tuple(
        LeftOut(
            m["matter"],
            Name(found[m["matter"]].name, found[m["matter"]].name_en),
            orgs.get(found[m["matter"]].authority, Name("", "")),
            questions.get((m.get("condition") or "").removeprefix("!")),
            forbidden.get(m["matter"], ""),
        )
        for m in listed
    )


def _kept_out(db: Connection, bundle_id: int) -> dict[str, str]:
    """Return the members nobody may apply for again yet, each with the sentence that says so."""
    query = sa.select(journal.c.data).where(journal.c.case_id == bundle_id, journal.c.act == "kept out")
    return {key: words for data in db.execute(query).scalars() for key, words in data["told"].items()}


def _questions(row: Row, members: Sequence[Row]) -> dict[str, Name]:
    asked = [q for each in (*members, row) for q in each.record.get("questions") or ()]
    return {question["key"]: Name(question["text"], question.get("en") or "") for question in asked}


def _hurried(db: Connection, members: Sequence[Row]) -> dict[str, tuple[Hurry, ...]]:
    by_id = {member.id: member.no for member in members}
    query = sa.select(journal).where(journal.c.case_id.in_(by_id), journal.c.act == "hurried")
    found: dict[str, tuple[Hurry, ...]] = {}
    for entry in db.execute(query.order_by(journal.c.at, journal.c.id)):
        said = Hurry(entry.data["by_org"], entry.by_name, entry.at, entry.data["words"])
        no = by_id[entry.case_id]
        found[no] = (*found.get(no, ()), said)
    return found


def _may_hurry(row: Row, members: Sequence[Row], actor: Actor) -> frozenset[str]:
    """The members *actor*'s department waits for, or leads; the act itself decides again."""
    if "members" not in row.record:
        return frozenset()
    own, graph = {post.org for post in actor.posts}, Graph.read(row.record)
    going = [m for m in members if State(m.state) not in CONCLUDED]
    found = set[str]()
    for member in going:
        after = graph.followers(member.matter_key)
        waiting = {row.authority_id, *(m.authority_id for m in going if m.matter_key in after)}
        if (waiting - {member.authority_id}) & own and member.paused_at is None:
            found.add(member.no)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Withdrawable:
    """A member that may still be taken back, and those that wait for it."""

    no: str
    name: Name
    followers: tuple[Name, ...]


def withdrawable(row: Row, members: Sequence[Row]) -> tuple[Withdrawable, ...]:
    """Return the members of a bundle that may be taken back one by one."""
    if not members:
        return ()
    graph = Graph.read(row.record)
    open_ = {m.matter_key: m for m in members if State(m.state) in UNACCEPTED | UNDECIDED}
    return tuple(
        Withdrawable(
            m.no,
            Name(m.name, m.name_en),
            tuple(Name(open_[k].name, open_[k].name_en) for k in graph.followers(key) if k in open_),
        )
        for key, m in open_.items()
    )


def may_choose(row: Row) -> bool:
    """May the applicant still choose how the results are handed out?"""
    return row.kind == "bundle" and State(row.state) in UNACCEPTED | UNDECIDED | DECIDED
