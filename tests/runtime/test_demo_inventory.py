"""The devices of the demo city: the totals of the annual report, everything else invented."""

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from itsm.assets.kinds import Kind
from itsm.assets.models import DeviceModel
from itsm.assets.serials import is_serial, is_tag
from itsm.assets.states import WORKING, State
from itsm.demo import city
from itsm.demo.inventory import ORDER, Inventory
from itsm.demo.names import People
from itsm.demo.rows import Rows
from itsm.org.school_forms import SCHOOL_FORMS

SUNDAY = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


def made(share: float, seed: int = 1) -> Inventory:
    rows, random = Rows(), Random(seed)
    town = city.build(rows, random, People(random))
    inventory = Inventory(rows, seed, town, SUNDAY)
    inventory.build(share)
    return inventory


@pytest.fixture(scope="module")
def whole() -> Inventory:
    return made(1)


def per_form(inventory: Inventory, *kinds: Kind) -> Counter[str]:
    """Working devices of these classes by the name of the school form, as the report spells it."""
    forms = {school.id: SCHOOL_FORMS[school.form_key] for school in inventory.city.schools}
    models = dict(enumerate((model["kind"] for model in inventory.rows.of(DeviceModel)), start=1))
    return Counter(
        forms[device["school_id"]]
        for device in inventory.devices
        if device["state"] in WORKING and models[device["model_id"]] in kinds
    )


@pytest.mark.parametrize(
    ("file", "column", "kind"),
    [
        ("pcs_laptops.csv", "desktop_ops_pc", Kind.DESKTOP),
        ("pcs_laptops.csv", "laptop", Kind.LAPTOP),
        ("praesentation.csv", "beamer", Kind.PROJECTOR),
        ("praesentation.csv", "displays", Kind.DISPLAY),
        ("ipads.csv", "ipads", Kind.IPAD),
    ],
)
def test_every_total_of_the_report_comes_out(
    whole: Inventory, shared: Path, file: str, column: str, kind: Kind
) -> None:
    rows = list(csv.DictReader((shared / "data/seed" / file).read_text("utf-8").splitlines()))
    found = per_form(whole, kind)
    for row in rows:
        forms = row["schulform"].split("/")
        assert sum(found[form] for form in forms) == int(row[column]), row["schulform"]
    assert found.total() == sum(int(row[column]) for row in rows)


def test_every_device_says_that_it_is_invented_and_has_a_number_of_its_own(whole: Inventory) -> None:
    devices = whole.devices
    assert all(device["order_number"].startswith(ORDER) for device in devices)
    assert all(device["serial"].startswith("DEMO") and is_serial(device["serial"]) for device in devices)
    assert all(is_tag(device["tag"]) for device in devices)
    for column in ("tag", "serial"):
        assert len({device[column] for device in devices}) == len(devices)


def test_every_lent_device_has_exactly_one_holder(whole: Inventory) -> None:
    lent = [device["id"] for device in whole.devices if device["state"] is State.LENT]
    assert len(lent) > 20_000
    assert lent == sorted(loan["device_id"] for loan in whole.loans)


def test_the_same_number_gives_the_same_devices() -> None:
    assert made(0.02).devices == made(0.02).devices
    assert made(0.02).devices != made(0.02, seed=2).devices
