"""The team: who works when, and who can do what."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor
from itsm.dispatch import need_queries, policy, team_queries
from itsm.dispatch.plan_forms import MemberForm, SkillForm
from itsm.dispatch.service import team as service
from itsm.dispatch.views.blueprint import bp


@bp.get("/einsatz/team")
def team() -> ResponseReturnValue:
    """Show the managers with their hours, skills and coming absences."""
    return _page(SkillForm(formdata=None))


@bp.route("/einsatz/team/<int:user_id>", methods=["GET", "POST"])
def team_member(user_id: int) -> ResponseReturnValue:
    """Change the hours and skills of a manager."""
    member = team_queries.member_for(actor(), user_id, clock.local_day(clock.now()))
    hours = member.hours or dict.fromkeys(team_queries.WORKWEEK, team_queries.USUAL_HOURS)
    known = {name: hours.get(weekday) for weekday, name in enumerate(MemberForm.WEEK)}
    form = MemberForm(skills=[skill.id for skill in member.skills], **known).offer(need_queries.skills())
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.set_hours(actor(), member.user, form.hours(), clock.now())
            service.set_skills(actor(), member.user, form.skills.data)
        if not form.form_errors:
            flash(f"Dienstzeiten und Fähigkeiten von {member.user.name} sind gespeichert.", "success")
            return redirect(url_for("dispatch.team"))
    member = team_queries.member_for(actor(), user_id, clock.local_day(clock.now()))
    return render_template("dispatch/team_member.html", member=member, form=form), form.status


@bp.post("/einsatz/team/faehigkeiten")
def add_skill() -> ResponseReturnValue:
    """Add a skill to the list."""
    form = SkillForm()
    team_queries.require_edit(actor())
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.add_skill(actor(), form.name.data)
        if not form.form_errors:
            flash(f"„{form.name.data}“ steht jetzt in der Liste.", "success")
            return redirect(url_for("dispatch.team", _anchor="faehigkeiten"))
    return _page(form), form.status


@bp.route("/einsatz/team/faehigkeiten/<int:skill_id>", methods=["GET", "POST"])
def rename_skill(skill_id: int) -> ResponseReturnValue:
    """Call a skill something else."""
    skill = team_queries.skill_for(actor(), skill_id)
    form = SkillForm(obj=skill)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.rename_skill(actor(), skill, form.name.data)
        if not form.form_errors:
            flash("Die Fähigkeit ist umbenannt.", "success")
            return redirect(url_for("dispatch.team", _anchor="faehigkeiten"))
    return render_template("dispatch/team_skill.html", skill_id=skill_id, form=form), form.status


@bp.post("/einsatz/team/faehigkeiten/<int:skill_id>/entfernen")
def remove_skill(skill_id: int) -> ResponseReturnValue:
    """Take a skill off the list."""
    with writing():
        service.remove_skill(actor(), team_queries.skill_for(actor(), skill_id))
    flash("Die Fähigkeit ist entfernt.", "success")
    return redirect(url_for("dispatch.team", _anchor="faehigkeiten"))


def _page(form: SkillForm) -> str:
    me, today = actor(), clock.local_day(clock.now())
    members = team_queries.members_for(me, today)
    return render_template(
        "dispatch/team.html",
        members=members,
        skills=need_queries.skills(),
        form=form,
        may_edit=policy.may_edit_team(me),
        today=today,
    )
