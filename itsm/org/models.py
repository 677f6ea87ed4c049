"""Tables of the school authority: districts, schools, sites, rooms, calendars."""

from datetime import date, datetime, time
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.core.db import Model
from itsm.org.school_forms import form_name


class Sharing(StrEnum):
    """Which tickets of their school colleagues see; set by the head of school."""

    OWN = "own"
    ALL = "all"


class District(Model):
    """A campus district; its base is where the managers start and end the day."""

    __tablename__ = "district"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str]
    base_name: Mapped[str | None]
    base_latitude: Mapped[float | None]
    base_longitude: Mapped[float | None]

    schools: Mapped[list["School"]] = relationship(back_populates="district", order_by="School.name")


class School(Model):
    """A school as the ministry lists it; `source` keeps the columns of the file as they were read."""

    __tablename__ = "school"
    __table_args__ = (sa.CheckConstraint("number ~ '^[0-9]{6}$'", name="six_digits"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    short_name: Mapped[str]
    form_key: Mapped[str]
    carrier: Mapped[str] = mapped_column(index=True)
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    homepage: Mapped[str] = mapped_column(default="")
    pupils: Mapped[int | None]
    operating_key: Mapped[str] = mapped_column(default="1")
    operating_since: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    source: Mapped[dict[str, str]] = mapped_column(default=dict)
    district_id: Mapped[int | None] = mapped_column(sa.ForeignKey("district.id"), index=True)
    sharing: Mapped[Sharing] = mapped_column(default=Sharing.ALL)
    visit_note: Mapped[str] = mapped_column(default="")
    version_id: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version_id}

    district: Mapped[District | None] = relationship(back_populates="schools")
    places: Mapped[list["SchoolSite"]] = relationship(
        back_populates="school", order_by="SchoolSite.is_main.desc()", cascade="all, delete-orphan"
    )
    contacts: Mapped[list["Contact"]] = relationship(order_by="Contact.id", cascade="all, delete-orphan")
    iserv_instances: Mapped[list["IServInstance"]] = relationship(
        order_by="IServInstance.host", cascade="all, delete-orphan"
    )
    bell_times: Mapped[list["BellTime"]] = relationship(order_by="BellTime.starts", cascade="all, delete-orphan")
    visiting_hours: Mapped[list["VisitingHours"]] = relationship(
        order_by="VisitingHours.weekday, VisitingHours.opens", cascade="all, delete-orphan"
    )
    movable_days: Mapped[list["MovableDay"]] = relationship(order_by="MovableDay.day", cascade="all, delete-orphan")

    @property
    def form(self) -> str:
        """The name of the school form."""
        return form_name(self.form_key)

    @property
    def main_site(self) -> "Site | None":
        """The building with the official address."""
        main = [place for place in self.places if place.is_main] or self.places
        return main[0].site if main else None


class Site(Model):
    """A building with an address; it may house more than one school."""

    __tablename__ = "site"
    __table_args__ = (sa.UniqueConstraint("street", "postcode"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    street: Mapped[str]
    postcode: Mapped[str]
    town: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    access_note: Mapped[str] = mapped_column(default="")

    places: Mapped[list["SchoolSite"]] = relationship(back_populates="site")
    rooms: Mapped[list["Room"]] = relationship(
        back_populates="site", order_by="Room.name", cascade="all, delete-orphan"
    )

    @property
    def label(self) -> str:
        """What people call the building: its own name, else its street."""
        return self.name or self.street


class SchoolSite(Model):
    """A school uses a site; one of them is its main site."""

    __tablename__ = "school_site"

    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"), primary_key=True, index=True)
    is_main: Mapped[bool] = mapped_column(default=False)

    school: Mapped[School] = relationship(back_populates="places")
    site: Mapped[Site] = relationship(back_populates="places")


class Room(Model):
    """A room of a site, named as its door says."""

    __tablename__ = "room"
    __table_args__ = (sa.UniqueConstraint("site_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"))
    name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")

    site: Mapped[Site] = relationship(back_populates="rooms")


class IServInstance(Model):
    """One IServ server of a school; a school may have several."""

    __tablename__ = "iserv_instance"

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id", ondelete="CASCADE"), index=True)
    host: Mapped[str] = mapped_column(unique=True)
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id"))


class Contact(Model):
    """Somebody at the school to ask for on a visit."""

    __tablename__ = "school_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    function: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")


class BellTime(Model):
    """One lesson of the school's day, in Berlin wall-clock time."""

    __tablename__ = "bell_time"

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id", ondelete="CASCADE"), index=True)
    label: Mapped[str]
    starts: Mapped[time]
    ends: Mapped[time]


class VisitingHours(Model):
    """When support may come on a weekday (0 = Monday), in Berlin wall-clock time."""

    __tablename__ = "visiting_hours"
    __table_args__ = (
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        sa.CheckConstraint("opens < closes", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class MovableDay(Model):
    """A movable holiday (beweglicher Ferientag) the school itself has set."""

    __tablename__ = "movable_day"
    __table_args__ = (sa.UniqueConstraint("school_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id", ondelete="CASCADE"))
    day: Mapped[date]
    name: Mapped[str] = mapped_column(default="")


class SchoolMove(Model):
    """A school went from one district to another; what was done before stays with the old one."""

    __tablename__ = "school_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id", ondelete="CASCADE"), index=True)
    from_district_id: Mapped[int | None] = mapped_column(sa.ForeignKey("district.id"))
    to_district_id: Mapped[int] = mapped_column(sa.ForeignKey("district.id"))
    moved_at: Mapped[datetime]
    moved_by: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")


class SchoolUpload(Model):
    """A school list an administrator has uploaded and not yet taken over."""

    __tablename__ = "school_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str]
    content: Mapped[bytes]
    carrier: Mapped[str]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str]
