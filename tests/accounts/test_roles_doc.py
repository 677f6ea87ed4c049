"""docs/rules/roles.md says what the code does."""

from pathlib import Path

from itsm.accounts import roles_doc

FILE = Path(__file__).parents[2] / "docs" / "rules" / "roles.md"


def test_the_file_is_what_the_code_would_write() -> None:
    assert FILE.read_text() == roles_doc.document(), "run: python -m itsm.accounts.roles_doc > docs/rules/roles.md"
