"""OAuth 2.0 client credentials (RFC 6749 §4.4): one login for all requests of a run that use the same ones."""

import json
from collections.abc import Callable, Mapping
from urllib.parse import quote_plus, urlencode

from lamppost.errors import PullError
from lamppost.pull.fault import fault
from lamppost.pull.transport.access import OAuth

CODES = frozenset({
    "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
    "invalid_scope",
})  # fmt: skip
"""RFC 6749 §5.2; only these words of an answer are ever repeated."""
ADVICE = "check `auth.oauth2` in the descriptor, and its values in the environment"


class Logins:
    """The tokens of a run, and the logins that were refused: those are not tried again, or accounts get locked."""

    def __init__(self) -> None:
        self._tokens: dict[OAuth, str] = {}
        self._refused: dict[OAuth, str] = {}

    def find(self, oauth: OAuth, ask: Callable[[], str]) -> str:
        """The token, asked with `ask` when there is none yet; PullError, the same every time, when it was refused."""
        if oauth in self._refused:
            raise PullError(self._refused[oauth])
        if oauth not in self._tokens:
            try:
                self._tokens[oauth] = ask()
            except PullError as error:
                self._refused[oauth] = str(error)
                raise
        return self._tokens[oauth]

    def forget(self, oauth: OAuth) -> None:
        """Drops a token that is no longer good."""
        self._tokens.pop(oauth, None)


def write_form(oauth: OAuth) -> bytes:
    """The body of the token request."""
    form = {"grant_type": "client_credentials", "scope": oauth.scope, "audience": oauth.audience}
    if oauth.credentials == "body":
        form |= {"client_id": oauth.client_id, "client_secret": oauth.client_secret}
    return urlencode({name: text for name, text in form.items() if text}).encode()


def write_user(oauth: OAuth) -> tuple[str, str] | None:
    """User and password of the token request, form-encoded first as RFC 6749 §2.3.1 wants it."""
    if oauth.credentials == "body":
        return None
    return quote_plus(oauth.client_id), quote_plus(oauth.client_secret)


def read_token(body: bytes, place: str, answer: str) -> str:
    """The bearer token in the answer to a token request; PullError, with `answer` in words, when it holds none."""
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        values = None
    values = values if isinstance(values, Mapping) else {}
    token, code = values.get("access_token"), values.get("error")
    if isinstance(code, str) and code in CODES:
        raise fault(place, f"the login was refused: {code} ({answer})", "a token", ADVICE)
    kind = values.get("token_type", "bearer")
    if isinstance(kind, str) and kind.lower() != "bearer":
        raise fault(place, f"a token that is no bearer token ({answer})", "a bearer token", ADVICE)
    if not isinstance(token, str) or not token.strip():
        raise fault(place, f"no token in the answer ({answer})", "`access_token` in JSON", ADVICE)
    return token.strip()
