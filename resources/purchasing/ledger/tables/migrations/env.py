"""Alembic's entry: migrate on the connection that the ledger opened, in its transaction."""

from alembic import context

from resources.purchasing.ledger.tables.rows import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
