"""Registers a mail domain as an identity of SES. It belongs to the account and region, not to a stage."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import boto3


def register_identity(domain: str, options: Mapping[str, Any]) -> str:
    """Register the domain unless it is registered. Return its state in one line. `options`: for AWS clients."""
    mails: Any = boto3.client("sesv2", **options)
    with suppress(mails.exceptions.AlreadyExistsException):
        mails.create_email_identity(EmailIdentity=domain)
    known = mails.get_email_identity(EmailIdentity=domain)
    if known.get("VerifiedForSendingStatus"):
        return f"mail: {domain} is registered with SES and verified"
    records = "".join(
        f"\n  {token}._domainkey.{domain} CNAME {token}.dkim.amazonses.com"
        for token in known.get("DkimAttributes", {}).get("Tokens", [])
    )
    return f"mail: no mail goes out until {domain} is verified; add these records to its DNS:{records}"
