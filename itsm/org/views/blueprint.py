"""The blueprint of these pages."""

from flask import Blueprint

bp = Blueprint("org", __name__)
