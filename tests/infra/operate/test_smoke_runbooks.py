"""`make smoke` names the documents of runbooks that are not there, and pages of the desk without protection."""

from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from infra.operate.smoke.doors import ask_doors
from infra.operate.smoke.findings import Finding, Verdict
from infra.operate.smoke.runbooks import ask_runbooks

NAMES = ("OrderQueues-dev-cancel-order", "OrderQueues-dev-bulk")
PROTECTED = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class Documents:
    """Systems Manager with these documents, by name and status. `code`: of its refusal of all others."""

    def __init__(self, there: dict[str, str], code: str = "InvalidDocument") -> None:
        self._there, self._code = there, code

    def describe_document(self, *, Name: str) -> dict[str, Any]:
        if Name not in self._there:
            raise ClientError({"Error": {"Code": self._code}}, "DescribeDocument")
        return {"Document": {"Status": self._there[Name]}}


@pytest.mark.parametrize(
    ("there", "code", "verdict"),
    [
        (dict.fromkeys(NAMES, "Active"), "", Verdict.RIGHT),
        ({NAMES[0]: "Active"}, "InvalidDocument", Verdict.WRONG),
        ({NAMES[0]: "Active", NAMES[1]: "Failed"}, "", Verdict.WRONG),
        ({}, "InvalidAction", Verdict.NOT_ASKED),
    ],
)
def test_documents_that_are_missing_are_named(there: dict[str, str], code: str, verdict: Verdict) -> None:
    (found,) = ask_runbooks(Documents(there, code), NAMES)

    assert found.verdict is verdict
    assert (NAMES[1] in found.text) is (verdict is Verdict.WRONG)


def test_an_error_of_the_account_is_not_a_missing_document() -> None:
    with pytest.raises(ClientError):
        list(ask_runbooks(Documents({}, "AccessDeniedException"), NAMES))


def of_the_desk(headers: dict[str, str], body: str = "<form>", status: int = 200) -> Finding:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers=headers, text=body)

    with httpx.Client(base_url="https://shop.example", transport=httpx.MockTransport(answer)) as http:
        return list(ask_doors(http))[-1]


def test_the_page_to_sign_in_is_right_with_all_that_protects_it() -> None:
    assert of_the_desk(PROTECTED).verdict is Verdict.RIGHT


@pytest.mark.parametrize("name", PROTECTED)
def test_what_does_not_protect_it_is_named(name: str) -> None:
    found = of_the_desk({each: value for each, value in PROTECTED.items() if each != name})

    assert (found.verdict, name in found.text) == (Verdict.WRONG, True)


def test_a_page_without_a_form_is_wrong() -> None:
    assert of_the_desk(PROTECTED, body="").verdict is Verdict.WRONG
    assert of_the_desk(PROTECTED, status=502).verdict is Verdict.WRONG
