"""Run a WSGI application under gunicorn on a free port for as long as a block lasts."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench.client import Client

ROOT = Path(__file__).parent.parent
START_SECONDS = 40


@contextmanager
def serve(application: str, path: str, environment: dict[str, str]) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start gunicorn with two workers, wait until `path` answers, and stop it at the end."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "--log-level", "critical", application]
    settings = {"ITSM_PORT": str(port), "ITSM_WEB_WORKERS": "2", "ITSM_BASE_URL": url, **environment}
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings})
    try:
        _wait(url, path, process)
        yield url, process
    finally:
        process.terminate()
        process.wait()


def _wait(url: str, path: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    with closing(Client(url)) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                if client.get(path).status < 500:
                    return
            except OSError:
                time.sleep(0.1)
    raise TimeoutError("the server did not start")
