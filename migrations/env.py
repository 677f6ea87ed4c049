"""Run by alembic: migrates over the connection it is given, one transaction for all steps."""

import sqlalchemy as sa
from alembic import context

# The names of constraints as the models give them, spelled out: a migration never imports a model.
NAMES = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
context.configure(connection=context.config.attributes["connection"], target_metadata=NAMES)
with context.begin_transaction():
    context.run_migrations()
