"""Alembic's entry: runs on the connection it is handed, or connects to BATON_DATABASE_URL for `alembic` by hand."""

import os

from alembic import context
from sqlalchemy import Connection, create_engine

from app.storage.tables import metadata


def _is_ours(_object, name, type_, reflected, compare_to):  # noqa: ANN001, ANN202
    """Partitions are made as months come, not by migrations."""
    return not (type_ == "table" and reflected and compare_to is None and name.startswith("event_"))


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, include_object=_is_ours)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    url = os.environ["BATON_DATABASE_URL"].replace("+asyncpg", "")
    with create_engine(url).connect() as connection:
        _run(connection)
