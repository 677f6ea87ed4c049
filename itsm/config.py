"""Settings of the edges: read once from the environment, nowhere else."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

_DRIVER = "postgresql+psycopg://"
DEFAULT_SECRET = "nur-fuer-die-vorfuehrung"  # noqa: S105


class SettingError(Exception):
    """A setting is missing or wrong; the sentence names the variable."""


@dataclass(frozen=True)
class Sender:
    """Who letters come from and where the money goes; blank where nobody has said."""

    city: str
    office: str
    street: str
    place: str
    phone: str
    mail: str
    creditor: str
    iban: str
    bic: str
    # Where to go to law against an administrative act.
    court: str

    @property
    def missing(self) -> list[str]:
        """The settings without which no letter can be written."""
        needed = ("office", "street", "place", "phone", "mail", "iban")
        return [f"ITSM_LETTER_{name.upper()}" for name in needed if not getattr(self, name)]


@dataclass(frozen=True)
class Settings:
    """Everything the operator decides; figures a clerk may change are rows, not settings."""

    production: bool
    instance: Path
    database_url: str | None
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    base_url: str
    host: str
    port: int
    web_workers: int
    trusted_proxies: int
    city_name: str
    demo_percent: int
    finder_phone: str
    finder_mail: str
    mail_host: str
    mail_port: int
    mail_user: str
    mail_password: str
    mail_from: str
    mail_tls: bool
    tile_url: str
    osrm_url: str
    jamf_url: str
    jamf_network_id: str
    jamf_key: str = field(repr=False)
    jamf_pro_url: str
    jamf_pro_user: str
    jamf_pro_password: str = field(repr=False)
    sender: Sender

    @property
    def demo_mailbox(self) -> bool:
        """Whether mail goes to the mailbox page of the demo instead of a mail server."""
        return not self.mail_host

    @property
    def tile_origin(self) -> str:
        """Scheme and host of the map tiles, empty without any."""
        parts = urlsplit(self.tile_url.replace("{s}", "*"))
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Raises: SettingError naming the variable, if a number is none or production lacks a secret.
    """

    def text(name: str, default: str = "") -> str:
        return environment.get(f"ITSM_{name}", default).strip() or default

    def number(name: str, default: int) -> int:
        try:
            return int(text(name, str(default)))
        except ValueError as error:
            raise SettingError(f"ITSM_{name} muss eine ganze Zahl sein.") from error

    database_url = text("DATABASE_URL").replace("postgresql://", _DRIVER, 1)
    if database_url and not database_url.startswith(_DRIVER):
        raise SettingError(f"ITSM_DATABASE_URL muss mit {_DRIVER} beginnen.")
    instance = Path(text("INSTANCE", "instance")).resolve()
    if instance.exists() and not instance.is_dir():
        raise SettingError("ITSM_INSTANCE muss ein Ordner sein.")
    kind = text("ENV", "demo")
    if kind not in ("demo", "production"):
        raise SettingError("ITSM_ENV muss „demo“ oder „production“ sein.")
    production = kind == "production"
    port = number("PORT", 8000)
    if not 1 <= port <= 65535:
        raise SettingError("ITSM_PORT muss zwischen 1 und 65535 liegen.")
    demo_percent = number("DEMO_PERCENT", 100)
    if not 1 <= demo_percent <= 100:
        raise SettingError("ITSM_DEMO_PERCENT muss zwischen 1 und 100 liegen.")
    settings = Settings(
        production=production,
        instance=instance,
        database_url=database_url or None,
        secret_key=text("SECRET_KEY", DEFAULT_SECRET),
        secret_key_fallbacks=tuple(text("SECRET_KEY_FALLBACKS").split()),
        base_url=text("BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        host=text("HOST", "127.0.0.1"),
        port=port,
        demo_percent=demo_percent,
        web_workers=number("WEB_WORKERS", 2),
        trusted_proxies=number("TRUSTED_PROXIES", 0),
        city_name=text("CITY_NAME", "Stadt Dortmund"),
        finder_phone=text("FINDER_PHONE", "115"),
        finder_mail=text("FINDER_MAIL", text("MAIL_FROM", "schul-it@example.org")),
        mail_host=text("MAIL_HOST"),
        mail_port=number("MAIL_PORT", 25),
        mail_user=text("MAIL_USER"),
        mail_password=text("MAIL_PASSWORD"),
        mail_from=text("MAIL_FROM", "schul-it@example.org"),
        mail_tls=text("MAIL_TLS", "0") == "1",
        tile_url=text("TILE_URL"),
        osrm_url=_web_address("ITSM_OSRM_URL", text("OSRM_URL").rstrip("/"), "http://osrm.example.org:5000"),
        jamf_url=_web_address("ITSM_JAMF_URL", text("JAMF_URL").rstrip("/"), "https://schule.jamfcloud.com/api"),
        jamf_network_id=text("JAMF_NETWORK_ID"),
        jamf_key=text("JAMF_KEY"),
        jamf_pro_url=_web_address(
            "ITSM_JAMF_PRO_URL", text("JAMF_PRO_URL").rstrip("/"), "https://schule.jamfcloud.com"
        ),
        jamf_pro_user=text("JAMF_PRO_USER"),
        jamf_pro_password=text("JAMF_PRO_PASSWORD"),
        sender=_sender(text, {} if production else _INVENTED),
    )
    _check_jamf(settings)
    _check_jamf_pro(settings)
    if production:
        _refuse_demo_values(settings)
    return settings


# Of the demo only: in production a letter without these settings is refused.
_INVENTED = {
    "OFFICE": "Medienzentrum",
    "STREET": "Musterstraße 1",
    "PLACE": "44122 Dortmund",
    "PHONE": "0231 50-00000",
    "MAIL": "schaden@example.org",
    "IBAN": "DE02120300000000202051",
    "COURT": "Verwaltungsgericht Musterstadt, Musterplatz 3, 45879 Musterstadt",
}


def _sender(text: Callable[[str, str], str], invented: Mapping[str, str]) -> Sender:
    def one(name: str) -> str:
        return text(f"LETTER_{name}", invented.get(name, ""))

    city = text("CITY_NAME", "Stadt Dortmund")
    return Sender(
        city=city,
        office=one("OFFICE"),
        street=one("STREET"),
        place=one("PLACE"),
        phone=one("PHONE"),
        mail=one("MAIL"),
        creditor=one("CREDITOR") or city,
        iban=one("IBAN"),
        bic=one("BIC"),
        court=one("COURT"),
    )


def _check_jamf(settings: Settings) -> None:
    given = (settings.jamf_url, settings.jamf_network_id, settings.jamf_key)
    if any(given) and not all(given):
        raise SettingError("ITSM_JAMF_URL, ITSM_JAMF_NETWORK_ID und ITSM_JAMF_KEY gelten nur zusammen.")
    if ":" in settings.jamf_network_id or not all(one.isascii() and one.isprintable() for one in given):
        raise SettingError("ITSM_JAMF_NETWORK_ID oder ITSM_JAMF_KEY enthält ein Zeichen, das nicht vorkommen kann.")
    if settings.production and settings.jamf_url and not settings.jamf_url.startswith("https://"):
        raise SettingError("ITSM_JAMF_URL muss im Betrieb mit https:// beginnen: Der Schlüssel ginge sonst offen mit.")


def _check_jamf_pro(settings: Settings) -> None:
    given = (settings.jamf_pro_url, settings.jamf_pro_user, settings.jamf_pro_password)
    if any(given) and not all(given):
        raise SettingError("ITSM_JAMF_PRO_URL, ITSM_JAMF_PRO_USER und ITSM_JAMF_PRO_PASSWORD gelten nur zusammen.")
    if ":" in settings.jamf_pro_user:
        raise SettingError("ITSM_JAMF_PRO_USER enthält einen Doppelpunkt, der dort nicht vorkommen kann.")
    if settings.production and settings.jamf_pro_url and not settings.jamf_pro_url.startswith("https://"):
        raise SettingError("ITSM_JAMF_PRO_URL muss im Betrieb mit https:// beginnen: Das Kennwort ginge sonst offen.")


def _web_address(name: str, address: str, example: str) -> str:
    """Return the address of a service, empty without one.

    Raises: SettingError unless it is http or https, names a host and has nothing after its path.
    """
    try:
        parts = urlsplit(address)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if address and (not is_good or not address.isprintable() or set(address) & set(" ?#\\")):
        raise SettingError(f"{name} muss eine Adresse wie {example} sein, mit http:// oder https://.")
    return address


def _refuse_demo_values(settings: Settings) -> None:
    if settings.secret_key == DEFAULT_SECRET or len(settings.secret_key) < 32:
        raise SettingError(
            "ITSM_SECRET_KEY fehlt oder ist zu kurz. Setzen Sie einen zufälligen Wert von mindestens 32 Zeichen."
        )
    if not settings.base_url.startswith("https://"):
        raise SettingError("ITSM_BASE_URL muss im Betrieb mit https:// beginnen.")
    if not settings.mail_host:
        raise SettingError("ITSM_MAIL_HOST fehlt: Im Betrieb braucht der Dienst einen Mailserver.")
