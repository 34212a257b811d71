"""Who may hand in a contract: forged, stale and doubled signatures, several keys."""

import pytest

from lambdas.intake.signatures import is_signed_by_docusign, is_signed_with_time
from lambdas.runtime.timed_signatures import TOLERANCE_SECONDS
from tests.support.build import NOW
from tests.support.contracts import docusign_headers, timed_headers

BODY = '{"event": "envelope-completed", "name": "Ädä"}'.encode()


def test_a_published_example_of_hmac_sha256_is_computed_as_published() -> None:
    """RFC 4231, test case 2."""
    headers = {"x-docusign-signature-1": "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="}

    assert is_signed_by_docusign(headers, b"what do ya want for nothing?", ["Jefe"])


@pytest.mark.parametrize(
    ("signing", "ours", "is_right"),
    [
        (["k1"], ["k1"], True),
        (["k1"], ["k2"], False),
        (["old", "new"], ["new"], True),  # DocuSign signs with each of its keys
        (["k1"], ["k0", "k1"], True),  # ours may be several while they are exchanged
        ([], ["k1"], False),
        (["k1"], [], False),
    ],
)
def test_any_header_may_fit_any_key(signing: list[str], ours: list[str], is_right: bool) -> None:
    assert is_signed_by_docusign(docusign_headers(BODY, *signing), BODY, ours) is is_right
    assert is_signed_with_time(timed_headers(BODY, NOW, *signing), BODY, ours, NOW) is is_right


def test_another_body_is_another_signature() -> None:
    assert not is_signed_by_docusign(docusign_headers(BODY, "k"), BODY + b" ", ["k"])
    assert not is_signed_with_time(timed_headers(BODY, NOW, "k"), BODY + b" ", ["k"], NOW)


@pytest.mark.parametrize("header", ["", "not base64 ä", "AAAA", " "])
def test_what_is_no_signature_is_wrong_and_no_error(header: str) -> None:
    assert not is_signed_by_docusign({"x-docusign-signature-1": header}, BODY, ["k"])
    assert not is_signed_with_time({"x-signature": header}, BODY, ["k"], NOW)


def test_other_headers_do_not_count() -> None:
    (signature,) = docusign_headers(BODY, "k").values()

    assert not is_signed_by_docusign({"x-docusign-signature": signature, "x-other-1": signature}, BODY, ["k"])


@pytest.mark.parametrize(
    ("seconds", "is_right"),
    [
        (0, True),
        (TOLERANCE_SECONDS, True),
        (-TOLERANCE_SECONDS, True),
        (TOLERANCE_SECONDS + 1, False),
        (-TOLERANCE_SECONDS - 1, False),
    ],
)
def test_a_signature_is_good_for_five_minutes(seconds: int, is_right: bool) -> None:
    assert is_signed_with_time(timed_headers(BODY, NOW, "k"), BODY, ["k"], NOW + seconds) is is_right


def test_the_time_cannot_be_exchanged_or_doubled() -> None:
    _, _, signature = timed_headers(BODY, NOW, "k")["x-signature"].partition(",")

    for said in (f"t={NOW + 1},{signature}", f"t={NOW},t={NOW + 1},{signature}", signature, f"t=now,{signature}"):
        assert not is_signed_with_time({"x-signature": said}, BODY, ["k"], NOW)
