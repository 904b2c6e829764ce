"""How the API is reached: through a proxy, past one, and with certificates of one's own."""

import base64
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from alembic_ci.ci.api import Api, ApiError, Patience
from alembic_ci.ci.proxies import proxy
from forges import listening

_SHORT = Patience(answer=5, connect=5, repeats=0)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ""),
        ({"https_proxy": "http://one:1"}, "http://one:1"),
        ({"HTTPS_PROXY": "http://two:2", "HTTP_PROXY": "http://other:3"}, "http://two:2"),
        ({"https_proxy": "http://one:1", "HTTPS_PROXY": "http://two:2"}, "http://one:1"),
        ({"ALL_PROXY": "three:3"}, "http://three:3"),
        ({"https_proxy": "", "HTTPS_PROXY": "http://two:2"}, "http://two:2"),
        ({"HTTPS_PROXY": "http://two:2", "NO_PROXY": "*"}, ""),
        ({"HTTPS_PROXY": "http://two:2", "NO_PROXY": "x, git.example.com"}, ""),
        ({"HTTPS_PROXY": "http://two:2", "NO_PROXY": ".example.com"}, ""),
        ({"HTTPS_PROXY": "http://two:2", "NO_PROXY": "*.Example.com"}, ""),
        ({"HTTPS_PROXY": "http://two:2", "no_proxy": "git.example.com:8443"}, ""),
        ({"HTTPS_PROXY": "http://two:2", "NO_PROXY": "ample.com"}, "http://two:2"),
        ({"HTTPS_PROXY": "http://two:2", "NO_PROXY": "example.com.evil,,"}, "http://two:2"),
    ],
)
def test_the_proxy_is_the_one_other_programs_take(variables: dict[str, str], expected: str) -> None:
    assert proxy("https://git.example.com:8443/api/v3", variables) == expected


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with listening() as found:
        yield found


def test_a_proxy_is_asked_with_its_own_password(server: HTTPServer) -> None:
    seen: list[str] = []

    def answer(request: Request) -> Response:
        seen.append(request.headers.get("Proxy-Authorization", ""))
        return Response('{"proxied": true}')

    server.expect_request("/thing").respond_with_handler(answer)
    way = f"http://me:p%40ss@127.0.0.1:{server.port}"

    api = Api("http://api.invalid", {}, {"http_proxy": way}, patience=_SHORT)

    assert api.get("/thing") == {"proxied": True}
    assert seen == ["Basic " + base64.b64encode(b"me:p@ss").decode()]


def test_a_proxy_of_an_unknown_kind_is_an_answer() -> None:
    with pytest.raises(ApiError, match=r"proxy of http://api.invalid cannot be used") as caught:
        Api("http://api.invalid", {}, {"http_proxy": "socks9://me:secret@x"}, patience=_SHORT)

    assert "secret" not in str(caught.value)


def test_a_server_with_a_certificate_of_its_own_is_trusted_when_told(tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    with HTTPServer(ssl_context=context) as secure:
        secure.expect_request("/user").respond_with_json({"id": 1})
        root = f"https://localhost:{secure.port}"
        trusting = Api(root, {}, {"CI_SERVER_TLS_CA_FILE": str(certificate)}, patience=_SHORT)
        strange = Api(root, {}, {"SSL_CERT_FILE": "/no/such/file"}, patience=_SHORT)

        assert trusting.get("/user") == {"id": 1}
        with pytest.raises(ApiError, match="CERTIFICATE_VERIFY_FAILED"):
            strange.get("/user")


def test_certificates_that_are_none_are_named(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("no certificate", encoding="utf-8")

    with pytest.raises(ApiError, match="REQUESTS_CA_BUNDLE"):
        Api("https://api.invalid", {}, {"REQUESTS_CA_BUNDLE": str(path)})


def test_an_answer_that_is_no_json_is_an_answer(server: HTTPServer) -> None:
    server.expect_request("/list").respond_with_data("<html>Sign in</html>")
    server.expect_request("/gone").respond_with_data("<html>", status=404)
    api = Api(server.url_for(""), {}, {}, patience=_SHORT)

    with pytest.raises(ApiError, match="something else than a list"):
        list(api.items("/list"))
    with pytest.raises(ApiError, match="answered with 404"):
        api.get("/gone")


def _certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key
