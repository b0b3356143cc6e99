"""How Alembic reaches the database: configured in code by ``engine.store.schema``, never by a file.

All missing migrations are one transaction on both databases, and only one process runs them at a time.
"""

from alembic import context

from engine.store import everything

#: What one process holds while it migrates a PostgreSQL; the number means nothing but this.
LOCK = 20261123

#: How the transaction begins: SQLite takes its write lock, PostgreSQL waits its turn and as long as it takes.
BEGIN = {
    "sqlite": ("BEGIN IMMEDIATE",),
    "postgresql": ("SET LOCAL statement_timeout = 0", f"SELECT pg_advisory_xact_lock({LOCK})"),
}

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=everything.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    for statement in BEGIN[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    context.run_migrations()
