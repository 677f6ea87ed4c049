"""What a new city starts with: kinds of faults with their first-level steps, groups, general rules."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from itsm.tickets.models import FaultType, FirstLevelStep, RoutingRule, SupportGroup, Target

SYSTEMHAUS = "Systemhaus"
BUILDING = "Gebäudeservice"

# name: (telephone, address, whether it is a desk of ours)
_GROUPS = {
    SYSTEMHAUS: ("0231 50-10300", "systemhaus@example.org", True),
    BUILDING: ("0231 50-10400", "", False),
}

# key: (name, hint, first-level steps)
_FAULTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "display": (
        "Display",
        "dunkel, kein Ton, Stift",
        (
            "Steckt der Netzstecker, und leuchtet die Anzeige am Rahmen?",
            "Display am Rahmen ausschalten, 30 Sekunden warten, wieder einschalten",
            "Die richtige Quelle wählen (Taste „Input“)",
            "Das HDMI- oder USB-C-Kabel an beiden Enden neu einstecken",
        ),
    ),
    "ipad": (
        "iPad",
        "lädt nicht, hängt, App fehlt",
        (
            "iPad mindestens 15 Minuten an ein anderes Ladekabel hängen",
            "iPad neu starten: obere Taste und Lautstärketaste halten, dann schieben",
            "Prüfen, ob das iPad im WLAN der Schule ist",
            "Unter Einstellungen nach einem Update suchen und es laden",
        ),
    ),
    "pc": (
        "PC oder OPS",
        "startet nicht, langsam",
        (
            "Sitzen Strom-, Bild- und Netzwerkkabel fest?",
            "PC ganz ausschalten, 30 Sekunden warten, wieder einschalten",
            "Mit einem anderen Konto anmelden",
        ),
    ),
    "printer": (
        "Drucker",
        "druckt nicht, Papierstau",
        (
            "Papier und Toner prüfen, Klappen schließen",
            "Drucker aus- und nach 30 Sekunden einschalten",
            "Von einem anderen Gerät aus drucken",
        ),
    ),
    "wlan": (
        "WLAN",
        "kein Netz, langsam",
        (
            "WLAN am Gerät aus- und wieder einschalten",
            "Mit einem zweiten Gerät im selben Raum prüfen",
            "Im Nachbarraum prüfen",
            "Das WLAN-Profil der Schule neu auswählen und anmelden",
        ),
    ),
    "internet": (
        "Internet",
        "Seiten laden nicht",
        (
            "Eine zweite Internetseite öffnen",
            "Mit einem zweiten Gerät prüfen",
            "Prüfen, ob nur eine Seite gesperrt ist",
        ),
    ),
    "iserv": (
        "IServ-Konto",
        "Anmeldung, Kennwort",
        (
            "Kennwort langsam neu eintippen, Feststelltaste prüfen",
            "In einem anderen Browser anmelden",
            "Die IServ-Verwaltung Ihrer Schule um ein neues Kennwort bitten",
        ),
    ),
    "power": (
        "Steckdose",
        "kein Strom",
        (
            "Ein anderes Gerät an der Steckdose probieren",
            "Schalter an der Steckdosenleiste prüfen",
            "Den Hausmeisterdienst nach der Sicherung fragen",
        ),
    ),
    "other": (
        "Etwas anderes",
        "bitte beschreiben",
        (
            "Gerät aus- und wieder einschalten",
            "Alle Kabel neu einstecken",
            "Mit einem anderen Gerät vergleichen",
        ),
    ),
}

_TARGETS = {
    "internet": (Target.SECOND_LEVEL, SYSTEMHAUS),
    "iserv": (Target.SECOND_LEVEL, SYSTEMHAUS),
    "power": (Target.NOT_OURS, BUILDING),
}


def seed(session: "Session | scoped_session[Session]") -> None:
    """Enter what is missing; what a clerk has changed stays. Does not commit."""
    groups = {group.name: group for group in session.scalars(sa.select(SupportGroup))}
    for name, (phone, email, is_ours) in _GROUPS.items():
        if name not in groups:
            groups[name] = SupportGroup(name=name, phone=phone, email=email, is_ours=is_ours)
            session.add(groups[name])
    known = set(session.scalars(sa.select(FaultType.key)))
    for position, (key, (name, hint, steps)) in enumerate(_FAULTS.items(), start=1):
        if key in known:
            continue
        fault = FaultType(key=key, name=name, hint=hint, position=position)
        fault.steps = [FirstLevelStep(position=place, text=text) for place, text in enumerate(steps, start=1)]
        target, group_name = _TARGETS.get(key, (Target.ON_SITE, None))
        session.add(RoutingRule(fault_type=fault, target=target, group=groups[group_name] if group_name else None))
    session.flush()
