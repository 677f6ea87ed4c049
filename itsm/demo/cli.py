"""The command that loads the demo city."""

import json

import click
from flask import current_app

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.german import number
from itsm.demo import load
from itsm.demo.people import PASSWORD, SIGN_INS, sign_in_table


@click.command()
@click.option("--seed", default=load.SEED, help="Eine andere Zahl ergibt eine andere Stadt.")
@click.option("--json", "as_json", is_flag=True, help="Das Ergebnis als JSON ausgeben.")
def demo(seed: int, as_json: bool) -> None:
    """Die erfundene Demo-Stadt in die leere Datenbank laden und die Anmeldungen zeigen."""
    settings = current_app.config["SETTINGS"]
    if settings.production:
        raise NotAllowed("Im Betrieb (ITSM_ENV=production) wird keine Demo-Stadt geladen.")
    with writing():
        counts = load.load(clock.now(), seed, devices=settings.demo_percent / 100)
    if as_json:
        people = [{"role": label, "email": address} for label, address in SIGN_INS]
        click.echo(json.dumps({"rows": counts, "sign_ins": people, "password": PASSWORD}, ensure_ascii=False))
        return
    numbers = {
        "Schulen": "school",
        "Geräte": "device",
        "Störungen": "ticket",
        "Besuche": "visit",
        "Artikel": "kb_article",
    }
    click.echo(f"Geladen: {', '.join(f'{number(counts[key])} {label}' for label, key in numbers.items())}.")
    click.echo(sign_in_table())
