"""The command that lets the first people in."""

import json

import click
from flask import current_app

from itsm.accounts import links, queries
from itsm.accounts.models import LinkKind, User
from itsm.accounts.policy import PLACE_OF, Place
from itsm.accounts.service import people
from itsm.core import clock
from itsm.core.access import SYSTEM, Role
from itsm.core.db import db, writing
from itsm.core.errors import DomainError


@click.command("add", help="Eine Person mit einem Recht anlegen; der Link zum Kennwort wird gezeigt und gemailt.")
@click.argument("email")
@click.option("--name", required=True, help="Vor- und Nachname.")
@click.option("--role", required=True, help=f"Eine von: {', '.join(Role)}.")
@click.option("--school", help="Nummer der Schule, für Rollen an einer Schule.")
@click.option("--district", type=int, help="Nummer des Bezirks, für Rollen in einem Bezirk.")
@click.option("--json", "as_json", is_flag=True, help="Das Ergebnis als JSON ausgeben.")
def add_user(email: str, name: str, role: str, school: str | None, district: int | None, as_json: bool) -> None:
    """Add a person and show the invitation link; who has a password already only gets the right."""
    right = _right(role, school, district)
    if not name.strip():
        raise DomainError("Bitte geben Sie mit --name den Vor- und Nachnamen an.")
    with writing():
        user = people.add_person(SYSTEM, " ".join(name.split()), email, "", right, clock.now())
        path = None if user.password_hash else _path(user)
    link = path and f"{current_app.config['BASE_URL']}{path}"
    if as_json:
        click.echo(json.dumps({"id": user.id, "email": user.email, "role": right.role, "link": link}))
        return
    click.echo(f"{user.name} <{user.email}> ist angelegt.")
    click.echo(f"Kennwort festlegen (24 Stunden, einmal): {link}" if link else "Ein Kennwort ist schon gesetzt.")


def _path(user: User) -> str:
    """Return the path of a link of its own: the one in the mail works beside it until either is used."""
    nonce = links.make(user, LinkKind.INVITATION, clock.now())
    db.session.flush()
    return links.path_of(nonce, LinkKind.INVITATION)


def _right(word: str, school: str | None, district: int | None) -> people.Right:
    if word not in set(Role):
        raise DomainError(f"Die Rolle „{word}“ gibt es nicht. Es gibt: {', '.join(Role)}.")
    role = Role(word)
    if school and district is not None:
        raise DomainError("Bitte entweder --school oder --district angeben, nicht beides.")
    if PLACE_OF[role] is Place.SCHOOL and not school:
        raise DomainError(f"Die Rolle „{role}“ gilt an einer Schule. Bitte --school NUMMER angeben.")
    if PLACE_OF[role] is Place.DISTRICT and district is None:
        raise DomainError(f"Die Rolle „{role}“ gilt in einem Bezirk. Bitte --district NUMMER angeben.")
    school_id, district_id = queries.place_by_number(school=school, district=district)
    return people.Right(role, school_id, district_id)
