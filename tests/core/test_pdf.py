"""Lists on paper."""

import pytest

from itsm.core.pdf import Column, Part, Sheet, write


@pytest.mark.parametrize("text", ["Störung 😀", "汉字", "\x01", "\ud83d", "<b>*fett*</b> #let"])
def test_whatever_somebody_has_typed_becomes_paper(text: str) -> None:
    sheet = Sheet(title=text, author=text, lead=[text], columns=[Column("A")], parts=[Part([[text]])], foot=text)
    assert write(sheet).startswith(b"%PDF-")
