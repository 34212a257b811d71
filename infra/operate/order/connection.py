"""Calls of the API, one path per method. A refusal is an error with the API's own words."""

from typing import Any

import httpx

from infra.operate.order.login import Login

_SECONDS = 60
Parameters = dict[str, Any]


class RefusedError(Exception):
    """The API refused the call. `kind`: its stable word."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


class UnreachableError(Exception):
    """The API did not answer, or something else answered."""


class Connection:
    """`transport`: how calls are sent, for tests."""

    def __init__(self, login: Login, transport: httpx.BaseTransport | None = None) -> None:
        self._client = httpx.Client(
            base_url=login.url, auth=(login.user, login.token), timeout=_SECONDS, transport=transport
        )

    def close(self) -> None:
        self._client.close()

    def call(self, method: str, parameters: Parameters) -> dict[str, Any]:
        """Return the answer. Raises RefusedError or UnreachableError. Parameters that are None are left out."""
        sent = {name: value for name, value in parameters.items() if value is not None}
        try:
            answer = self._client.post(f"/{method}", json=sent)
            content = answer.json()
        except httpx.HTTPError as error:
            raise UnreachableError(
                f"the API at {self._client.base_url} did not answer: {type(error).__name__}"
            ) from None
        except ValueError:
            raise UnreachableError(f"{self._client.base_url} answered something else than the API does") from None
        if answer.is_success and isinstance(content, dict):
            return content
        raise RefusedError(
            str(content.get("type", "")).rpartition(":")[2], str(content.get("detail", answer.reason_phrase))
        )
