"""Incidents say what failed and how often; tasks may be delegated; copies of a case for information."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)

SOURCES = "source IN ('act', 'letter', 'deadline', 'card', 'calendar', 'event', 'former')"


def upgrade() -> None:
    _incidents()
    _cases()
    _tasks()
    _copies()


def _incidents() -> None:
    """What was written down before is kept as *former*: nobody knew what had failed."""
    with op.batch_alter_table("incidents") as table:
        table.alter_column("case_id", existing_type=Id, nullable=True)
        table.alter_column("try_at", existing_type=Moment, nullable=True)
        table.add_column(sa.Column("matter_key", sa.String(60), nullable=True))
        table.add_column(sa.Column("source", sa.String(10), nullable=True))
        table.add_column(sa.Column("about", sa.String(120), nullable=True))
        table.add_column(sa.Column("what", sa.String(30), nullable=True))
        table.add_column(sa.Column("by_id", Id, nullable=True))
        table.add_column(sa.Column("by_name", sa.String(60), nullable=True))
        table.add_column(sa.Column("times", sa.Integer(), server_default="1", nullable=False))
        table.add_column(sa.Column("last_at", Moment, nullable=True))
        table.add_column(sa.Column("settled_by", Id, nullable=True))
        table.add_column(sa.Column("settled_how", sa.String(500), server_default="", nullable=False))
    op.execute(
        "UPDATE incidents SET source = 'former', about = CAST(id AS VARCHAR(20)), what = 'former', by_name = '联办流转',"
        " last_at = at, try_at = NULL,"
        " matter_key = (SELECT matter_key FROM cases WHERE cases.id = incidents.case_id)"
    )
    with op.batch_alter_table("incidents") as table:
        for name, type_ in (
            ("matter_key", 60),
            ("source", 10),
            ("about", 120),
            ("what", 30),
            ("by_name", 60),
        ):
            table.alter_column(name, existing_type=sa.String(type_), nullable=False)
        table.alter_column("last_at", existing_type=Moment, nullable=False)
        for name in ("by_id", "settled_by"):
            table.create_foreign_key(op.f(f"fk_incidents_{name}_users"), "users", [name], ["id"])
        table.create_check_constraint(op.f("ck_incidents_source"), SOURCES)
    still = sa.text("settled_at IS NULL")
    op.create_index(
        "uq_incidents_open",
        "incidents",
        ["source", "about"],
        unique=True,
        sqlite_where=still,
        postgresql_where=still,
    )


def _cases() -> None:
    op.add_column("cases", sa.Column("troubled", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(
        "UPDATE cases SET troubled = true"
        " WHERE id IN (SELECT case_id FROM incidents WHERE settled_at IS NULL)"
    )


def _tasks() -> None:
    """In words of SQL: Alembic would copy the whole table of a SQLite for one column that refers to another."""
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE tasks ADD COLUMN delegator_id {kind}"
        " CONSTRAINT fk_tasks_delegator_id_users REFERENCES users (id)"
    )


def _copies() -> None:
    op.create_table(
        "copies",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("task_id", Id, nullable=False),
        sa.Column("to_id", Id, nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("words", sa.String(500), server_default="", nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("read_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_copies_case_id_cases")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_copies_task_id_tasks")),
        sa.ForeignKeyConstraint(["to_id"], ["users.id"], name=op.f("fk_copies_to_id_users")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_copies_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copies")),
        sa.UniqueConstraint("task_id", "to_id", name=op.f("uq_copies_task_id_to_id")),
    )
    op.create_index(op.f("ix_copies_case_id"), "copies", ["case_id"])
    op.create_index(op.f("ix_copies_to_id"), "copies", ["to_id"])
