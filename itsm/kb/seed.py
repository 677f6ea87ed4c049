"""What the knowledge base of a new city starts with: its shelves."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from itsm.kb.models import Category

# slug: (name, hint)
CATEGORIES = {
    "ipad": ("iPad und Apps", "Starten, laden, Apps, Prüfungen"),
    "praesentation": ("Display, Beamer, AirPlay", "Bild, Ton, Stift und kabellos zeigen"),
    "netz": ("WLAN und Internet", "Verbinden, langsam, gesperrt"),
    "pc-drucker": ("PC und Drucker", "Windows, OPS-PC, Treiber, Papierstau"),
    "iserv": ("IServ, E-Mail, Konferenzen", "Anmelden, Mail, Dateien, Messenger"),
    "sicherheit": ("Sicherheit und Datenschutz", "Kennwörter, Phishing, was erlaubt ist"),
    "ausleihe": ("Ausleihe, Schaden, Inventur", "Verleih, Verlust, zählen"),
    "barrierefrei": ("Barrierefrei arbeiten", "Untertitel, Vorlesen, größere Schrift"),
}


def seed(session: "Session | scoped_session[Session]") -> None:
    """Enter the shelves of a knowledge base that has none; what editors made of them stays. Does not commit."""
    if session.scalar(sa.select(sa.exists().where(Category.id.is_not(None)))):
        return
    session.add_all(
        Category(slug=slug, name=name, hint=hint, position=position)
        for position, (slug, (name, hint)) in enumerate(CATEGORIES.items(), start=1)
    )
    session.flush()
