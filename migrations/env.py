"""How Alembic reaches the database: configured in code by ``migrations.upgrade``, never by a file."""

from alembic import context

from engine.store import everything

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=everything.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
