"""A clock of its own for what an informed commitment said falsely, cards for what is owed or checked after a grant,
who asked to mend.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

CLOCKS = (
    "clock IN ('notice', 'prereview', 'promised', 'legal', 'stage', 'correction', 'tolerance', 'delivery', 'timer', "
    "'special', 'renewal', 'assign', 'hearing', 'rectify', 'contact', 'supervision', 'follow', 'acknowledge', "
    "'transfer', 'aftergrant', 'amend', 'remind')"
)
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = "kind IN ('case', 'special', 'online', 'certificate', 'consult', 'complaint', 'promise', 'check')"


#: What each table is told anew, and the constraint that knew the words of before.
CHECKS = (
    ("deadlines", "ck_deadlines_clock", CLOCKS),
    ("dues", "ck_dues_clock", CLOCKS),
    ("cards", "ck_cards_kind", KINDS),
)


def upgrade() -> None:
    for table, name, words in CHECKS:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(name), type_="check")
            batch.create_check_constraint(op.f(name), words)
    _notices()
    # Until now nothing but a false commitment was put right on this clock, under this key.
    op.execute(
        "UPDATE deadlines SET clock = 'amend', key = '', card_at = NULL "
        "WHERE clock = 'rectify' AND key = 'commitment'"
    )
    # Clocks that run are looked at once by the worker, which reckons what they have earned and may yet earn.
    op.execute(
        "UPDATE deadlines SET card_at = started_at WHERE settled_at IS NULL AND armed "
        "AND clock IN ('aftergrant', 'follow', 'amend')"
    )


def _notices() -> None:
    """Who issued a notice to mend was told by the journal only; what it says of those before is written down."""
    with op.batch_alter_table("corrections") as batch:
        batch.add_column(sa.Column("asked_by", Id, nullable=True))
        batch.create_foreign_key(op.f("fk_corrections_asked_by_users"), "users", ["asked_by"], ["id"])
    op.create_index(op.f("ix_corrections_asked_at"), "corrections", ["asked_at"])
    op.create_index(op.f("ix_commitments_made_at"), "commitments", ["made_at"])
    op.execute(
        "UPDATE corrections SET asked_by = (SELECT min(journal.by_id) FROM journal "
        "WHERE journal.case_id = corrections.case_id AND journal.act = 'correction asked' "
        "AND journal.at = corrections.asked_at)"
    )
