"""Calls Stripe with the key that is valid now. A call is asked once: its caller decides whether it may be repeated."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lambdas.payments.gateway import GatewayRefusedUsError, GatewayUnavailableError
from lambdas.runtime.provider_keys import Keys

if TYPE_CHECKING:
    from stripe import StripeClient

PROVIDER = "stripe"  # its name in `Keys`


class StripeCalls:
    """`address`: of the API, for another than Stripe's own."""

    def __init__(self, keys: Keys, address: str | None = None) -> None:
        self._keys, self._address = keys, address
        self._known: tuple[str, StripeClient] | None = None

    def ask(self, work: "Callable[[StripeClient], Any]") -> dict[str, Any]:
        """The answer to one call, as plain Python. Raises the port's errors, and StateDiffersError."""
        if not self._keys.knows(PROVIDER):
            raise GatewayRefusedUsError("this function has no key of the payment provider")
        from lambdas.payments.stripe import sdk  # most runs of a function pay nothing

        try:
            try:
                answer = work(self._client())
            except sdk.AuthenticationError:  # The key may have been replaced: nothing was done with this one.
                self._keys.forget(PROVIDER)
                answer = work(self._client())
        except sdk.StripeError as error:
            raise sdk.classed(error) from None
        plain: dict[str, Any] = answer.to_dict()
        return plain

    def _client(self) -> "StripeClient":
        from lambdas.payments.stripe.sdk import client_of

        secret = self._read_key()
        if self._known is None or self._known[0] != secret:
            self._known = (secret, client_of(secret, self._address))
        return self._known[1]

    def _read_key(self) -> str:
        """The first key of the secret. Nothing was asked of Stripe yet, so nothing moved if it cannot be read."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = self._keys.of(PROVIDER)
        except (BotoCoreError, ClientError):
            raise GatewayUnavailableError("the key of the payment provider could not be read") from None
        if not found:
            raise GatewayRefusedUsError("the secret with the payment provider's key is empty")
        return found[0]
