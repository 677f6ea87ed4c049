"""Settings: production refuses what only the demo may have, and names the variable."""

import pytest

from itsm.config import DEFAULT_SECRET, SettingError, read

GOOD = {
    "ITSM_ENV": "production",
    "ITSM_SECRET_KEY": "z" * 32,
    "ITSM_BASE_URL": "https://it.example.org",
    "ITSM_MAIL_HOST": "mail.example.org",
}


def test_production_starts_with_everything_set() -> None:
    assert read(GOOD).production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ITSM_SECRET_KEY", ""),
        ("ITSM_SECRET_KEY", DEFAULT_SECRET),
        ("ITSM_SECRET_KEY", "z" * 31),
        ("ITSM_BASE_URL", "http://it.example.org"),
        ("ITSM_BASE_URL", ""),
        ("ITSM_MAIL_HOST", ""),
        ("ITSM_PORT", "achttausend"),
        ("ITSM_TRUSTED_PROXIES", "eins"),
    ],
)
def test_production_refuses_and_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        read({**GOOD, name: value})


def test_the_demo_needs_no_setting_at_all() -> None:
    settings = read({})
    assert not settings.production and settings.demo_mailbox


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ITSM_ENV", "prod"),
        ("ITSM_PORT", "99999"),
        ("ITSM_PORT", "achtzig"),
        ("ITSM_DEMO_PERCENT", "0"),
        ("ITSM_DATABASE_URL", "mysql://x"),
        ("ITSM_INSTANCE", __file__),
        ("ITSM_OSRM_URL", "osrm.example.org:5000"),
        ("ITSM_OSRM_URL", "ftp://osrm.example.org"),
        ("ITSM_OSRM_URL", "http://"),
        ("ITSM_OSRM_URL", "http://osrm.example.org:port"),
        ("ITSM_OSRM_URL", "http://osrm.example.org:99999"),
        ("ITSM_OSRM_URL", "http://[::1"),
        ("ITSM_OSRM_URL", "http://osrm.example.org/?profile=car"),
        ("ITSM_OSRM_URL", "http://osrm example.org"),
    ],
)
def test_a_setting_that_cannot_be_is_one_sentence_that_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        read({name: value})


def test_the_driver_of_the_database_need_not_be_named() -> None:
    assert read({"ITSM_DATABASE_URL": "postgresql://a/b"}).database_url == "postgresql+psycopg://a/b"


def test_a_routing_server_may_stand_under_a_path_and_is_optional() -> None:
    assert read({}).osrm_url == ""
    assert read({"ITSM_OSRM_URL": "https://karten.example.org/osrm/"}).osrm_url == "https://karten.example.org/osrm"
