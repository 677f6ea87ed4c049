"""The devices of the demo city: as many per school form as in the annual report, everything about them invented."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain
from random import Random

import sqlalchemy as sa

from itsm.accounts.models import User
from itsm.assets.kinds import Kind
from itsm.assets.models import Acknowledgement, Device, DeviceModel, HolderKind, Loan, SchoolSize
from itsm.assets.states import State
from itsm.core import clock
from itsm.core.apportion import apportion
from itsm.core.db import Model, db
from itsm.demo.batches import BATCHES, Batch
from itsm.demo.city import City, SchoolPlan
from itsm.demo.names import Pupils
from itsm.demo.rows import Row, Rows
from itsm.demo.school_sizes import size_of
from itsm.demo.stock_figures import TOTALS
from itsm.tickets.models import Ticket, TicketDevice

ORDER = "VORFÜHRUNG"
CASE_SLOTS = 16
_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


_CASE_FORMS = ("02", "08")
_LENT_SHARE = 0.35
_STATES = ((State.IN_STOCK, 4), (State.IN_REPAIR, 1), (State.DAMAGED, 1))
_LOST_PER_1000 = ((State.STOLEN, 1.4), (State.LOST, 0.2), (State.RETIRED, 12))


class Inventory:
    """Makes all devices, school by school; the same city and number give the same devices."""

    def __init__(self, rows: Rows, seed: int, city: City, at: datetime) -> None:
        self.rows, self.city, self.at, self.today = rows, city, at, clock.local_day(at)
        self.random = Random(f"{seed}-inventory")  # noqa: S311 - nothing here is a secret
        self.pupils = Pupils(self.random)
        self.models: dict[Batch, int] = {}
        self.devices: list[Row] = []
        self.loans: list[Row] = []
        self.tags: Counter[str] = Counter()
        self.sizes = {school.id: size_of(self.random, school) for school in city.schools}

    def build(self, share: float) -> None:
        """Make sizes, models and devices; `share` is the part of the report's totals, for small cities."""
        for school_id, size in self.sizes.items():
            self.rows.add(SchoolSize, school_id=school_id, valid_from=date(2025, 8, 1), **size)
        for kind, batches in BATCHES.items():
            self._add_models(kind, batches)
        for kind, per_forms in TOTALS.items():
            for forms, total in per_forms.items():
                self._distribute(kind, forms, round(total * share))
        self._add_cases()
        self._lend_to_staff()

    def _add_models(self, kind: Kind, batches: Sequence[Batch]) -> None:
        ids: dict[str, int] = {}
        for batch in batches:
            if batch.name not in ids:
                ids[batch.name] = self.rows.add(
                    DeviceModel,
                    kind=kind,
                    maker=batch.maker,
                    name=batch.name,
                    identifier=batch.identifier,
                    price_cents=batch.cents,
                    slots=CASE_SLOTS if kind is Kind.CHARGING_CASE else None,
                )
            self.models[batch] = ids[batch.name]

    def _distribute(self, kind: Kind, forms: tuple[str, ...], total: int) -> None:
        """Give the schools of these forms their part, by their size and a little luck."""
        schools = [school for school in self.city.schools if school.form_key in forms]
        weights = [int(self._weight(kind, school) * self.random.uniform(0.88, 1.12)) for school in schools]
        for school, count in zip(schools, apportion(total, weights), strict=True):
            batches = apportion(count, [batch.weight for batch in BATCHES[kind]])
            for batch, number in zip(BATCHES[kind], batches, strict=True):
                for _ in range(number):
                    self._add(school, kind, batch)
                for state, per_1000 in _LOST_PER_1000:
                    for _ in range(int(number * per_1000 / 1000 + self.random.random())):
                        self._add(school, kind, batch, state)

    def _weight(self, kind: Kind, school: SchoolPlan) -> int:
        size = self.sizes[school.id]
        if kind is Kind.IPAD:
            need = size["pupils_1_2"] / 2 + size["pupils_3_4"] + size["pupils_secondary"] + size["pupils_full_time"]
            return int(100 * (need + size["pupils_dual"] / 2 + size["teachers"]))
        return int(100 * (size["teachers"] if kind is Kind.LAPTOP else size["rooms"]))

    def _add(self, school: SchoolPlan, kind: Kind, batch: Batch, state: State | None = None) -> Row:
        random, number = self.random, len(self.devices) + 1
        bought = date(batch.year, random.randint(1, 12), random.randint(1, 28))
        started = min(bought + timedelta(days=random.randint(14, 120)), self.today)
        site_id = school.site_ids[0 if random.random() < 0.75 else -1]
        self.tags[school.number] += 1
        device: Row = {
            "id": number,
            "tag": f"DS-{school.number}-{self.tags[school.number]:04}",
            "serial": f"DEMO{_code(number)}",
            "model_id": self.models[batch],
            "school_id": school.id,
            "site_id": site_id,
            "room_id": random.choice(self.city.rooms[site_id]),
            "case_id": None,
            "slot": None,
            "state": state or self._state(),
            "state_at": clock.at_local(started, time(9)),
            "purchased_on": bought,
            "price_cents": batch.cents,
            "order_number": f"{ORDER}-{batch.year}",
            "funding": batch.funding,
            "in_service_on": started,
            "warranty_until": date(bought.year + (5 if kind is Kind.DISPLAY else 2), bought.month, bought.day),
            "mdm_id": f"00008030-{number:016X}" if kind is Kind.IPAD else None,
            "note": "",
            "version_id": 1,
        }
        self.devices.append(device)
        if kind is Kind.IPAD and device["state"] is State.IN_USE and random.random() < _LENT_SHARE:
            self._lend(school, device)
        return device

    def _state(self) -> State:
        luck = self.random.randrange(100)
        for state, percent in _STATES:
            if luck < percent:
                return state
            luck -= percent
        return State.IN_USE

    def _lend(self, school: SchoolPlan, device: Row, staff_id: int | None = None) -> None:
        """Put a device into the hands of a member of staff, or of a pupil."""
        name, group = self.pupils.next(school.form_key)
        if staff_id is not None:
            name, group = self.rows.of(User)[staff_id - 1]["name"], ""
        lent_at = max(device["state_at"], self.at - timedelta(days=self.random.randint(20, 700)))
        device["state"], device["state_at"], device["room_id"] = State.LENT, lent_at, None
        year = self.today.year + (1 if self.today.month > 7 else 0)
        self.loans.append(
            {
                "device_id": device["id"],
                "school_id": school.id,
                "holder_kind": HolderKind.STAFF if staff_id else HolderKind.PUPIL,
                "holder_name": name,
                "holder_group": group,
                "holder_email": "",
                "user_id": staff_id,
                "accessories": "Hülle, Netzteil, Kabel",
                "handed_out_at": lent_at,
                "due_on": date(year, 7, 10) if self.random.random() < 0.985 else self.today - timedelta(days=9),
                "acknowledged_at": lent_at,
                "acknowledged_by": Acknowledgement.PAPER,
                "signature": "",
                "condition_note": "",
                "version_id": 1,
            }
        )

    def _lend_to_staff(self) -> None:
        """Give everybody of the staff who can sign in an iPad."""
        at_hand = self._ipads_at_hand()
        for school in self.city.schools:
            for staff_id, device in zip(school.staff_ids, at_hand[school.id][::-1], strict=False):
                self._lend(school, device, staff_id)

    def _ipads_at_hand(self) -> dict[int, list[Row]]:
        """Return the iPads of each school that nobody has and that lie in no case."""
        found: dict[int, list[Row]] = defaultdict(list)
        for device in self.devices:
            if device["mdm_id"] and device["state"] is State.IN_USE and device["case_id"] is None:
                found[device["school_id"]].append(device)
        return found

    def _add_cases(self) -> None:
        """Give small schools charging cases, each with iPads in its places."""
        at_hand = self._ipads_at_hand()
        for school in (school for school in self.city.schools if school.form_key in _CASE_FORMS):
            ipads = at_hand[school.id]
            for start in range(0, min(len(ipads) - CASE_SLOTS, 2 * CASE_SLOTS), CASE_SLOTS):
                case = self._add(school, Kind.CHARGING_CASE, BATCHES[Kind.CHARGING_CASE][0], State.IN_USE)
                for slot, device in enumerate(ipads[start : start + CASE_SLOTS], start=1):
                    device.update(case_id=case["id"], slot=slot, site_id=case["site_id"], room_id=case["room_id"])
            for _ in range(4 if school.id % 3 == 0 else 0):
                self._add(school, Kind.DIGITAL_TOOL, BATCHES[Kind.DIGITAL_TOOL][0])

    def insert(self) -> dict[str, int]:
        """Insert what was made; schools, rooms and models are in the database already."""
        # Cases first: a device names the one it lies in.
        _copy(Device, sorted(self.devices, key=lambda device: device["case_id"] is not None))
        db.session.execute(
            sa.text("SELECT setval(pg_get_serial_sequence('device', 'id'), :last)"), {"last": max(len(self.devices), 1)}
        )
        db.session.execute(_ADDED)
        db.session.execute(_MOVED, {"moves": json.dumps(_MOVE_TO)})
        _copy(Loan, self.loans)
        # Or the first pages would be planned for empty tables.
        db.session.execute(sa.text("ANALYZE device, device_change, loan"))
        same_tag = sa.and_(Device.tag == TicketDevice.tag, Device.school_id == Ticket.school_id)
        db.session.execute(
            sa.update(TicketDevice)
            .where(TicketDevice.ticket_id == Ticket.id, same_tag)
            .values(device_id=Device.id)
            .execution_options(synchronize_session=False)
        )
        return {"device": len(self.devices), "loan": len(self.loans)}


# What became of a device since it came, as the name of its move.
_MOVE_TO = {
    State.LENT: "lend",
    State.IN_REPAIR: "send-to-repair",
    State.DAMAGED: "damage",
    State.STOLEN: "steal",
    State.LOST: "lose",
    State.RETIRED: "retire",
}
_ADDED = sa.text("""
INSERT INTO device_change (device_id, at, what, before, after, text)
SELECT id, (in_service_on + time '09:00') AT TIME ZONE 'Europe/Berlin', 'add', '{}',
    jsonb_build_object('state', CASE state WHEN 'in_stock' THEN state ELSE 'in_use' END), 'Erfunden für die Vorführung.'
FROM device ORDER BY id
""")
_MOVED = sa.text("""
INSERT INTO device_change (device_id, at, what, before, after, text)
SELECT id, state_at, CAST(:moves AS jsonb) ->> state, '{"state": "in_use"}', jsonb_build_object('state', state), ''
FROM device WHERE CAST(:moves AS jsonb) ? state ORDER BY id
""")


def _code(number: int) -> str:
    """Return a number as six letters and digits that do not look counted."""
    scattered, code = number * 48_271_193 % 36**6, ""
    for _ in range(6):
        scattered, digit = divmod(scattered, 36)
        code += _BASE_36[digit]
    return code


def _copy(model: type[Model], rows: Iterable[Row]) -> None:
    """Stream rows with the same columns into a table; a hundred thousand take seconds."""
    remaining = iter(rows)
    first = next(remaining, None)
    if first is None:
        return
    cursor = db.session.connection().connection.cursor()
    with cursor.copy(f"COPY {model.__tablename__} ({', '.join(first)}) FROM STDIN") as stream:
        for row in chain((first,), remaining):
            stream.write_row([value.value if isinstance(value, StrEnum) else value for value in row.values()])
