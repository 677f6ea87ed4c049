"""A plan as pages and files show it: its shares added up by whatever is asked."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from itsm.assets.waves.plan import Quarter

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Share:
    """The devices of a school in a quarter, planned and delivered."""

    school_id: int
    number: str
    name: str
    form: str
    quarter: Quarter
    count: int
    delivered: int = 0


@dataclass(frozen=True)
class Sum:
    """Devices of some shares, and what they cost."""

    count: int
    delivered: int
    cost_cents: int


@dataclass(frozen=True)
class Summary:
    """All shares a person sees, in the order of the quarters; what stays over age only of the whole city."""

    shares: Sequence[Share]
    price_cents: int
    left_over: dict[int, int]

    @cached_property
    def total(self) -> Sum:
        """All of it."""
        return self._sum(self.shares)

    @cached_property
    def per_year(self) -> dict[int, Sum]:
        """Each year, in order."""
        return self._by(lambda share: share.quarter.year)

    @cached_property
    def per_quarter(self) -> dict[Quarter, Sum]:
        """Each quarter that gets something, in order."""
        return self._by(lambda share: share.quarter)

    @cached_property
    def per_form(self) -> dict[str, Sum]:
        """Each school form, by name."""
        return self._by(lambda share: share.form)

    def schools(self, text: str = "") -> list[list[Share]]:
        """Return the shares of each school whose name or number holds the text, by name."""
        wanted = text.casefold()
        of_school: dict[tuple[str, str], list[Share]] = {}
        for share in self.shares:
            if wanted in share.name.casefold() or wanted in share.number:
                of_school.setdefault((share.name, share.number), []).append(share)
        return [of_school[key] for key in sorted(of_school)]

    def _by(self, key: Callable[[Share], K]) -> dict[K, Sum]:
        found: dict[K, list[Share]] = {}
        for share in self.shares:
            found.setdefault(key(share), []).append(share)
        return {name: self._sum(found[name]) for name in sorted(found)}  # type: ignore[type-var]

    def _sum(self, shares: Sequence[Share]) -> Sum:
        count = sum(share.count for share in shares)
        return Sum(count, sum(share.delivered for share in shares), count * self.price_cents)
