"""Pages of a list, by their number in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for

SIZE = 20
# As far as anybody turns pages.
MOST = 500


@dataclass
class Pages:
    """Which page of a list is shown, and the addresses of its neighbours, which keep what else is named."""

    kept: Mapping[str, str]
    total: int = 0
    shown: int = field(default_factory=lambda: min(max(request.args.get("seite", 1, type=int), 1), MOST))

    @property
    def first(self) -> int:
        """How many rows come before this page."""
        return (self.shown - 1) * SIZE

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // SIZE))

    def href(self, number: int) -> str | None:
        """Return the address of a page; None for one that does not exist."""
        if not 1 <= number <= min(self.last, MOST):
            return None
        return address({**self.kept, "seite": str(number) if number > 1 else None})


def address(keys: Mapping[str, str | None]) -> str:
    """Return the address of the page that is shown, with these keys and no others."""
    parts: dict[str, Any] = {**(request.view_args or {}), **keys}
    return url_for(request.endpoint or "", **parts)
