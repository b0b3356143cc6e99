"""A clock of its own for what an informed commitment said falsely; cards for what is owed or checked after a grant."""

from alembic import op

revision = "0017"
down_revision = "0010"

CLOCKS = (
    "clock IN ('notice', 'prereview', 'promised', 'legal', 'stage', 'correction', 'tolerance', 'delivery', 'timer', "
    "'special', 'renewal', 'assign', 'hearing', 'rectify', 'contact', 'supervision', 'follow', 'acknowledge', "
    "'transfer', 'aftergrant', 'amend', 'remind')"
)
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
