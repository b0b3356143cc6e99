"""Red and yellow cards, and orders to hurry (督办单)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)

KINDS = "kind IN ('case', 'special', 'online', 'certificate', 'consult', 'complaint')"
LEVELS = "level IN ('notice', 'yellow', 'red')"


def upgrade() -> None:
    _cards()
    _supervisions()
    op.create_index(
        op.f("ix_deadlines_card_at"),
        "deadlines",
        ["card_at"],
        sqlite_where=sa.text("card_at IS NOT NULL"),
        postgresql_where=sa.text("card_at IS NOT NULL"),
    )
    _watch_what_runs()


def _cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("deadline_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("rules", sa.String(length=40), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("issued_at", Moment, nullable=False),
        sa.Column("confirmed_at", Moment, nullable=True),
        sa.Column("confirmed_by", Id, nullable=True),
        sa.Column("appealed_at", Moment, nullable=True),
        sa.Column("appealed_by", Id, nullable=True),
        sa.Column("appeal", sa.String(length=500), server_default="", nullable=False),
        sa.Column("revoked_at", Moment, nullable=True),
        sa.Column("revoked_by", Id, nullable=True),
        sa.Column("answer", sa.String(length=500), server_default="", nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_cards_kind")),
        sa.CheckConstraint(LEVELS, name=op.f("ck_cards_level")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_cards_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_cards_deadline_id_deadlines")
        ),
        *(
            sa.ForeignKeyConstraint([who], ["users.id"], name=op.f(f"fk_cards_{who}_users"))
            for who in ("confirmed_by", "appealed_by", "revoked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("deadline_id", "level", "at", name=op.f("uq_cards_deadline_id_level_at")),
    )
    op.create_index(op.f("ix_cards_case_id"), "cards", ["case_id"])
    op.create_index(op.f("ix_cards_issued_at"), "cards", ["issued_at"])


def _supervisions() -> None:
    op.create_table(
        "supervisions",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("no", sa.String(length=60), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("asked_by", Id, nullable=True),
        sa.Column("key", sa.String(length=64), server_default="", nullable=False),
        sa.Column("answered_at", Moment, nullable=True),
        sa.Column("answered_by", Id, nullable=True),
        sa.Column("answer", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("closed_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_supervisions_case_id_cases")),
        *(
            sa.ForeignKeyConstraint([who], ["users.id"], name=op.f(f"fk_supervisions_{who}_users"))
            for who in ("asked_by", "answered_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervisions")),
        sa.UniqueConstraint("no", name=op.f("uq_supervisions_no")),
    )
    op.create_index(op.f("ix_supervisions_case_id"), "supervisions", ["case_id"])


def _watch_what_runs() -> None:
    """Clocks that run are looked at once by the worker, which reckons what they have earned and may yet earn."""
    op.execute(
        "UPDATE deadlines SET card_at = started_at WHERE settled_at IS NULL AND armed AND clock IN "
        "('promised', 'special', 'prereview', 'delivery', 'acknowledge', 'supervision', 'contact', 'rectify')"
    )
