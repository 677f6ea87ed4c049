"""How gunicorn serves the application; read by `itsm web` and by a bare `gunicorn wsgi:app`."""

import gc

from gunicorn.arbiter import Arbiter

from itsm.config import read

_settings = read()

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_workers
worker_class = "gthread"
threads = 4
# Loaded once and shared by all workers; none of it holds a connection before they part.
preload_app = True
timeout = 60
# Longer than the idle time of common reverse proxies, so that the proxy is the one to hang up.
keepalive = 75
# Its socket would lie in the home folder, where two instances of one machine meet.
control_socket_disable = True

# What is loaded stays: no garbage is looked for among it, neither meanwhile, which is a sixth of the start, nor later.
gc.disable()


def when_ready(server: Arbiter) -> None:
    """Set aside what all workers share before they part: looking through it would copy it for each of them."""
    gc.freeze()
    gc.enable()
