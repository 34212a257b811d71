"""How Stripe refuses a call. Each refusal says whether an idempotency key remembers it."""

from typing import Any


class Refusal(Exception):
    """`kept`: the work had begun, so the answer is kept under the call's key. `more`: other fields of the error."""

    def __init__(
        self, status: int, kind: str, message: str, *, code: str = "", kept: bool = False, **more: Any
    ) -> None:
        super().__init__(message)
        self.status, self.kept = status, kept
        self.error = {"type": kind, "message": message, **({"code": code} if code else {}), **more}


def invalid(message: str, *, code: str = "", param: str = "") -> Refusal:
    """Parameters that never come to work: keys do not remember it."""
    return Refusal(400, "invalid_request_error", message, code=code, param=param or None)


def missing(what: str, name: str) -> Refusal:
    text = f"No such {what}: '{name}'"
    return Refusal(404, "invalid_request_error", text, code="resource_missing", param=what)


def wrong_state(message: str, code: str = "payment_intent_unexpected_state", **more: Any) -> Refusal:
    return Refusal(400, "invalid_request_error", message, code=code, kept=True, **more)


def card_error(code: str, decline_code: str, message: str, **more: Any) -> Refusal:
    return Refusal(402, "card_error", message, code=code, kept=True, decline_code=decline_code, **more)


def unauthorized(key: str) -> Refusal:
    return Refusal(401, "invalid_request_error", f"Invalid API Key provided: {key[:7]}***{key[-4:]}")


def forbidden() -> Refusal:
    return Refusal(403, "invalid_request_error", "The provided key does not have the required permissions")


def too_many() -> Refusal:
    return Refusal(429, "invalid_request_error", "Too many requests", code="rate_limit")


def broken() -> Refusal:
    return Refusal(500, "api_error", "An error occurred on our end", kept=True)
