"""Inspections with their parts, hearings, committee votes, agencies an applicant chose; a case knows of its hearing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("cases", sa.Column("hearing", sa.String(10), server_default="", nullable=False))
    _inspections()
    _hearings()
    _votes()
    _engagements()


def _words(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default="", nullable=False)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _inspections() -> None:
    op.create_table(
        "inspections",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("planned_at", Moment, nullable=False),
        _words("place", 200),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        _words("link", 500),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("confirmed_at", Moment, nullable=True),
        sa.Column("moved", sa.Integer(), server_default="0", nullable=False),
        _words("reason", 500),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.CheckConstraint("mode IN ('onsite', 'remote')", name=op.f("ck_inspections_mode")),
        sa.CheckConstraint("state IN ('planned', 'held', 'cancelled')", name=op.f("ck_inspections_state")),
        _key("inspections", "case_id", "cases"),
        _key("inspections", "by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
    )
    op.create_index(op.f("ix_inspections_case_id"), "inspections", ["case_id"])
    op.create_index(op.f("ix_inspections_planned_at"), "inspections", ["planned_at"])
    op.create_table(
        "inspection_parts",
        sa.Column("id", Id, nullable=False),
        sa.Column("inspection_id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("officers", Json, nullable=False),
        sa.Column("present", sa.Boolean(), nullable=True),
        _words("result", 10),
        _words("remark", 500),
        sa.Column("at", Moment, nullable=True),
        sa.Column("by_id", Id, nullable=True),
        sa.CheckConstraint(
            "result IN ('', 'pass', 'fail', 'remedy')", name=op.f("ck_inspection_parts_result")
        ),
        _key("inspection_parts", "inspection_id", "inspections"),
        _key("inspection_parts", "case_id", "cases"),
        _key("inspection_parts", "org_id", "orgs"),
        _key("inspection_parts", "by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_parts")),
        sa.UniqueConstraint(
            "inspection_id", "case_id", name=op.f("uq_inspection_parts_inspection_id_case_id")
        ),
    )
    op.create_index(op.f("ix_inspection_parts_case_id"), "inspection_parts", ["case_id"])


def _hearings() -> None:
    op.create_table(
        "hearings",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        _words("words", 500),
        sa.Column("announced_at", Moment, nullable=False),
        sa.Column("ask_by", Moment, nullable=False),
        sa.Column("asked_at", Moment, nullable=True),
        sa.Column("waived_at", Moment, nullable=True),
        _words("reason", 500),
        sa.Column("noticed_at", Moment, nullable=True),
        sa.Column("planned_at", Moment, nullable=True),
        _words("place", 200),
        sa.Column("chair_id", Id, nullable=True),
        sa.Column("held_at", Moment, nullable=True),
        sa.Column("record_id", Id, nullable=True),
        _words("outcome", 2000),
        _key("hearings", "case_id", "cases"),
        _key("hearings", "chair_id", "users"),
        _key("hearings", "record_id", "files"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearings")),
    )
    op.create_index(op.f("ix_hearings_case_id"), "hearings", ["case_id"])


def _votes() -> None:
    op.create_table(
        "votes",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("task_id", Id, nullable=False),
        sa.Column("rules", sa.String(length=100), nullable=False),
        sa.Column("question", sa.String(length=500), nullable=False),
        sa.Column("convened_at", Moment, nullable=False),
        sa.Column("until", Moment, nullable=False),
        sa.Column("chair_id", Id, nullable=True),
        sa.Column("closed_at", Moment, nullable=True),
        _words("outcome", 10),
        sa.Column("minutes_id", Id, nullable=True),
        sa.CheckConstraint("outcome IN ('', 'adopted', 'rejected')", name=op.f("ck_votes_outcome")),
        _key("votes", "case_id", "cases"),
        _key("votes", "task_id", "tasks"),
        _key("votes", "chair_id", "users"),
        _key("votes", "minutes_id", "files"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
        sa.UniqueConstraint("task_id", name=op.f("uq_votes_task_id")),
    )
    op.create_index(op.f("ix_votes_case_id"), "votes", ["case_id"])
    op.create_table(
        "ballots",
        sa.Column("id", Id, nullable=False),
        sa.Column("vote_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        _words("choice", 10),
        _words("reason", 500),
        sa.Column("at", Moment, nullable=True),
        sa.CheckConstraint(
            "choice IN ('', 'agree', 'oppose', 'abstain', 'recused')", name=op.f("ck_ballots_choice")
        ),
        _key("ballots", "vote_id", "votes"),
        _key("ballots", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballots")),
        sa.UniqueConstraint("vote_id", "user_id", name=op.f("uq_ballots_vote_id_user_id")),
    )
    op.create_index(op.f("ix_ballots_user_id"), "ballots", ["user_id"])


def _engagements() -> None:
    op.create_table(
        "engagements",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("service", sa.String(length=60), nullable=False),
        sa.Column("agency", sa.String(length=100), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("limit_text", sa.String(length=30), nullable=False),
        sa.Column("chosen_at", Moment, nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("stop_id", Id, nullable=True),
        sa.Column("ended_at", Moment, nullable=True),
        _words("result", 500),
        _key("engagements", "case_id", "cases"),
        _key("engagements", "stop_id", "stops"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagements")),
    )
    op.create_index(op.f("ix_engagements_case_id"), "engagements", ["case_id"])
