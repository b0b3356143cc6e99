"""How Alembic reaches the database: configured in code by ``engine.store.schema``, never by a file.

All missing migrations are one transaction on both databases, and only one process runs them at a time. SQLite
changes a table by building it anew, which its foreign keys would not let happen: they rest while it migrates,
and before the end every reference is looked up.
"""

from alembic import context

from engine.store import everything

#: What one process holds while it migrates a PostgreSQL; the number means nothing but this.
LOCK = 20261123

#: How the transaction begins: SQLite takes its write lock, PostgreSQL waits its turn and as long as it takes.
BEGIN = {
    "sqlite": ("PRAGMA foreign_keys=OFF", "BEGIN IMMEDIATE"),
    "postgresql": ("SET LOCAL statement_timeout = 0", f"SELECT pg_advisory_xact_lock({LOCK})"),
}

connection = context.config.attributes["connection"]
is_sqlite = connection.dialect.name == "sqlite"
context.configure(
    connection=connection,
    target_metadata=everything.metadata,
    render_as_batch=is_sqlite,
    compare_type=True,
    transactional_ddl=True,
)
try:
    with context.begin_transaction():
        for statement in BEGIN[connection.dialect.name]:
            connection.exec_driver_sql(statement)
        context.run_migrations()
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first() if is_sqlite else None
        if lost is not None:
            raise RuntimeError(f"a reference was lost in table {lost[0]}")
finally:
    if is_sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
