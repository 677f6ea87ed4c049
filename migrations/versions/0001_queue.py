"""The tables and functions of the queue, as Procrastinate 3.10.0 wants them."""

from pathlib import Path

from alembic import op

revision = "0001_queue"
down_revision = None
branch_labels = None
depends_on = None

_DROP_ALL = """
DO $$
DECLARE thing text;
BEGIN
    FOR thing IN SELECT format('TABLE %I', relname) FROM pg_class
        WHERE relkind = 'r' AND relname LIKE 'procrastinate\\_%' AND relnamespace = current_schema()::regnamespace
    LOOP EXECUTE 'DROP ' || thing || ' CASCADE'; END LOOP;
    FOR thing IN SELECT format('FUNCTION %s', oid::regprocedure) FROM pg_proc
        WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = current_schema()::regnamespace
    LOOP EXECUTE 'DROP ' || thing || ' CASCADE'; END LOOP;
    FOR thing IN SELECT format('TYPE %I', typname) FROM pg_type
        WHERE typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c') AND typnamespace = current_schema()::regnamespace
    LOOP EXECUTE 'DROP ' || thing || ' CASCADE'; END LOOP;
END $$
"""


def upgrade() -> None:
    statements = Path(__file__).with_name("procrastinate_3_10_0.sql").read_text("utf-8")
    # Through the bare cursor: the script holds several statements and per cent signs.
    op.get_bind().connection.cursor().execute(statements)


def downgrade() -> None:
    op.get_bind().connection.cursor().execute(_DROP_ALL)
