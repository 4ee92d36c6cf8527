"""OpenID provider on loopback in place of Hugging Face: signs in the user a test names, and checks every request."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import time
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.support.loopback_server import LoopbackServer

CLIENT_ID, CLIENT_SECRET = "the-space-s-client-id", "the-space-s-client-secret"
KEY_ID = "the-only-key"


class OpenIdProvider(LoopbackServer):
    """OpenID provider without passwords: every browser that arrives is signed in as `user`."""

    def __init__(self) -> None:
        self.user = "alice"
        self.needs_consent = False
        """Show a consent form first, as Hugging Face does on a first visit."""
        self.seconds = 28_800
        """Lifetime of a sign-in."""
        self.callbacks: list[str] = []
        """Redirect addresses that browsers were sent to."""
        self._key = RSAKey.generate_key(2048, parameters={"kid": KEY_ID, "use": "sig", "alg": "RS256"})
        self._codes: dict[str, dict[str, str]] = {}
        issuer = self

        class Handler(_Handler):
            provider = issuer

        super().__init__(Handler)

    def discovery(self) -> dict[str, Any]:
        """Return the discovery document."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/oauth/authorize",
            "token_endpoint": f"{self.url}/oauth/token",
            "userinfo_endpoint": f"{self.url}/oauth/userinfo",
            "jwks_uri": f"{self.url}/oauth/jwks",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "subject_types_supported": ["public"],
        }

    def keys(self) -> dict[str, Any]:
        """Return the JWKS of the public signing key."""
        return {"keys": [self._key.as_dict(private=False)]}

    def redirect_back(self, query: dict[str, str]) -> str:
        """Check an authorization request and return the redirect address, with a code that works once."""
        assert query["client_id"] == CLIENT_ID
        assert query["response_type"] == "code"
        assert "openid" in query["scope"].split()
        assert query["state"]
        assert query["nonce"]
        code = secrets.token_urlsafe(16)
        self._codes[code] = {**query, "user": self.user}
        address = query["redirect_uri"]
        self.callbacks.append(address)
        return f"{address}{'&' if '?' in address else '?'}{urlencode({'code': code, 'state': query['state']})}"

    def exchange(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return the tokens for a code, None for a wrong client, code or redirect address."""
        client = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        request = self._codes.pop(form.get("code", ""), None)
        if client != f"{CLIENT_ID}:{CLIENT_SECRET}" or not request:
            return None
        if form.get("redirect_uri") != request["redirect_uri"]:
            return None
        now = int(time.time())
        claims = self.profile(request["user"]) | {
            "iss": self.url,
            "aud": CLIENT_ID,
            "nonce": request["nonce"],
            "iat": now,
            "exp": now + self.seconds,
        }
        return {
            "access_token": f"hf_oauth_{request['user']}",
            "token_type": "bearer",
            "expires_in": self.seconds,
            "scope": request["scope"],
            "id_token": jwt.encode({"alg": "RS256", "kid": KEY_ID}, claims, self._key),
        }

    @staticmethod
    def profile(user: str) -> dict[str, Any]:
        """Return the claims of the scopes `openid profile`."""
        return {
            "sub": hashlib.sha256(user.encode()).hexdigest()[:24],
            "name": f"{user.title()} Somebody",
            "preferred_username": user,
            "profile": f"https://huggingface.co/{user}",
            "picture": f"https://huggingface.co/avatars/{user}.svg",
        }


class _Handler(BaseHTTPRequestHandler):
    provider: OpenIdProvider

    def do_GET(self) -> None:
        path, query = self._request(urlsplit(self.path).query)
        match path:
            case "/.well-known/openid-configuration":
                self._json(200, self.provider.discovery())
            case "/oauth/jwks":
                self._json(200, self.provider.keys())
            case "/oauth/userinfo":
                user = self.headers.get("Authorization", "").removeprefix("Bearer hf_oauth_")
                self._json(200, self.provider.profile(user))
            case "/oauth/authorize" if self.provider.needs_consent:
                self._form(query)
            case "/oauth/authorize":
                self._redirect(self.provider.redirect_back(query))
            case _:
                self._json(404, {"error": "not found"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        path, form = self._request(body)
        if path == "/oauth/authorize":
            self._redirect(self.provider.redirect_back(form))
            return
        assert path == "/oauth/token"
        tokens = self.provider.exchange(form, self.headers.get("Authorization", ""))
        self._json(200, tokens) if tokens else self._json(401, {"error": "invalid_client"})

    def _request(self, query: str) -> tuple[str, dict[str, str]]:
        return urlsplit(self.path).path, {name: values[0] for name, values in parse_qs(query).items()}

    def _form(self, query: dict[str, str]) -> None:
        fields = (f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in query.items())
        page = f'<form method="post" action="/oauth/authorize">{"".join(fields)}<button>Authorize</button></form>'
        self._send(200, page.encode(), {"Content-Type": "text/html"})

    def _redirect(self, address: str) -> None:
        self._send(303, b"", {"Location": address})

    def _json(self, status: int, value: object) -> None:
        self._send(status, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""
