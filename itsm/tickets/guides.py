"""Guides a higher package offers beside a report: tickets carry their numbers and ask for their titles.

Source: docs/rules/deflection.md, DF-2 to DF-4.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

from itsm.core.db import LARGEST_ID
from itsm.tickets.models import Outcome

MOST = 60

# The titles of those of these guides that a school may read on a day.
Titles = Callable[[Collection[int], date], Mapping[int, str]]

_sources: list[Titles] = []


@dataclass(frozen=True)
class Guides:
    """Numbers of the guides that were shown, opened and tried beside a report, and of the one that helped."""

    shown: tuple[int, ...] = ()
    opened: tuple[int, ...] = ()
    tried: tuple[int, ...] = ()
    helped: int | None = None

    def __bool__(self) -> bool:
        return bool(self.shown or self.opened or self.tried or self.helped)

    def carried(self) -> Iterator[tuple[str, int]]:
        """Return name and value of the hidden fields that carry them from screen to screen."""
        for name in ("shown", "opened", "tried"):
            for number in getattr(self, name):
                yield f"guide_{name}", number


@dataclass(frozen=True)
class Told:
    """What a report says about its guides: steps that were tried in vain, and the solution if one helped."""

    steps: tuple[tuple[str, Outcome], ...] = ()
    solution: str = ""


def add_source(titles: Titles) -> None:
    """Let a higher package say what its guides are called."""
    if titles not in _sources:
        _sources.append(titles)


def read(form: MultiDict[str, str], address: MultiDict[str, str]) -> Guides:
    """Return what stood beside a report so far; at its beginning the address names the guide somebody comes from."""
    shown, opened, tried = (numbers(form.getlist(f"guide_{name}", int)) for name in ("shown", "opened", "tried"))
    helped = numbers(form.getlist("guide_helped", int))
    came_from = () if form else numbers(address.getlist("artikel", int))
    return Guides(shown, opened, tried or came_from, helped[0] if helped else None)


def numbers(typed: Collection[int]) -> tuple[int, ...]:
    """Return those that can be numbers of guides, each once, and not more than a report can have shown."""
    return tuple(dict.fromkeys(number for number in typed if 0 < number <= LARGEST_ID))[:MOST]


def told(guides: Guides, on: date) -> Told:
    """Return what the ticket says; a guide the school may not read is not named."""
    wanted = {*guides.tried, *([guides.helped] if guides.helped else [])}
    titles = {number: title for source in _sources if wanted for number, title in source(wanted, on).items()}
    steps = tuple(
        (f"Anleitung „{titles[number]}“ befolgt", Outcome.NOT_HELPED) for number in guides.tried if number in titles
    )
    if guides.helped is None:
        return Told(steps)
    title = titles.get(guides.helped)
    return Told(steps, f"Mit der Anleitung „{title}“ selbst gelöst." if title else "Mit einer Anleitung selbst gelöst.")
