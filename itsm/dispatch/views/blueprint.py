"""The blueprint of field support."""

from flask import Blueprint

bp = Blueprint("dispatch", __name__)
