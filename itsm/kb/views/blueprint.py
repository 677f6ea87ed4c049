"""The one blueprint all pages of this package hang on."""

from flask import Blueprint

bp = Blueprint("kb", __name__)
