"""A session: one browser filling one form. Its cookie holds a random token, for which everything else is signed.

The first page that is sent creates the order's link of that token. Before that, only the cookie exists. A sign-in sets a
second cookie, so that somebody who knew the first one is not signed in with it.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from lambdas.forms.form import Form
from lambdas.forms.session.signatures import Signer
from lambdas.orders.model.order import Order
from lambdas.records.links.link import KEPT_DAYS, Link, LinkPurpose, digest_of, new_token
from lambdas.web.http import WebRequest

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_COOKIE_SECONDS = KEPT_DAYS[LinkPurpose.SESSION] * 86_400


@dataclass(frozen=True)
class Session:
    """`link` and `order` are None until the first page is sent. `fresh`: the browser does not have the cookie yet.

    `proof`: the value of the cookie that the browser got at sign-in.
    """

    token: str
    signer: Signer
    fresh: bool = False
    proof: str = ""
    link: Link | None = None
    order: Order | None = None

    def derived(self, purpose: str) -> str:
        """The signature for this browser and purpose, which only we can make."""
        return self.signer.sign(self._signed_text(purpose))

    @property
    def csrf(self) -> str:
        return self.derived(f"csrf:{self.proof}")

    @property
    def status_token(self) -> str:
        """The token of the order's status page; always the same for this session."""
        digest = hmac.digest(self.token.encode(), b"status", hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    @property
    def creation_key(self) -> str:
        """The idempotency key for creating the order."""
        return digest_of(self.token)

    @property
    def is_signed_in(self) -> bool:
        """Whether the order's client has signed in in this browser."""
        client_id = self.order.client_id if self.order else None
        return bool(client_id) and self._signed_in_as() == client_id

    @property
    def is_locked(self) -> bool:
        """Whether the session may not use its order until the client signs in here: the lead of a client, or an order whose
        client signed out."""
        if self.order is None or self.link is None or self.is_signed_in:
            return False
        return (self.order.is_lead and bool(self.order.client_id)) or bool(self.link.client_id)

    def _signed_in_as(self) -> str | None:
        if self.link is None or not self.link.proof or not self.proof:
            return None
        return self.link.client_id if hmac.compare_digest(self.link.proof, digest_of(self.proof)) else None

    def is_csrf(self, stated: str) -> bool:
        return self.is_derived(f"csrf:{self.proof}", stated)

    def is_derived(self, purpose: str, stated: str) -> bool:
        return self.signer.is_signed(self._signed_text(purpose), stated)

    def _signed_text(self, purpose: str) -> str:
        return f"{purpose}\n{digest_of(self.token)}"

    def stamp(self, now: int) -> str:
        """The signed time at which a page was shown. It is valid for this session, which makes one order."""
        return f"{now}.{self.derived(f'shown:{now}')}"

    def seconds_since(self, stamp: str, now: int) -> int | None:
        """Seconds since the page of this stamp was shown; None if the stamp is not ours."""
        shown_at, _, signature = stamp.partition(".")
        if not re.fullmatch(r"[0-9]{1,12}", shown_at) or not self.is_derived(f"shown:{shown_at}", signature):
            return None
        return now - int(shown_at)

    def cookies(self, form: Form, request: WebRequest) -> tuple[str, ...]:
        """The cookies that the browser still needs."""
        return (_cookie(_name(form, request), self.token, request, _COOKIE_SECONDS),) if self.fresh else ()

    def proof_cookie(self, form: Form, request: WebRequest) -> str:
        """The cookie of the sign-in. It is deleted when the browser closes."""
        return _cookie(_proof_name(form, request), self.proof, request)


def token_of(form: Form, request: WebRequest) -> str | None:
    """The browser's token for this form, or None."""
    token = request.cookies.get(_name(form, request), "")
    return token if _TOKEN.fullmatch(token) else None


def proof_of(form: Form, request: WebRequest) -> str:
    """The browser's value from its last sign-in; empty if there was none."""
    proof = request.cookies.get(_proof_name(form, request), "")
    return proof if _TOKEN.fullmatch(proof) else ""


def new_session(signer: Signer) -> Session:
    return Session(token=new_token(), signer=signer, fresh=True)


def _cookie(name: str, value: str, request: WebRequest, seconds: int | None = None) -> str:
    """A `Set-Cookie` value. `__Host-` keeps other hosts from setting it; plain HTTP is for local use only."""
    kept = f"; Max-Age={seconds}" if seconds else ""
    secure = "; Secure" if request.is_secure else ""
    return f"{name}={value}; Path=/{kept}; HttpOnly; SameSite=Lax{secure}"


def _name(form: Form, request: WebRequest) -> str:
    return f"__Host-form-{form.name}" if request.is_secure else f"form-{form.name}"


def _proof_name(form: Form, request: WebRequest) -> str:
    return f"__Host-in-{form.name}" if request.is_secure else f"in-{form.name}"
