"""Two taps at once: one hands out, the other gets a sentence."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from itsm.assets.models import Device, HolderKind, Loan
from itsm.assets.service import loans
from itsm.assets.service.loans import Holder
from itsm.core.access import Role
from itsm.core.db import db, writing
from itsm.core.errors import Conflict
from tests.assets.factories import make_device
from tests.people import MONDAY_9AM, actor_for, make_user


@pytest.mark.usefixtures("emptied")
def test_of_two_hand_outs_of_one_device_at_once_one_succeeds(app: Flask) -> None:
    device = make_device()
    lead = actor_for(make_user(Role.MEDIA_COORDINATOR, school_id=device.school_id))
    device_id = device.id
    db.session.remove()
    both_have_looked = Barrier(2, timeout=10)

    def hand_out(name: str) -> str:
        with app.app_context():
            try:
                with writing():
                    found = db.session.get_one(Device, device_id)
                    assert found.school
                    both_have_looked.wait()
                    loans.hand_out(lead, found, Holder(HolderKind.PUPIL, name), None, MONDAY_9AM)
            except Conflict as conflict:
                return conflict.sentence
            return ""

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(hand_out, ["Kim", "Noa"]))
    assert told[0] == ""
    assert "Das hat gerade jemand anderes geändert" in told[1] or "schon ausgegeben" in told[1]
    assert len(db.session.scalars(sa.select(Loan)).all()) == 1
