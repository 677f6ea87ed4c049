"""An editor of the knowledge base, and the editor's browser."""

import pytest
from flask.testing import FlaskClient

from itsm.accounts.models import User
from itsm.core.access import Role
from tests.people import make_user, sign_in


@pytest.fixture
def editor(client: FlaskClient) -> User:
    return make_user(Role.KB_EDITOR)


@pytest.fixture
def browser(client: FlaskClient, editor: User) -> FlaskClient:
    return sign_in(client, editor)
