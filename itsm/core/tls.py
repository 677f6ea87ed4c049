"""The certificates this machine trusts, read once a process: reading them takes longer than a short question."""

import ssl
from functools import cache


@cache
def trusted() -> ssl.SSLContext:
    """Return how encrypted connections are checked: certificate and name of the server, as the system trusts."""
    return ssl.create_default_context()
