"""A small JSON server for tests on a free port of this machine; it can drip its answers out slowly."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Service:
    """What every such server can be told: answers instead of proper ones, headers, and to take its time."""

    # Status and body of the next answers; None stands for a proper one, and after the last all are proper.
    answers: list[tuple[int, bytes] | None] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    drip_seconds: float = 0
    url: str = ""


@contextmanager
def serving(
    service: Service, answer: Callable[[BaseHTTPRequestHandler], tuple[int, bytes]], path: str = ""
) -> Iterator[None]:
    """Answer every GET and POST with the status and body of `answer`; `path` is where the service begins."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in service.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for part in (body[:1], body[1:2], body[2:3], body[3:]) if service.drip_seconds else (body,):
                    time.sleep(service.drip_seconds)
                    self.wfile.write(part)
            except OSError:
                self.close_connection = True

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_port}{path}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield
    server.shutdown()
    server.server_close()
    thread.join()
