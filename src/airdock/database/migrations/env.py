"""What Alembic runs: the migrations, on the connection that `airdock.database.schema` hands over."""

from alembic import context

# SQLite can undo what a migration did so far, as the transaction was begun before the first statement.
context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
