"""The blueprint of these pages and the name of the token in the cookie."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
TOKEN = "token"  # noqa: S105
