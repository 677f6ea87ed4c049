"""What schools report in the demo city, and what helped: invented cases, one tuple each."""

from typing import NamedTuple


class Case(NamedTuple):
    """A fault as a school words it, what ended it, and what the desk noted for itself."""

    title: str
    description: str
    solution: str
    internal: str = ""


# fault type key → how often of a hundred
WEIGHTS = {"display": 27, "ipad": 23, "pc": 14, "printer": 9, "wlan": 12, "internet": 3, "iserv": 7, "other": 5}

CASES: dict[str, tuple[Case, ...]] = {
    "display": (
        Case(
            "Display bleibt dunkel",
            "Seit heute früh bleibt das Display schwarz, die Anzeige am Rahmen leuchtet rot.",
            "Netzteil getauscht, Display läuft wieder.",
            "Netzteil aus dem Lager, Bestand prüfen.",
        ),
        Case(
            "Display reagiert nicht auf den Stift",
            "Schreiben geht nur mit dem Finger, der Stift wird nicht erkannt.",
            "Stift neu gekoppelt und Spitze gewechselt.",
        ),
        Case(
            "Kein Ton am Display",
            "Bei Videos kommt kein Ton, am Laptop selbst ist er da.",
            "Tonausgang auf HDMI gestellt und gespeichert.",
        ),
        Case(
            "Streifen im Bild",
            "Links laufen bunte Streifen durch das Bild, je wärmer, desto mehr.",
            "Panel auf Garantie getauscht.",
            "Garantiefall, Seriennummer an den Lieferanten gemeldet.",
        ),
        Case(
            "Übertragung vom iPad bricht ab",
            "Das Bild vom iPad friert nach ein paar Minuten ein.",
            "Empfänger aktualisiert und in das richtige Netz gebracht.",
        ),
    ),
    "ipad": (
        Case(
            "iPads laden im Koffer nicht",
            "Im Koffer 2 sind am Morgen alle Geräte leer, obwohl der Stecker steckt.",
            "Ladeplatine im Koffer getauscht.",
            "Zweiter Koffer dieser Bauart in diesem Jahr.",
        ),
        Case(
            "App fehlt auf den Geräten der Klasse",
            "Die Mathe-App ist auf fünf Geräten verschwunden.",
            "Zuordnung in der Geräteverwaltung berichtigt, App kommt von selbst.",
        ),
        Case(
            "iPad hängt beim Apfel",
            "Das Gerät zeigt seit gestern nur noch den Apfel.",
            "Im Wartungsmodus neu aufgespielt.",
        ),
        Case(
            "Glas gesprungen",
            "Das Glas ist an der Ecke gesprungen, das Gerät geht noch.",
            "Gerät mitgenommen, Leihgerät ausgegeben.",
            "Schadensmeldung angelegt.",
        ),
        Case(
            "Code vergessen",
            "Ein Kind hat den Code geändert und weiß ihn nicht mehr.",
            "Code über die Geräteverwaltung gelöscht.",
        ),
    ),
    "pc": (
        Case(
            "PC startet nicht",
            "Der Rechner am Lehrerpult piept dreimal und bleibt dunkel.",
            "Arbeitsspeicher neu gesteckt.",
        ),
        Case(
            "Anmeldung dauert über fünf Minuten",
            "Im Computerraum dauert die Anmeldung so lange, dass die Stunde halb vorbei ist.",
            "Profile bereinigt, Anmeldung unter 30 Sekunden.",
        ),
        Case(
            "OPS-Modul wird nicht erkannt",
            "Das Display zeigt „kein Signal“ beim eingebauten PC.",
            "Modul gereinigt und neu eingesetzt.",
        ),
    ),
    "printer": (
        Case(
            "Drucker im Sekretariat druckt leer",
            "Alle Seiten kommen weiß heraus, Toner ist neu.",
            "Siegelstreifen am Toner entfernt.",
        ),
        Case(
            "Papierstau, Klappe lässt sich nicht schließen",
            "Papier ist heraus, die Meldung bleibt.",
            "Rest aus der Duplexeinheit geholt.",
        ),
        Case(
            "Drucker ist im Netz nicht zu finden",
            "Seit dem Umzug in Raum 1.04 findet ihn kein Rechner.",
            "Dose in 1.04 freigeschaltet, feste Adresse eingetragen.",
        ),
    ),
    "wlan": (
        Case(
            "WLAN im Obergeschoss sehr langsam",
            "Mit der ganzen Klasse geht nichts mehr, einzeln geht es.",
            "Kanal gewechselt, Zugangspunkt umgehängt.",
            "Ausleuchtung für die Sommerferien vormerken.",
        ),
        Case(
            "Kein WLAN in der Aula",
            "Zur Veranstaltung am Freitag brauchen wir Netz in der Aula.",
            "Zugangspunkt war ohne Strom, Port am Verteiler eingeschaltet.",
        ),
        Case(
            "iPads verlieren das WLAN",
            "Nach der Pause müssen alle Geräte neu angemeldet werden.",
            "Profil erneuert und auf alle Geräte verteilt.",
        ),
    ),
    "internet": (
        Case(
            "Internet in der ganzen Schule weg",
            "Kein Gerät kommt hinaus, IServ geht im Haus.",
            "Störung beim Anbieter, Anschluss läuft wieder.",
            "Ticket beim Anbieter geschlossen.",
        ),
        Case(
            "Lernseite ist gesperrt",
            "Die Seite für den Wettbewerb wird als gesperrt angezeigt.",
            "Seite geprüft und freigegeben.",
        ),
    ),
    "iserv": (
        Case(
            "Kollegin kann sich nicht anmelden",
            "Neue Kollegin, Zugang sollte seit Montag da sein.",
            "Konto angelegt und Kennwort übergeben.",
        ),
        Case(
            "Gruppe sieht den Ordner nicht",
            "Die 7b sieht den gemeinsamen Ordner nicht mehr.",
            "Rechte der Gruppe neu gesetzt.",
        ),
    ),
    "other": (
        Case(
            "Dokumentenkamera ohne Bild",
            "Lampe leuchtet, auf dem Display kommt nichts an.",
            "Kabel getauscht.",
        ),
        Case(
            "Mikrofon in der Aula rauscht",
            "Seit der letzten Veranstaltung rauscht das Funkmikrofon.",
            "Frequenz gewechselt, Akkus erneuert.",
        ),
    ),
}

QUESTIONS = (
    "Bitte senden Sie uns die Nummer vom Aufkleber des Geräts.",
    "Betrifft es alle Geräte im Raum oder nur dieses?",
    "Passt Ihnen ein Termin in der zweiten Stunde?",
)
ORDERS = (
    "Das Ersatzteil ist bestellt, Lieferung in etwa zehn Tagen.",
    "Das Gerät ist in der Reparatur, wir melden uns.",
)
WITHDRAWALS = ("Hat sich erledigt, es war das Kabel.", "Doppelt gemeldet, bitte schließen.")
REOPENINGS = ("Leider ist der Fehler seit heute wieder da.",)
TASKS = (
    "iPad-Koffer zählen",
    "Updates im Computerraum prüfen",
    "Garantieaufkleber am neuen Display nachtragen",
    "Zugangspunkt in der Aula beschriften",
)
FAILED_VISITS = ("Schule wegen Unwetter geschlossen", "Niemand mit Schlüssel im Haus", "Vorheriger Halt dauerte länger")
