"""Write the next migration from what the models have and the database has not: python -m migrations.new "words"."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from textwrap import indent

import sqlalchemy as sa
from alembic import autogenerate, util
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from itsm.accounts import models as _accounts  # noqa: F401
from itsm.assets import models as _assets  # noqa: F401
from itsm.claims import models as _claims  # noqa: F401
from itsm.core import figures as _figures  # noqa: F401
from itsm.core import jobs as _jobs  # noqa: F401
from itsm.core import outbox as _outbox  # noqa: F401
from itsm.core import postgres
from itsm.core.db import Model, UtcDateTime
from itsm.dispatch import models as _dispatch  # noqa: F401
from itsm.dispatch import travel as _travel  # noqa: F401
from itsm.kb import models as _kb  # noqa: F401
from itsm.operations import schema
from itsm.org import models as _org  # noqa: F401
from itsm.tickets import models as _tickets  # noqa: F401

INDENT = " " * 4
VERSIONS = schema.MIGRATIONS / "versions"


def of_ours(thing: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Leave out the tables of the queue, which come from its own SQL."""
    return not (kind == "table" and str(name).startswith(("procrastinate_", "alembic_")))


def plain_types(kind: str, thing: object, context: AutogenContext) -> str | bool:
    """Write our column types as SQLAlchemy's, so that a migration does not change with the code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False


def comparing(connection: sa.Connection) -> MigrationContext:
    """Return what compares the tables of a database with the models."""
    return MigrationContext.configure(
        connection,
        opts={
            "target_metadata": Model.metadata,
            "include_object": of_ours,
            "compare_type": True,
            "compare_server_default": True,
            "render_item": plain_types,
            "sqlalchemy_module_prefix": "sa.",
            "alembic_module_prefix": "op.",
            "user_module_prefix": None,
            "render_as_batch": False,
            "transactional_ddl": True,
        },
    )


def write(words: str) -> Path:
    """Write the next migration and name it in `.head`; return its path."""
    before = schema.newest()
    name = f"{int(before[:4]) + 1:04}_{re.sub('[^a-z0-9]+', '_', words.lower()).strip('_')}"
    with tempfile.TemporaryDirectory(prefix="itsm-") as folder:
        instance = Path(folder)
        try:
            url = postgres.url(instance)
            schema.migrate(url)
            with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
                upgrades, downgrades, imports = _code(comparing(connection))
        finally:
            postgres.stop(instance)
    path = VERSIONS / f"{name}.py"
    util.template_to_file(
        str(schema.MIGRATIONS / "script.py.mako"),
        str(path),
        "utf-8",
        message=words.capitalize(),
        up_revision=name,
        down_revision=before,
        upgrades=upgrades,
        downgrades=downgrades,
        imports=imports,
    )
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(path)], check=True)  # noqa: S603
    (schema.MIGRATIONS / ".head").write_text(f"{name}\n", "utf-8")
    return path


def _code(context: MigrationContext) -> tuple[str, str, str]:
    script = autogenerate.produce_migrations(context, Model.metadata)
    assert isinstance(script, ops.MigrationScript)  # noqa: S101
    autogen = AutogenContext(context, Model.metadata, context.opts, autogenerate=False)
    both = (script.upgrade_ops, script.downgrade_ops)
    up, down = ("\n".join(autogenerate.render_op_text(autogen, step) for step in steps.ops) for steps in both if steps)
    return indent(up, INDENT).strip(), indent(down, INDENT).strip(), "\n".join(sorted(autogen.imports))


if __name__ == "__main__":
    print(write(sys.argv[1]))  # noqa: T201
