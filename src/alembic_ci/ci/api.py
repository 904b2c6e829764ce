"""The only code that talks to a network: JSON to and from the API of a CI host.

urllib3 because it is one package without dependencies of its own, and what is hard here is what
it does well: time-outs, repeated attempts that heed Retry-After, proxies, certificates.
"""

import json
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3.response import BaseHTTPResponse
from urllib3.util.retry import Retry

from alembic_ci.ci.json_values import content
from alembic_ci.ci.proxies import proxy

_CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_REPEATABLE = frozenset({"GET", "PUT", "PATCH", "DELETE"})
_PASSING = frozenset({500, 502, 503, 504})
_ITEMS_A_PAGE = 100
_MOST_PAGES = 300
_NEXT = re.compile(r"<[^>]*>[^,]*\brel=\"?next\b")
_SAID_CHARACTERS = 500


class ApiError(Exception):
    """The host did not do what it was asked for; *status* is 0 when there was no answer."""

    def __init__(self, problem: str, *, status: int = 0) -> None:
        super().__init__(problem)
        self.status = status

    @property
    def undecided(self) -> bool:
        """Tell whether what was asked for may have been done all the same."""
        return self.status == 0 or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for an answer, how often to ask again, and how long to be put off."""

    answer: float = 15.0
    connect: float = 5.0
    repeats: int = 2
    put_off: int = 30
    backoff: float = 0.5


class _Retry(Retry):
    """Also repeats what was refused for the moment, which is what 429, and 403 with a time, say.

    GitHub's secondary limits come as either
    (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
    """

    RETRY_AFTER_STATUS_CODES = frozenset({403, 413, 429, 503})

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:  # noqa: FBT001, FBT002  (urllib3's own signature)
        """Tell whether to ask again; what was refused was not done, so even a POST may be."""
        refused = status_code == HTTPStatus.TOO_MANY_REQUESTS or (
            status_code == HTTPStatus.FORBIDDEN and has_retry_after
        )
        return refused or super().is_retry(method, status_code, has_retry_after)

    def sleep_for_retry(self, response: BaseHTTPResponse) -> bool:
        """Wait as long as the host asks for, unless that is longer than we have."""
        if self.get_retry_after(response) == self.retry_after_max:
            asked = _one_line(response.headers.get("Retry-After", ""))
            message = f"The host asks to be left alone for {asked} seconds."
            raise ApiError(message, status=response.status)
        return super().sleep_for_retry(response)


class Api:
    """One API below *root*; *headers* carry the token, *variables* name proxy and certificates."""

    def __init__(
        self,
        root: str,
        headers: Mapping[str, str],
        variables: Mapping[str, str],
        *,
        patience: Patience | None = None,
    ) -> None:
        self.root = root.rstrip("/")
        self._headers = {"User-Agent": "alembic-ci", "Accept": "application/json", **headers}
        self._patience = patience or Patience()
        self._pool = _pool(self.root, variables)

    def get(self, path: str) -> object:
        """Return the JSON at *path*; raise ApiError when there is none."""
        return self._asked("GET", path)[0]

    def items(self, path: str) -> Iterator[object]:
        """Yield the items of a list, however many pages it has."""
        for page in range(1, _MOST_PAGES + 1):
            mark = "&" if "?" in path else "?"
            body, link = self._asked("GET", f"{path}{mark}per_page={_ITEMS_A_PAGE}&page={page}")
            if not isinstance(body, list):
                raise ApiError(f"{self.root}{path} answered with something else than a list.")
            yield from body
            if not _NEXT.search(link):
                return
        raise ApiError(f"{self.root}{path} has more than {_MOST_PAGES} pages.")

    def send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> object:
        """Have something made, changed or removed; return the answer's JSON."""
        return self._asked(method, path, body)[0]

    def _asked(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> tuple[object, str]:
        """Return the answer's JSON and its Link header."""
        url = path if path.startswith(("http://", "https://")) else f"{self.root}{path}"
        try:
            answer = self._pool.request(
                method,
                url,
                body=json.dumps(body).encode() if body is not None else None,
                headers=self._headers | ({"Content-Type": "application/json"} if body else {}),
                retries=self._retries(),
                timeout=urllib3.Timeout(connect=self._patience.connect, read=self._patience.answer),
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            reason = getattr(error, "reason", None) or error
            raise ApiError(f"{method} {url} got no answer: {_one_line(str(reason))}.") from error
        said = content(answer.data.decode(errors="replace"))
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            message = f"{method} {url} was answered with {answer.status}{_message(said)}."
            raise ApiError(message, status=answer.status)
        return said, answer.headers.get("Link", "")

    def _retries(self) -> Retry:
        patience = self._patience
        return _Retry(
            total=patience.repeats,
            redirect=2,
            allowed_methods=_REPEATABLE,
            status_forcelist=_PASSING,
            backoff_factor=patience.backoff,
            retry_after_max=patience.put_off + 1,
            raise_on_status=False,
            raise_on_redirect=False,
        )


def _pool(root: str, variables: Mapping[str, str]) -> urllib3.PoolManager:
    context = _trust(variables)
    way = proxy(root, variables)
    if not way:
        return urllib3.PoolManager(ssl_context=context)
    credentials = unquote(urlsplit(way).netloc.rpartition("@")[0])
    headers = urllib3.make_headers(proxy_basic_auth=credentials) if credentials else None
    try:
        return urllib3.ProxyManager(way, proxy_headers=headers, ssl_context=context)
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise ApiError(f"The proxy of {root} cannot be used: {type(error).__name__}.") from error


def _trust(variables: Mapping[str, str]) -> ssl.SSLContext:
    """Trust what the system trusts, and the certificates that a variable names as a file."""
    context = ssl.create_default_context()
    for name in (*_CERTIFICATES, "CI_SERVER_TLS_CA_FILE"):
        path = variables.get(name, "")
        if not path or not Path(path).is_file():
            continue
        try:
            context.load_verify_locations(cafile=path)
        except (OSError, ssl.SSLError) as error:
            raise ApiError(f"The certificates that {name} names cannot be read.") from error
    return context


def _message(said: object) -> str:
    """Return what the host says is wrong, with a colon before it."""
    if not isinstance(said, dict):
        return ""
    details = said.get("errors")
    parts = [
        said.get("message") or said.get("error"),
        *(details if isinstance(details, list) else ()),
    ]
    texts = [item.get("message") if isinstance(item, dict) else item for item in parts]
    text = _one_line("; ".join(str(item) for item in texts if item))
    return f": {text.rstrip('.')}" if text else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_SAID_CHARACTERS]
