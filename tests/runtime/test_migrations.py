"""The migrations lead from nothing to the models, and back by one step."""

import re

import sqlalchemy as sa
from alembic import autogenerate
from procrastinate.schema import SchemaManager

from itsm.core import queue
from itsm.core.db import Model
from itsm.operations import schema
from migrations import new

VERSIONS = schema.MIGRATIONS / "versions"

# What PostgreSQL itself keeps of columns, constraints and indexes, in its own words.
CATALOGUE = sa.text(
    """
    SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod) || ' '
        || a.attnotnull || ' ' || a.attgenerated::text || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'constraint', c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
    FROM pg_constraint c WHERE c.connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'function', '', p.proname, md5(p.prosrc) FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    """
)


def _catalogue(url: str) -> set[tuple[str, ...]]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(CATALOGUE) if row[1] != "alembic_version"}


def test_an_empty_database_migrated_to_the_head_equals_the_models(empty_database: str) -> None:
    assert schema.migrate(empty_database) == (None, schema.newest())
    migrated = _catalogue(empty_database)
    engine = sa.create_engine(empty_database, poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert autogenerate.compare_metadata(new.comparing(connection), Model.metadata) == []
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
        Model.metadata.create_all(connection)
        queue.create_tables(connection)
        connection.commit()
    assert _catalogue(empty_database) == migrated


def test_the_last_step_leads_down_and_up_again(migrated_database: str) -> None:
    at_head = _catalogue(migrated_database)
    before = schema.names()[1]
    assert schema.migrate(migrated_database, before) == (schema.newest(), before)
    assert schema.migrate(migrated_database) == (before, schema.newest())
    assert _catalogue(migrated_database) == at_head


def test_all_steps_down_leave_nothing(migrated_database: str) -> None:
    schema.migrate(migrated_database, "base")
    assert _catalogue(migrated_database) == set()


def test_a_second_migration_changes_nothing_of_what_a_city_starts_with(migrated_database: str) -> None:
    first = _starts_with(migrated_database)
    assert first[0] > 5 and first[1:] == [8, 2]
    assert schema.migrate(migrated_database) == (schema.newest(), schema.newest())
    assert _starts_with(migrated_database) == first


def _starts_with(url: str) -> list[int]:
    """Return the number of kinds of faults, of shelves, and of desks."""
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        tables = ("fault_type", "kb_category", "support_group")
        return [connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in tables]


def test_the_head_file_names_the_last_migration_and_names_are_numbered() -> None:
    names = sorted(path.stem for path in VERSIONS.glob("*.py"))
    assert [name[:5] for name in names] == [f"{number:04}_" for number in range(1, len(names) + 1)]
    assert schema.newest() == names[-1] == schema.names()[0]


def test_no_migration_imports_the_product() -> None:
    for path in VERSIONS.glob("*.py"):
        assert not re.search(r"^(from|import) itsm", path.read_text("utf-8"), re.MULTILINE), path.name


def test_the_tables_of_the_queue_are_those_of_the_installed_library() -> None:
    newest = sorted(VERSIONS.glob("procrastinate_*.sql"))[-1]
    assert newest.read_text("utf-8") == SchemaManager.get_schema()
