"""Begun unasked and linked with supervision: offers, recognised data, lists of people, pushes and penalties."""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
Json = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _know("cases", ("state", "declined", ""), ("channel", "push", " OR length(origin) > 0"))
    _know("deadlines", ("clock", "decline", ""))
    _know("dues", ("clock", "decline", ""))
    _rosters()
    _offers()
    _pushes()


def _know(table: str, *added: tuple[str, str, str]) -> None:
    """Let columns hold one word more, besides those they hold already."""
    checks = {
        each["name"]: each["sqltext"] for each in sa.inspect(op.get_bind()).get_check_constraints(table)
    }
    with op.batch_alter_table(table) as batch:
        for column, word, rest in added:
            name = f"ck_{table}_{column}"
            known = dict.fromkeys([*re.findall(r"'(\w+)'", checks[name]), word])
            listed = ", ".join(f"'{each}'" for each in known)
            batch.drop_constraint(op.f(name), type_="check")
            batch.create_check_constraint(op.f(name), f"{column} IN ({listed}){rest}")


def _rosters() -> None:
    op.create_table(
        "rosters",
        sa.Column("id", Id, nullable=False),
        sa.Column("matter_id", Id, nullable=False),
        sa.Column("rule_id", Id, nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("policy", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("made_by", Id, nullable=True),
        sa.Column("published_at", Moment, nullable=True),
        sa.Column("until", Moment, nullable=True),
        sa.Column("withdrawn_at", Moment, nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_rosters_made_by_users")),
        sa.ForeignKeyConstraint(["matter_id"], ["matters.id"], name=op.f("fk_rosters_matter_id_matters")),
        sa.ForeignKeyConstraint(["rule_id"], ["definitions.id"], name=op.f("fk_rosters_rule_id_definitions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rosters")),
        sa.UniqueConstraint("sha256", name=op.f("uq_rosters_sha256")),
    )
    op.create_index(op.f("ix_rosters_matter_id"), "rosters", ["matter_id"])
    op.create_index(op.f("ix_rosters_rule_id"), "rosters", ["rule_id"])
    op.create_table(
        "entries",
        sa.Column("id", Id, nullable=False),
        sa.Column("roster_id", Id, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("id_number", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("said", Json, nullable=False),
        sa.Column("struck_at", Moment, nullable=True),
        sa.Column("struck_by", Id, nullable=True),
        sa.Column("objection", sa.String(length=500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["roster_id"], ["rosters.id"], name=op.f("fk_entries_roster_id_rosters")),
        sa.ForeignKeyConstraint(["struck_by"], ["users.id"], name=op.f("fk_entries_struck_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("roster_id", "id_number", name=op.f("uq_entries_roster_id_id_number")),
        sa.UniqueConstraint("roster_id", "line", name=op.f("uq_entries_roster_id_line")),
    )


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("origin_id", Id, nullable=True),
        sa.Column("entry_id", Id, nullable=True),
        sa.Column("matter_key", sa.String(length=60), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("rule_id", Id, nullable=True),
        sa.Column("said", Json, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("agreed_at", Moment, nullable=True),
        sa.Column("declined_at", Moment, nullable=True),
        sa.Column("human_at", Moment, nullable=True),
        sa.Column("words", sa.String(length=500), server_default="", nullable=False),
        sa.CheckConstraint("way IN ('automatic', 'handled', 'confirm')", name=op.f("ck_offers_way")),
        sa.CheckConstraint("(origin_id IS NULL) <> (entry_id IS NULL)", name=op.f("ck_offers_of_one")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_offers_case_id_cases")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_offers_entry_id_entries")),
        sa.ForeignKeyConstraint(["origin_id"], ["cases.id"], name=op.f("fk_offers_origin_id_cases")),
        sa.ForeignKeyConstraint(["rule_id"], ["definitions.id"], name=op.f("fk_offers_rule_id_definitions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("case_id", name=op.f("uq_offers_case_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_offers_entry_id")),
        sa.UniqueConstraint("origin_id", "matter_key", name=op.f("uq_offers_origin_id_matter_key")),
    )
    op.create_index(op.f("ix_offers_rule_id"), "offers", ["rule_id"])
    op.create_table(
        "recognised",
        sa.Column("case_id", Id, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("source_id", Id, nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("document_no", sa.String(length=60), server_default="", nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("tip", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_recognised_case_id_cases")),
        sa.ForeignKeyConstraint(["source_id"], ["cases.id"], name=op.f("fk_recognised_source_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "code", name=op.f("pk_recognised")),
    )
    op.create_index(op.f("ix_recognised_source_id"), "recognised", ["source_id"])


def _pushes() -> None:
    op.create_table(
        "pushes",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("reminded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("acknowledged_at", Moment, nullable=True),
        sa.Column("acknowledged_by", Id, nullable=True),
        sa.Column("finding", sa.String(length=20), server_default="", nullable=False),
        sa.Column("words", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("found_at", Moment, nullable=True),
        sa.Column("found_by", Id, nullable=True),
        sa.CheckConstraint(
            "finding IN ('', 'taken_on', 'normal', 'problem', 'not_ours')", name=op.f("ck_pushes_finding")
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["users.id"], name=op.f("fk_pushes_acknowledged_by_users")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_pushes_case_id_cases")),
        sa.ForeignKeyConstraint(["found_by"], ["users.id"], name=op.f("fk_pushes_found_by_users")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_pushes_org_id_orgs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pushes")),
        sa.UniqueConstraint("case_id", "org_id", name=op.f("uq_pushes_case_id_org_id")),
    )
    op.create_index("ix_pushes_org_id", "pushes", ["org_id", "id"])
    waiting = sa.text("acknowledged_at IS NULL")
    op.create_index("ix_pushes_waiting", "pushes", ["org_id"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "penalties",
        sa.Column("id", Id, nullable=False),
        sa.Column("push_id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("document_no", sa.String(length=60), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.Column("review", sa.String(length=20), server_default="", nullable=False),
        sa.Column("opinion", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("reviewed_at", Moment, nullable=True),
        sa.Column("reviewed_by", Id, nullable=True),
        sa.CheckConstraint("review IN ('', 'keep', 'revoke')", name=op.f("ck_penalties_review")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_penalties_by_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_penalties_case_id_cases")),
        sa.ForeignKeyConstraint(["push_id"], ["pushes.id"], name=op.f("fk_penalties_push_id_pushes")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["users.id"], name=op.f("fk_penalties_reviewed_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalties")),
        sa.UniqueConstraint("push_id", "document_no", name=op.f("uq_penalties_push_id_document_no")),
    )
    op.create_index(op.f("ix_penalties_case_id"), "penalties", ["case_id"])
