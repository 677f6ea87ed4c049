"""Models of devices: what one costs today, how many places a charging case has."""

import sqlalchemy as sa

from itsm.assets import policy
from itsm.assets.models import DeviceModel
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed


def keep(
    actor: Actor,
    model: DeviceModel,
    *,
    maker: str,
    name: str,
    identifier: str,
    price_cents: int | None,
    slots: int | None,
) -> DeviceModel:
    """Enter a new model or change one; its class stays what it was made with.

    Raises: NotAllowed; DomainError for a name its class has already.
    """
    if not policy.may_edit_models(actor):
        raise NotAllowed("Modelle tragen das Campusmanagement, das Systemhaus und die Teamleitung ein.")
    same = sa.select(DeviceModel.id).where(
        DeviceModel.kind == model.kind, DeviceModel.maker == maker, DeviceModel.name == name, DeviceModel.id != model.id
    )
    with db.session.no_autoflush:
        if db.session.scalar(sa.select(same.exists())):
            raise DomainError(f"Das Modell „{maker} {name}“ gibt es in dieser Art schon.")
    model.maker, model.name, model.identifier = maker, name, identifier
    model.price_cents, model.slots = price_cents, slots
    db.session.add(model)
    db.session.flush()
    return model
