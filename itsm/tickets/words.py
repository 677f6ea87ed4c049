"""German words for what tickets are made of."""

from enum import StrEnum

from itsm.tickets.models import Outcome, Target
from itsm.tickets.states import State

OUTCOMES = {
    Outcome.HELPED: "hat geholfen",
    Outcome.NOT_HELPED: "nicht geholfen",
    Outcome.NOT_POSSIBLE: "nicht möglich",
}
TARGETS = {
    Target.ON_SITE: "Campusmanagement vor Ort",
    Target.SECOND_LEVEL: "Systemhaus",
    Target.NOT_OURS: "nicht unsere Aufgabe",
}
STATE_KINDS = {
    State.NEW: "info",
    State.ACCEPTED: "info",
    State.PLANNED: "info",
    State.WAITING_SCHOOL: "warning",
    State.WAITING_SUPPLIER: "neutral",
    State.SECOND_LEVEL: "info",
    State.SOLVED: "success",
    State.CLOSED: "neutral",
    State.WITHDRAWN: "neutral",
}
MOVES = {
    "report": "Gemeldet",
    "accept": "Angenommen",
    "plan": "Besuch geplant",
    "unplan": "Besuch entfällt",
    "ask-school": "Rückfrage an die Schule",
    "answer": "Antwort der Schule",
    "answer-second-level": "Antwort der Schule",
    "await-supplier": "Wartet auf Lieferung",
    "delivered": "Lieferung ist da",
    "escalate": "An das Systemhaus gegeben",
    "give-back": "Vom Systemhaus zurückgegeben",
    "solve": "Gelöst",
    "close": "Abgeschlossen",
    "give-up-waiting": "Ohne Antwort geschlossen",
    "reopen": "Wieder geöffnet",
    "withdraw": "Zurückgezogen",
}


class Reason(StrEnum):
    """Why a fault goes to the Systemhaus."""

    SERVER = "server"
    NETWORK = "network"
    ACCOUNT = "account"
    DEVICE = "device"
    RIGHTS = "rights"
    OTHER = "other"


REASONS = {
    Reason.SERVER: "Schulserver oder IServ",
    Reason.NETWORK: "Netz, WLAN oder Internetanschluss",
    Reason.ACCOUNT: "Benutzerkonten",
    Reason.DEVICE: "Gerät defekt oder in Garantie",
    Reason.RIGHTS: "Uns fehlen Rechte oder Zugänge",
    Reason.OTHER: "Vor Ort nicht zu lösen",
}
