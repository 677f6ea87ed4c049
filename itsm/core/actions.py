"""The buttons of a page about one thing: each with a small form that knows how the thing stood when it was shown."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

import wtforms as w

from itsm.core.forms import Form

T = TypeVar("T")
A = TypeVar("A")


class ActionForm(Form):
    """Nothing to fill in; `seen` says how the thing stood when the person looked."""

    seen = w.HiddenField()

    def choose(self, thing: Any) -> None:
        """Set what can be chosen."""

    def offer(self, thing: Any) -> None:
        """Fill in what stands there now."""


class Button(Generic[T]):
    """The form of a button; mixed into the rows of a page's table, which have its word in the address and its form."""

    slug: str
    form: type[ActionForm]

    @staticmethod
    def stamp(thing: T, /) -> str:
        """Return what tells whether the thing has changed since somebody looked."""
        raise NotImplementedError

    @property
    def kind(self) -> str:
        """The name of the form's template part; "plain" where there is nothing to fill in."""
        return "plain" if self.form is ActionForm else self.form.__name__.removesuffix("Form").lower()

    def blank(self, thing: T) -> ActionForm:
        """Return its form as it stands on the page before anything is typed."""
        form = self.form(formdata=None, prefix=self.slug)
        form.choose(thing)
        form.offer(thing)
        form.seen.data = self.stamp(thing)
        return form

    def sent(self, thing: T) -> ActionForm:
        """Return its form with what was typed."""
        form = self.form(prefix=self.slug)
        form.choose(thing)
        return form


def next_first(found: Iterable[A], is_next: Callable[[A], bool]) -> tuple[A | None, list[A]]:
    """Return the next step of a page, if there is one, and the other buttons in their order."""
    others = list(found)
    first = next((one for one in others if is_next(one)), None)
    return first, [one for one in others if one is not first]
