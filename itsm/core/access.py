"""Who may do what: roles, verbs, the one table between them, and the person of a request."""

from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute


class Role(StrEnum):
    """What a person is at a school, in a district, or for the city."""

    REPORTER = "reporter"
    MEDIA_COORDINATOR = "media_coordinator"
    HEAD_OF_SCHOOL = "head_of_school"
    CAMPUS_MANAGER = "campus_manager"
    SECOND_LEVEL = "second_level"
    DISPATCHER = "dispatcher"
    CLAIMS_CLERK = "claims_clerk"
    CLAIMS_APPROVER = "claims_approver"
    KB_EDITOR = "kb_editor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_LABELS = {
    Role.REPORTER: "Schulpersonal",
    Role.MEDIA_COORDINATOR: "Medienkoordination",
    Role.HEAD_OF_SCHOOL: "Schulleitung",
    Role.CAMPUS_MANAGER: "Campusmanagement",
    Role.SECOND_LEVEL: "Systemhaus",
    Role.DISPATCHER: "Teamleitung",
    Role.CLAIMS_CLERK: "Schadensbearbeitung",
    Role.CLAIMS_APPROVER: "Schadensfreigabe",
    Role.KB_EDITOR: "Redaktion",
    Role.AUDITOR: "Revision",
    Role.ADMINISTRATOR: "Administration",
}


class Verb(StrEnum):
    """Everything a person can be granted; the value is what the interface calls it."""

    SCHOOL_SEE = "Schule ansehen"
    SCHOOL_EDIT = "Räume, Kontakte und Zeiten einer Schule ändern"
    SCHOOL_SHARING = "Einsicht des Kollegiums festlegen"
    SCHOOL_MOVE = "Schule in einen anderen Bezirk geben"
    SCHOOL_IMPORT = "Schulen und Bezirke einlesen"
    PERSON_SEE = "Personen ansehen"
    PERSON_INVITE = "Kollegium der eigenen Schule einladen"
    PERSON_MANAGE = "Personen und Rechte verwalten"
    ABSENCE_EDIT = "Abwesenheiten aller eintragen"
    ABSENCE_OWN = "eigene Abwesenheit eintragen"
    TICKET_REPORT = "Störung melden"
    TICKET_SEE_OWN = "eigene Störungen ansehen"
    TICKET_SEE_SCHOOL = "Störungen der Schule ansehen, wenn die Schulleitung es erlaubt"
    TICKET_SEE = "alle Störungen im Bereich ansehen"
    TICKET_SEE_INTERNAL = "interne Einträge ansehen"
    TICKET_WORK = "Störungen vor Ort bearbeiten"
    TICKET_SECOND_LEVEL = "Störungen im Systemhaus bearbeiten"
    TICKET_DISPATCH = "Störungen verteilen"
    ROUTING_EDIT = "Zuständigkeiten ändern"
    DISTURBANCE_EDIT = "bekannte Störungen eintragen"
    VISIT_SEE = "Besuche ansehen"
    VISIT_DRIVE = "Besuche durchführen"
    VISIT_PLAN = "Besuche planen"
    VISIT_ANSWER = "Besuchstermine bestätigen"
    VISIT_FIGURES = "Zahlen der Einsätze ansehen"
    DEVICE_PICK = "Geräte der eigenen Schule beim Melden auswählen"
    DEVICE_SEE = "Gerätebestand ansehen"
    DEVICE_PLACE = "Geräte im Gebäude umziehen"
    DEVICE_EDIT = "Geräte anlegen, ändern und tauschen"
    DEVICE_COUNT = "Inventur machen"
    DEVICE_IMPORT = "Geräte einlesen und mit dem MDM abgleichen"
    LOAN_SEE = "sehen, wer ein Gerät hat"
    LOAN_EDIT = "Geräte ausgeben und zurücknehmen"
    LIFE_CYCLE_SEE = "Ausstattung und Austausch ansehen"
    LIFE_CYCLE_EDIT = "Ausstattung und Austausch planen"
    CASE_REPORT = "Schaden, Diebstahl oder Verlust melden"
    CASE_SEE_OWN = "eigene Schadensmeldungen ansehen"
    CASE_SEE = "Schadensfälle ansehen"
    CASE_WORK = "Schadensfälle bearbeiten"
    DEVICE_LOCK = "Sperren und Orten beantragen und freigeben"
    CLAIM_SEE = "Forderungen mit Namen ansehen"
    CLAIM_WORK = "Forderungen bearbeiten und Zahlungen buchen"
    CLAIM_APPROVE = "Forderungen freigeben"
    CASE_FIGURES = "Zahlen zu Schäden und Forderungen ansehen"
    KB_READ_STAFF = "Artikel für Schulpersonal lesen"
    KB_READ_SUPPORT = "Artikel für den Support lesen"
    KB_SUBMIT = "Artikel einreichen"
    KB_DRAFT = "eigene Artikelentwürfe schreiben"
    KB_EDIT = "Artikel schreiben, prüfen und veröffentlichen"
    KB_FIGURES = "Zahlen der Wissensdatenbank ansehen"
    CONTACT_EDIT = "Ansprechpartner*innen pflegen"
    SETTING_EDIT = "Einstellungen ändern"
    OPERATIONS_SEE = "Postausgang und Zeitaufträge ansehen"
    OPERATIONS_RUN = "Postausgang und Zeitaufträge steuern"


_SCHOOL_STAFF = frozenset({Role.REPORTER, Role.MEDIA_COORDINATOR, Role.HEAD_OF_SCHOOL})
_SCHOOL_LEADS = frozenset({Role.MEDIA_COORDINATOR, Role.HEAD_OF_SCHOOL})
_SUPPORT = frozenset({Role.CAMPUS_MANAGER, Role.SECOND_LEVEL, Role.DISPATCHER})
_CLAIMS = frozenset({Role.CLAIMS_CLERK, Role.CLAIMS_APPROVER})
_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
_AUDITOR = frozenset({Role.AUDITOR})
_DISPATCHER = frozenset({Role.DISPATCHER})
_EDITOR = frozenset({Role.KB_EDITOR})

GRANTED: dict[Verb, frozenset[Role]] = {
    Verb.SCHOOL_SEE: frozenset(Role),
    Verb.SCHOOL_EDIT: _SCHOOL_LEADS | _DISPATCHER | _ADMINISTRATOR | {Role.CAMPUS_MANAGER},
    Verb.SCHOOL_SHARING: frozenset({Role.HEAD_OF_SCHOOL}) | _ADMINISTRATOR,
    Verb.SCHOOL_MOVE: _DISPATCHER | _ADMINISTRATOR,
    Verb.SCHOOL_IMPORT: _ADMINISTRATOR,
    Verb.PERSON_SEE: _SCHOOL_LEADS | _DISPATCHER | _ADMINISTRATOR | _AUDITOR,
    Verb.PERSON_INVITE: _SCHOOL_LEADS | _ADMINISTRATOR,
    Verb.PERSON_MANAGE: _ADMINISTRATOR,
    Verb.ABSENCE_EDIT: _DISPATCHER | _ADMINISTRATOR,
    Verb.ABSENCE_OWN: _SUPPORT,
    Verb.TICKET_REPORT: _SCHOOL_STAFF | _SUPPORT | _ADMINISTRATOR,
    Verb.TICKET_SEE_OWN: _SCHOOL_STAFF,
    Verb.TICKET_SEE_SCHOOL: frozenset({Role.REPORTER}),
    Verb.TICKET_SEE: _SCHOOL_LEADS | _SUPPORT | _AUDITOR | _ADMINISTRATOR,
    Verb.TICKET_SEE_INTERNAL: _SUPPORT | _AUDITOR | _ADMINISTRATOR,
    Verb.TICKET_WORK: frozenset({Role.CAMPUS_MANAGER, Role.DISPATCHER}) | _ADMINISTRATOR,
    Verb.TICKET_SECOND_LEVEL: frozenset({Role.SECOND_LEVEL}) | _ADMINISTRATOR,
    Verb.TICKET_DISPATCH: _DISPATCHER | _ADMINISTRATOR,
    Verb.ROUTING_EDIT: _DISPATCHER | _ADMINISTRATOR,
    Verb.DISTURBANCE_EDIT: _SUPPORT | _ADMINISTRATOR,
    Verb.VISIT_SEE: _SCHOOL_LEADS | _SUPPORT | _AUDITOR | _ADMINISTRATOR,
    Verb.VISIT_DRIVE: frozenset({Role.CAMPUS_MANAGER}) | _ADMINISTRATOR,
    Verb.VISIT_PLAN: frozenset({Role.CAMPUS_MANAGER, Role.DISPATCHER}) | _ADMINISTRATOR,
    Verb.VISIT_ANSWER: _SCHOOL_LEADS | _ADMINISTRATOR,
    Verb.VISIT_FIGURES: _DISPATCHER | _AUDITOR | _ADMINISTRATOR,
    Verb.DEVICE_PICK: _SCHOOL_STAFF | _SUPPORT | _ADMINISTRATOR,
    Verb.DEVICE_SEE: _SCHOOL_LEADS | _SUPPORT | _CLAIMS | _AUDITOR | _ADMINISTRATOR,
    Verb.DEVICE_PLACE: _SCHOOL_LEADS | _SUPPORT | _ADMINISTRATOR,
    Verb.DEVICE_EDIT: _SUPPORT | _ADMINISTRATOR,
    Verb.DEVICE_COUNT: _SCHOOL_LEADS | _SUPPORT | _ADMINISTRATOR,
    Verb.DEVICE_IMPORT: frozenset({Role.SECOND_LEVEL}) | _ADMINISTRATOR,
    # The names of pupils concern the school, and whoever examines a damage; no support and no administrator.
    Verb.LOAN_SEE: _SCHOOL_LEADS | _CLAIMS,
    Verb.LOAN_EDIT: _SCHOOL_LEADS,
    Verb.LIFE_CYCLE_SEE: _SCHOOL_LEADS | _SUPPORT | _CLAIMS | _AUDITOR | _ADMINISTRATOR,
    Verb.LIFE_CYCLE_EDIT: frozenset({Role.SECOND_LEVEL}) | _DISPATCHER | _ADMINISTRATOR,
    Verb.CASE_REPORT: _SCHOOL_STAFF | _SUPPORT | _CLAIMS | _ADMINISTRATOR,
    Verb.CASE_SEE_OWN: frozenset(Role),
    # What happened and what becomes of the device; the words of the report are for the school and the claims staff.
    Verb.CASE_SEE: _SCHOOL_LEADS | _SUPPORT | _CLAIMS | _AUDITOR | _ADMINISTRATOR,
    Verb.CASE_WORK: _CLAIMS,
    Verb.DEVICE_LOCK: _CLAIMS,
    # Names of pupils and parents: nobody but those who examine the claim, not even administrators.
    Verb.CLAIM_SEE: _CLAIMS,
    Verb.CLAIM_WORK: _CLAIMS,
    Verb.CLAIM_APPROVE: frozenset({Role.CLAIMS_APPROVER}),
    Verb.CASE_FIGURES: _CLAIMS | _DISPATCHER | _AUDITOR | _ADMINISTRATOR,
    Verb.KB_READ_STAFF: frozenset(Role),
    Verb.KB_READ_SUPPORT: _SUPPORT | _CLAIMS | _EDITOR | _AUDITOR | _ADMINISTRATOR,
    Verb.KB_SUBMIT: _SCHOOL_STAFF,
    Verb.KB_DRAFT: _SUPPORT | _CLAIMS | _EDITOR | _ADMINISTRATOR,
    Verb.KB_EDIT: _EDITOR | _ADMINISTRATOR,
    Verb.KB_FIGURES: _EDITOR | _DISPATCHER | _AUDITOR | _ADMINISTRATOR,
    Verb.CONTACT_EDIT: _EDITOR | _DISPATCHER | _ADMINISTRATOR,
    Verb.SETTING_EDIT: _DISPATCHER | _ADMINISTRATOR,
    Verb.OPERATIONS_SEE: _ADMINISTRATOR | _AUDITOR,
    Verb.OPERATIONS_RUN: _ADMINISTRATOR,
}


@dataclass(frozen=True)
class Grant:
    """A role at one school, in one district, or (both None) for the whole city."""

    role: Role
    school_id: int | None = None
    district_id: int | None = None


@dataclass(frozen=True)
class Scope:
    """Where a verb is granted: everywhere, or at these schools and in these districts."""

    everywhere: bool
    school_ids: frozenset[int]
    district_ids: frozenset[int]

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.school_ids) or bool(self.district_ids)

    def covers(self, school_id: int | None, district_id: int | None) -> bool:
        """Say whether the verb is granted for a thing of this school and district."""
        return self.everywhere or school_id in self.school_ids or district_id in self.district_ids

    def among(
        self,
        school_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
        district_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None] | None,
    ) -> sa.ColumnElement[bool]:
        """Return the SQL twin of `covers` over these columns; it draws the same line."""
        if self.everywhere:
            return sa.true()
        parts: list[sa.ColumnElement[bool]] = []
        if self.school_ids:
            parts.append(school_id.in_(sorted(self.school_ids)))
        if self.district_ids and district_id is not None:
            parts.append(district_id.in_(sorted(self.district_ids)))
        return sa.or_(*parts) if parts else sa.false()


@dataclass(frozen=True)
class Actor:
    """The person of a request or job, frozen with the grants that hold today."""

    user_id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    email: str = field(default="", compare=False)

    @property
    def signed_in(self) -> bool:
        """Whether this is a person who has signed in."""
        return self.user_id is not None

    def scope(self, verb: Verb) -> Scope:
        """Return where this person may do `verb`."""
        grants = [grant for grant in self.grants if grant.role in GRANTED[verb]]
        return Scope(
            everywhere=any(grant.school_id is None and grant.district_id is None for grant in grants),
            school_ids=frozenset(grant.school_id for grant in grants if grant.school_id is not None),
            district_ids=frozenset(grant.district_id for grant in grants if grant.district_id is not None),
        )

    def may(self, verb: Verb, *, school_id: int | None = None, district_id: int | None = None) -> bool:
        """Say whether `verb` is granted for a thing of this school and district."""
        return self.scope(verb).covers(school_id, district_id)

    def may_somewhere(self, verb: Verb) -> bool:
        """Say whether `verb` is granted anywhere; for entries in menus."""
        return bool(self.scope(verb))

    def has(self, role: Role) -> bool:
        """Say whether the person holds this role anywhere; for landing pages only, never for rights."""
        return any(grant.role is role for grant in self.grants)


STRANGER = Actor(user_id=None, name="Gast")
# Jobs act for the city; what they do is recorded without a person.
SYSTEM = Actor(user_id=None, name="System", grants=(Grant(Role.ADMINISTRATOR), Grant(Role.DISPATCHER)))
