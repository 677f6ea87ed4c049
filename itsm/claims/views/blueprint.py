"""The blueprint of damage cases and claims."""

from flask import Blueprint

bp = Blueprint("claims", __name__)
