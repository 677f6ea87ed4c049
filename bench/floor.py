"""The floor: a bare Flask + SQLAlchemy application with one indexed table, as little as such a thing can do."""

import os
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Flask, redirect, render_template_string, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bench.floor_data import Item

PAGE_SIZE = 25
LIST = "<!doctype html><ul>{% for row in rows %}<li><a href='/{{ row.id }}'>{{ row.title }}</a></li>{% endfor %}</ul>"
RECORD = "<!doctype html><h1>{{ row.title }}</h1><p>{{ row.text }}</p>"

app = Flask(__name__)
engine = sa.create_engine(os.environ["FLOOR_DATABASE_URL"], pool_size=5)


@app.get("/")
def show_list() -> ResponseReturnValue:
    """The newest open ones."""
    with Session(engine) as session:
        rows = session.scalars(
            sa.select(Item).where(Item.state == "open").order_by(Item.id.desc()).limit(PAGE_SIZE)
        ).all()
        return render_template_string(LIST, rows=rows)


@app.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    """One by its number."""
    with Session(engine) as session:
        return render_template_string(RECORD, row=session.get_one(Item, number))


@app.post("/")
def add() -> ResponseReturnValue:
    """Add one."""
    with Session(engine) as session:
        item = Item(state="open", title=request.form["title"], text=request.form["text"], made_at=datetime.now(UTC))
        session.add(item)
        session.commit()
        return redirect(f"/{item.id}")
