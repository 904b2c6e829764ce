"""The client's half of SCRAM-SHA-256 (RFC 5802, RFC 7677) and of PostgreSQL's MD5 login."""

import base64
import hashlib
import hmac
import secrets

MECHANISM = b"SCRAM-SHA-256"
_NO_CHANNEL_BINDING = "n,,"


class ScramExchange:
    """Prove a password to a server without showing it; the server's own proof is not checked."""

    def __init__(self, password: str, nonce: str | None = None) -> None:
        self._password = password
        self._bare = f"n=,r={nonce or secrets.token_urlsafe(18)}"

    def first(self) -> bytes:
        """Return the client's first message."""
        return (_NO_CHANNEL_BINDING + self._bare).encode()

    def final(self, challenge: bytes) -> bytes:
        """Return the answer to the server's first message."""
        parts = dict(part.partition("=")[::2] for part in challenge.decode().split(","))
        salt, rounds = base64.b64decode(parts["s"]), int(parts["i"])
        salted = hashlib.pbkdf2_hmac("sha256", self._password.encode(), salt, rounds)
        binding = base64.b64encode(_NO_CHANNEL_BINDING.encode()).decode()
        without_proof = f"c={binding},r={parts['r']}"
        signed = f"{self._bare},{challenge.decode()},{without_proof}".encode()
        key = hmac.digest(salted, b"Client Key", "sha256")
        signature = hmac.digest(hashlib.sha256(key).digest(), signed, "sha256")
        proof = bytes(a ^ b for a, b in zip(key, signature, strict=True))
        return f"{without_proof},p={base64.b64encode(proof).decode()}".encode()


def md5_answer(user: str, password: str, salt: bytes) -> bytes:
    """Return the answer to a request for an MD5 password."""
    inner = hashlib.md5((password + user).encode(), usedforsecurity=False).hexdigest()
    return b"md5" + hashlib.md5(inner.encode() + salt, usedforsecurity=False).hexdigest().encode()
