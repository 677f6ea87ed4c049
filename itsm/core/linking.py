"""Addresses of this site in a text become links; nothing else does."""

import re

from flask import Flask, current_app
from markupsafe import Markup, escape

_PATH = r"(/[\w-]+(?:/[\w-]+)*)"


def linked(text: str) -> Markup:
    """Return a text, escaped, in which an address of this site is a link."""
    own = re.compile(re.escape(str(escape(current_app.config["BASE_URL"]))) + _PATH)
    return Markup(own.sub(r'<a class="kern-link" href="\1">\g<0></a>', str(escape(text))))  # noqa: S704


def init(app: Flask) -> None:
    """Let templates use it."""
    app.jinja_env.filters["linked"] = linked
