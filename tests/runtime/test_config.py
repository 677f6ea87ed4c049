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
