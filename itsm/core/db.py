"""The database: base class, column types, and the one way to write."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm.exc import StaleDataError

from itsm.core.errors import Conflict

# The largest number a row can have; a larger one, asked for by hand, would upset the driver.
LARGEST_ID = 2**31 - 1


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment in UTC; refuses naive values."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Pass a moment to the driver, unless it has no zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return the moment in UTC, whatever zone the connection has."""
        return None if value is None else value.astimezone(UTC)


def choice(enum: type[StrEnum], name: str | None = None) -> sa.Enum:
    """Return the column type of an enum: its values as text, held by a CHECK of this name.

    Stored by value, since a member's name would tie the data to the spelling in the code.
    A table with two columns of one enum has to name the CHECKs apart.
    """
    return sa.Enum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


class Model(DeclarativeBase):
    """Base of every table."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime,
        dict[str, Any]: JSONB,
        dict[str, str]: JSONB,
        list[str]: JSONB,
        StrEnum: choice(StrEnum),
        str: sa.Text,
    }


# Plain metadata instead of a model class: db.Model and a type map do not go together.
db = SQLAlchemy(metadata=Model.metadata, disable_autonaming=True)


@contextmanager
def writing() -> Iterator[None]:
    """Commit what the block changed, or nothing of it.

    Raises: Conflict if somebody else changed one of the rows since it was read.
    """
    try:
        yield
        db.session.commit()
    except StaleDataError as error:
        db.session.rollback()
        raise Conflict(
            "Das hat gerade jemand anderes geändert. Bitte laden Sie die Seite neu und prüfen Sie den neuen Stand."
        ) from error
    except BaseException:
        db.session.rollback()
        raise
