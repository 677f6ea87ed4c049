"""What the small edit pages of a school have in common."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core.forms import Form
from itsm.org.models import School, Site


def edit_page(
    school: School, form: Form, title: str, site: Site | None = None, remove: tuple[str, str] | None = None
) -> ResponseReturnValue:
    """One small form on a page of its own, with everything that was typed; `remove` is a button and its address."""
    return render_template(
        "org/edit.html", school=school, site=site, form=form, title=title, remove=remove
    ), form.status


def back_to(school: School, part: str, said: str) -> ResponseReturnValue:
    """Go back to the place on the school's page where the change was made, and say that it is saved."""
    flash(said, "success")
    return redirect(url_for("org.show_school", number=school.number, _anchor=part))


def back_to_site(school: School, site: Site, said: str) -> ResponseReturnValue:
    """Go back to the page of the building and say that the change is saved."""
    flash(said, "success")
    return redirect(url_for("org.show_site", number=school.number, site_id=site.id))
