"""How the states and words of damage cases and claims look and read, for the templates."""

from itsm.claims import kinds
from itsm.claims.states import ClaimState, State

STATE_KINDS = {
    State.REPORTED: "info",
    State.EXAMINED: "info",
    State.REPAIR: "warning",
    State.REPLACEMENT: "warning",
    State.WRITE_OFF: "warning",
    State.CLOSED: "success",
    State.FOUND: "success",
    State.WITHDRAWN: "neutral",
}
CLAIM_KINDS = {
    ClaimState.EXAMINING: "info",
    ClaimState.HEARING: "info",
    ClaimState.PROPOSED: "warning",
    ClaimState.APPROVED: "info",
    ClaimState.DEMANDED: "info",
    ClaimState.DUNNED: "warning",
    ClaimState.INSTALMENTS: "info",
    ClaimState.DEFERRED: "neutral",
    ClaimState.SUSPENDED: "neutral",
    ClaimState.ENFORCED: "danger",
    ClaimState.PAID: "success",
    ClaimState.WAIVED: "neutral",
    ClaimState.DROPPED: "neutral",
    ClaimState.CANCELLED: "neutral",
}
KIND_LABELS = kinds.KINDS
CLASS_LABELS = kinds.CLASSES
PLACE_LABELS = kinds.PLACES
ACCESSORY_LABELS = kinds.ACCESSORIES
CAUSE_LABELS = kinds.CAUSES
CLAIM_ENTRIES = {
    "begin": "Prüfung begonnen",
    "examine": "Verschulden bewertet",
    "join": "Gerät aufgenommen",
    "leave": "Gerät herausgenommen",
    "split": "Forderung geteilt",
    "deduct": "Abzüge geändert",
    "debtor": "Person eingetragen",
    "debtor-change": "Person geändert",
    "debtor-remove": "Person herausgenommen",
    "take-over": "Bearbeitung übernommen",
    "hear": "Anhörung verschickt",
    "answer": "Antwort eingetragen",
    "propose": "Betrag vorgeschlagen",
    "send-back": "Zurückgegeben",
    "approve": "Betrag freigegeben",
    "demand": "Forderung verschickt",
    "dun": "Mahnung verschickt",
    "agree-instalments": "Ratenzahlung vereinbart",
    "defer": "Gestundet",
    "suspend": "Niedergeschlagen (nur intern)",
    "resume": "Wieder aufgenommen",
    "enforce": "An die Vollstreckung gegeben",
    "settle": "Bezahlt",
    "unsettle": "Wieder offen",
    "ask-waiver": "Erlass beantragt",
    "refuse-waiver": "Erlass abgelehnt",
    "waive": "Erlassen",
    "drop": "Fallen gelassen",
    "take-up": "Wieder aufgenommen",
    "cancel": "Zurückgenommen",
    "letter": "Brief geschrieben",
    "letter-sent": "Brief verschickt",
    "limitation": "Verjährung geändert",
    "limitation-warning": "Verjährung rückt näher",
}
