"""A mail domain as an identity of SES. It belongs to the account and region and not to a stage."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import boto3


def make_known(domain: str, options: Mapping[str, Any]) -> str:
    """Make the domain an identity unless it is one; what is to be said of it, in a line. `options`: of clients of AWS."""
    mails: Any = boto3.client("sesv2", **options)
    with suppress(mails.exceptions.AlreadyExistsException):
        mails.create_email_identity(EmailIdentity=domain)
    known = mails.get_email_identity(EmailIdentity=domain)
    if known.get("VerifiedForSendingStatus"):
        return f"mail: SES knows {domain}, and it is verified"
    records = "".join(
        f"\n  {token}._domainkey.{domain} CNAME {token}.dkim.amazonses.com"
        for token in known.get("DkimAttributes", {}).get("Tokens", [])
    )
    return f"mail: nothing goes out before {domain} is verified; put these records into its DNS:{records}"
