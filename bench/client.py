"""A small HTTP client with one kept connection and cookies, as a browser has them."""

import http.client
import re
import secrets
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """What came back: the body is as it went over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def wire_bytes(self) -> int:
        """How many bytes the body and the headers were on the wire."""
        return len(self.body) + sum(len(name) + len(value) + 4 for name, value in self.headers.items())


@dataclass
class Client:
    """Somebody at a browser without scripts."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self._send("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, object]) -> Answer:
        """Send a form."""
        body = urlencode(fields).encode()
        return self._send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def post_with_file(self, path: str, fields: dict[str, object], name: str, content: bytes) -> Answer:
        """Send a form with one picture."""
        border = secrets.token_hex(16)
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        ]
        head = f'--{border}\r\nContent-Disposition: form-data; name="{name}"; filename="a.jpg"\r\n'
        parts += [head.encode(), b"Content-Type: image/jpeg\r\n\r\n", content, f"\r\n--{border}--\r\n".encode()]
        return self._send("POST", path, b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={border}"})

    def token(self, page: Answer) -> str:
        """Return the token of the forms on a page."""
        found = _TOKEN.search(page.body)
        if found is None:
            raise LookupError(f"no form on a page with status {page.status}")
        return found.group(1).decode()

    def sign_in(self, email: str, password: str) -> None:
        """Sign in as a person does."""
        token = self.token(self.get("/anmelden"))
        answer = self.post("/anmelden", {"csrf_token": token, "email": email, "password": password})
        if answer.status != http.HTTPStatus.FOUND:
            raise PermissionError(f"{email} was not let in: {answer.status}")

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=TIMEOUT_SECONDS)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            self._connection.request(method, path, body, {"Cookie": cookies, **headers})
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        for name, morsel in SimpleCookie("; ".join(response.headers.get_all("Set-Cookie", []))).items():
            self.cookies[name] = morsel.value
        return Answer(response.status, dict(response.headers), content)
