"""Authentication of a card holder as API 2.0 answers it; Ubersmith's own answer is not public (reference/ubersmith.md 6)."""

from lambdas.payments.authentication import Authentication


def authentication(found: Authentication) -> dict[str, str]:
    """The challenge for the card holder, and its state."""
    return {
        "status": found.state.value,
        "challenge_id": found.challenge.challenge_id,
        "url": found.challenge.url,
        "expires": str(found.challenge.expires_at),
    }
