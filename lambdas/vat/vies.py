"""VIES, the register of the European Union, by its REST interface.

https://ec.europa.eu/taxation_customs/vies/#/technical-information
"""

import re
from collections.abc import Callable, Mapping

from lambdas.runtime.json_answer import Fetched, fetch
from lambdas.vat.register import UNAVAILABLE, Answer, Standing

ADDRESS = "https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number"
_MOST_BYTES = 50_000
_CONSULTATION = re.compile(r"[A-Za-z0-9-]{1,40}")


class ViesRegister:
    def __init__(self, address: str = ADDRESS, read: Callable[..., Fetched] = fetch) -> None:
        self._address, self._read = address, read

    def ask(self, number: str, requester: str) -> Answer:
        """Only a plain yes or no for this number counts. Failures come with status 200 too (`actionSucceed` false)."""
        asked = {"countryCode": number[:2], "vatNumber": number[2:]}
        if requester:
            asked |= {"requesterMemberStateCode": requester[:2], "requesterNumber": requester[2:]}
        status, content = self._read(self._address, most_bytes=_MOST_BYTES, body=asked)
        if status != 200 or not isinstance(content, Mapping) or content.get("actionSucceed") is False:
            return UNAVAILABLE
        same = (content.get("countryCode"), content.get("vatNumber")) == (number[:2], number[2:])
        valid = content.get("valid")
        if not same or not isinstance(valid, bool):
            return UNAVAILABLE
        named = str(content.get("requestIdentifier") or "")
        consultation = named if _CONSULTATION.fullmatch(named) else ""
        return Answer(standing=Standing.VALID if valid else Standing.INVALID, consultation=consultation)
