"""Selects of the device page, the models page and the search box; all begin with what the person may see."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from itsm.assets import policy, search
from itsm.assets.kinds import Kind
from itsm.assets.life import WARRANTY_SOON_DAYS
from itsm.assets.models import CostKind, Device, DeviceCost, DeviceModel, Loan
from itsm.assets.states import WORKING
from itsm.core.access import Actor, Verb
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotAllowed, NotFound
from itsm.org.models import Room, School

FOUND = 5


def cost_of(device: Device, cost_id: int) -> DeviceCost:
    """Return a cost entered for this device.

    Raises: NotFound for one of another device.
    """
    cost = db.session.get(DeviceCost, cost_id) if 0 < cost_id <= LARGEST_ID else None
    if cost is None or cost.device_id != device.id:
        raise NotFound("Diese Kosten gibt es nicht mehr.")
    return cost


def usual_repair_cents(model: DeviceModel) -> int | None:
    """Return what a repair of this model has cost on average, in the whole city; None without any."""
    average = (
        sa.select(sa.func.avg(DeviceCost.cents))
        .join(Device, Device.id == DeviceCost.device_id)
        .where(Device.model_id == model.id, DeviceCost.kind == CostKind.REPAIR)
    )
    found = db.session.scalar(average)
    return None if found is None else round(found)


def model_to_edit(actor: Actor, model_id: int) -> DeviceModel:
    """Return a model for somebody who may change it.

    Raises: NotFound; NotAllowed for who only sees models.
    """
    model = db.session.get(DeviceModel, model_id) if 0 < model_id <= LARGEST_ID else None
    if model is None or not actor.may_somewhere(Verb.DEVICE_SEE):
        raise NotFound("Dieses Modell gibt es nicht, oder Sie haben darauf keinen Zugriff.")
    if not policy.may_edit_models(actor):
        raise NotAllowed("Modelle tragen das Campusmanagement, das Systemhaus und die Teamleitung ein.")
    return model


def models_in_figures(actor: Actor, on: date, lives: Mapping[Kind, int]) -> Sequence[sa.Row[Any]]:
    """Return every model with the working devices the actor sees: how many, their age, over age, warranty, costs.

    A model nobody has any more is listed for those who may change it. Four queries.
    """
    soon = Device.warranty_until.between(on, on + timedelta(days=WARRANTY_SOON_DAYS))
    figures = (
        sa.select(
            Device.model_id,
            sa.func.count().label("devices"),
            sa.func.avg(sa.literal(on) - Device.in_service_on).label("age_days"),
            sa.func.count().filter(search.over_age(on, lives)).label("over_age"),
            sa.func.count().filter(soon).label("warranty_soon"),
        )
        .where(policy.visible_to(actor), Device.state.in_(sorted(WORKING)))
        .group_by(Device.model_id)
        .subquery()
    )
    spent = (
        sa.select(Device.model_id, sa.func.sum(DeviceCost.cents).label("cents"))
        .join(Device, Device.id == DeviceCost.device_id)
        .where(policy.visible_to(actor))
        .group_by(Device.model_id)
        .subquery()
    )
    select = (
        sa.select(DeviceModel, figures, sa.func.coalesce(spent.c.cents, 0).label("spent_cents"))
        .join(figures, figures.c.model_id == DeviceModel.id, isouter=policy.may_edit_models(actor))
        .outerjoin(spent, spent.c.model_id == DeviceModel.id)
        .order_by(DeviceModel.kind, figures.c.devices.desc().nulls_last(), DeviceModel.name)
    )
    return db.session.execute(select).all()


def found(actor: Actor, text: str) -> Sequence[sa.Row[Any]]:
    """Return devices for the one search box: by number, by model, and by holder for who may know."""
    hits = sa.or_(search.numbered(text), search.called(text))
    if actor.may_somewhere(Verb.LOAN_SEE):
        hits = sa.or_(hits, search.held_by(actor, text))
    held = sa.and_(Loan.device_id == Device.id, Loan.returned_at.is_(None), policy.visible_loans(actor))
    select = (
        sa.select(
            Device.id,
            Device.tag,
            Device.state,
            sa.func.trim(DeviceModel.maker + " " + DeviceModel.name).label("model"),
            School.short_name.label("school"),
            Room.name.label("room"),
            Loan.holder_name.label("holder"),
        )
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .outerjoin(School, School.id == Device.school_id)
        .outerjoin(Room, Room.id == Device.room_id)
        .outerjoin(Loan, held)
        .where(policy.visible_to(actor), hits)
    )
    return db.session.execute(select.order_by(Device.tag).limit(FOUND)).all()
