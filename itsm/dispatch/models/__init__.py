"""Tables of field support."""

from itsm.dispatch.models.needs import Skill, UserSkill, WorkNeed, WorkNeedSkill
from itsm.dispatch.models.outages import Outage, OutageKind
from itsm.dispatch.models.plans import BoardStep, Cause, StepKind, WeekPlan, WeekPlanStep
from itsm.dispatch.models.promises import CalendarFeed, SlotChoice, SlotOffer
from itsm.dispatch.models.visits import (
    Assurance,
    DecidedDay,
    Result,
    Visit,
    VisitingTime,
    VisitKind,
    VisitTask,
    VisitTicket,
    Workday,
)

__all__ = [
    "Assurance",
    "BoardStep",
    "CalendarFeed",
    "Cause",
    "DecidedDay",
    "Outage",
    "OutageKind",
    "Result",
    "Skill",
    "SlotChoice",
    "SlotOffer",
    "StepKind",
    "UserSkill",
    "Visit",
    "VisitKind",
    "VisitTask",
    "VisitTicket",
    "VisitingTime",
    "WeekPlan",
    "WeekPlanStep",
    "WorkNeed",
    "WorkNeedSkill",
    "Workday",
]
