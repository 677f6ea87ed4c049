"""The routing table of the team lead."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.web import actor
from itsm.org.models import School
from itsm.tickets import policy, queries, routing
from itsm.tickets.list_forms import RuleForm
from itsm.tickets.models import RoutingRule
from itsm.tickets.views.blueprint import bp


@bp.get("/zustaendigkeiten")
def routes() -> ResponseReturnValue:
    """Show who takes which kind of fault, and try it out for one school."""
    _editors_only()
    number = request.args.get("schule", "").strip()[:6]
    school = queries.school_of_number(number) if number else None
    return render_template(
        "tickets/routes.html",
        rules=routing.rules(),
        number=number,
        school=school,
        preview=routing.preview(school) if school else [],
        responsible=_responsible(school),
    )


@bp.route("/zustaendigkeiten/neu", methods=["GET", "POST"])
def add_rule() -> ResponseReturnValue:
    """Add a rule."""
    return _rule_page(None)


@bp.route("/zustaendigkeiten/<int:rule_id>", methods=["GET", "POST"])
def change_rule(rule_id: int) -> ResponseReturnValue:
    """Change a rule."""
    _editors_only()
    return _rule_page(routing.get(rule_id))


@bp.post("/zustaendigkeiten/<int:rule_id>/loeschen")
def delete_rule(rule_id: int) -> ResponseReturnValue:
    """Delete a rule."""
    _editors_only()
    with writing():
        routing.delete_rule(actor(), routing.get(rule_id))
    return redirect(url_for("tickets.routes"), 303)


def _rule_page(rule: RoutingRule | None) -> ResponseReturnValue:
    _editors_only()
    form, sites = RuleForm(), routing.site_labels()
    form.offer(queries.fault_types(), routing.groups())
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            site_id = _site_of(form.site.data, sites)
            routing.set_rule(actor(), form.fault.data, site_id, form.chosen, form.group.data, rule)
        if not form.form_errors:
            return redirect(url_for("tickets.routes"), 303)
    elif request.method == "GET" and rule is not None:
        _show(form, rule, sites)
    return render_template("tickets/rule.html", form=form, rule=rule, sites=sites), form.status


def _show(form: RuleForm, rule: RoutingRule, sites: dict[str, int]) -> None:
    form.fault.data, form.target.data, form.group.data = rule.fault_type_id, rule.target.value, rule.group_id
    form.site.data = next((label for label, site_id in sites.items() if site_id == rule.site_id), "")


def _site_of(label: str | None, sites: dict[str, int]) -> int | None:
    if not label:
        return None
    if label not in sites:
        raise DomainError("Dieses Gebäude kennen wir nicht. Bitte wählen Sie eines aus der Liste.")
    return sites[label]


def _responsible(school: School | None) -> routing.Responsible | None:
    return routing.responsible(school.district_id, clock.local_day(clock.now())) if school else None


def _editors_only() -> None:
    if not policy.may_edit_routing(actor()):
        raise NotAllowed("Zuständigkeiten sieht und ändert die Teamleitung.")
