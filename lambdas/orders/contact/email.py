"""E-mail addresses, judged by `email-validator` (https://github.com/JoshData/python-email-validator); nobody is asked of them.

What is kept is what mail is sent to: SES takes the part before the @ in ASCII only, and international domains in their ASCII
form (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html).
"""

from lambdas.languages.texts import N_
from lambdas.orders.contact.text import narrow
from lambdas.orders.contact.unfit import UnfitError

_LONGEST = 500  # as it is typed: an address has 254 at most, in ASCII
_EXAMPLE = "must be one e-mail address such as name@example.com"
_ADVICE = N_("Enter an email address in the correct format, like name@example.com")
_ASCII_ONLY = "can have letters such as ä or 李 only behind the @: our mail service takes no others before it"
_ASCII_ADVICE = N_("Enter an email address with only the letters a to z, digits and signs before the @")


def email(value: str) -> str:
    """The address as mail is sent to it; empty stays empty. Raises UnfitError."""
    stated = narrow(value).strip().rstrip(".")
    if not stated:
        return ""
    if len(stated) > _LONGEST:
        raise UnfitError(_EXAMPLE, _ADVICE)
    from email_validator import EmailNotValidError, validate_email

    try:
        # A "test environment" lets the domains of RFC 6761's `.test` pass, which no one can own: what is sent there to try
        # an installation out reaches nobody.
        found = validate_email(stated, check_deliverability=False, strict=True, test_environment=True)
    except EmailNotValidError:
        raise UnfitError(_EXAMPLE, _ADVICE) from None
    if found.ascii_email is None:
        raise UnfitError(_ASCII_ONLY, _ASCII_ADVICE)
    if "." not in found.ascii_domain:
        raise UnfitError(_EXAMPLE, _ADVICE)
    return found.ascii_email


def mailed_to(value: str) -> str:
    """The one address in the text. Empty if it holds no address, or more than one."""
    try:
        return email(value)
    except UnfitError:
        return ""


def is_email(value: str) -> bool:
    """Whether mail can be sent to it, as it is written."""
    return bool(value) and mailed_to(value).casefold() == value.casefold()
