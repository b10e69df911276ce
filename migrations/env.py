"""Runs the revisions on a connection that the application hands over; there is no address and no secret here."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
