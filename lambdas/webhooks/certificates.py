"""Signatures of PayPal's webhooks: RSA with SHA-256, by a key in a certificate that PayPal serves.

What is read of the certificate is its public key alone: that it is PayPal's own says the connection to PayPal's host. The library
for such things weighs 4 MB, and would be loaded before each event, for one power and one comparison. And of an event nothing is
believed but that a payment is worth a look-up.

https://developer.paypal.com/api/rest/webhooks/rest/ and RFC 8017, 8.2.2 and 9.2
"""

import base64
import binascii
import hashlib
import hmac
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

HOSTS = ("api.paypal.com", "api.sandbox.paypal.com")
OLDEST_SECONDS = 4 * 86_400  # PayPal sends an event again for three days
_PATH = "/v1/notifications/certs/"
_ALGORITHM = "SHA256withRSA"
_MAX_BYTES, _FETCH_SECONDS = 20_000, 4
_RSA = bytes.fromhex("2a864886f70d010101")
_SHA_256 = bytes.fromhex("3031300d060960864801650304020105000420")
_VERSION = 0xA0  # the tag of a certificate's optional first field


class UnreadableCertificateError(ValueError):
    """Not a certificate with an RSA key of at least 2048 bits."""


class NoCertificateError(RuntimeError):
    """PayPal does not serve the certificate just now."""


def is_signed_by_paypal(
    headers: Mapping[str, str],
    body: bytes,
    webhook_ids: Sequence[str],
    now: int,
    fetch: "Callable[[str], bytes] | None" = None,
) -> bool:
    """Whether PayPal sent the body to one of these webhooks. `headers`: by names in lower case. Raises NoCertificateError."""
    named = ("transmission-id", "transmission-time", "cert-url", "transmission-sig")
    sent, at, url, signature = (str(headers.get(f"paypal-{name}", "")) for name in named)
    if headers.get("paypal-auth-algo") != _ALGORITHM or not _is_paypals(url) or not _is_recent(at, now):
        return False
    try:
        signed = base64.b64decode(signature, validate=True)
        modulus, exponent = public_key((fetch or fetched)(url))
    except (binascii.Error, UnreadableCertificateError):
        return False
    texts = (f"{sent}|{at}|{webhook_id}|{zlib.crc32(body)}".encode() for webhook_id in webhook_ids)
    return any(_is_of(signed, text, modulus, exponent) for text in texts)


def public_key(certificate: bytes) -> tuple[int, int]:
    """Modulus and exponent of an X.509 certificate in PEM. Raises UnreadableCertificateError."""
    try:
        lines = certificate.decode("ascii").partition("-----BEGIN CERTIFICATE-----")[2].partition("-----END")[0]
        whole = base64.b64decode("".join(lines.split()), validate=True)
        (signed, *_) = _parts(next(_parts(whole))[1])
        fields = [part for part in _parts(signed[1]) if part[0] != _VERSION]
        algorithm, key = _parts(fields[5][1])  # behind serial number, algorithm, issuer, validity and subject
        modulus, exponent = (int.from_bytes(part[1], "big") for part in _parts(next(_parts(key[1][1:]))[1]))
    except (ValueError, IndexError, StopIteration):
        raise UnreadableCertificateError from None
    if next(_parts(algorithm[1]))[1] != _RSA or modulus.bit_length() < 2_048 or exponent < 3:
        raise UnreadableCertificateError
    return modulus, exponent


@lru_cache(maxsize=8)
def fetched(url: str) -> bytes:
    """A certificate of PayPal's by its address, which `is_signed_by_paypal` has checked."""
    import urllib3  # Comes with the Lambda runtime.

    try:
        answer = urllib3.PoolManager(retries=False).request(
            "GET", url, timeout=_FETCH_SECONDS, redirect=False, preload_content=False
        )
        content = answer.read(_MAX_BYTES)
    except urllib3.exceptions.HTTPError:
        raise NoCertificateError("PayPal's certificate could not be fetched") from None
    if answer.status != 200:
        raise NoCertificateError("PayPal's certificate could not be fetched")
    return bytes(content)


def _is_paypals(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_plain = url.isascii() and url.isprintable() and ".." not in url
    return is_plain and parts.scheme == "https" and parts.netloc in HOSTS and parts.path.startswith(_PATH)


def _is_recent(at: str, now: int) -> bool:
    try:
        return abs(now - datetime.fromisoformat(at).timestamp()) <= OLDEST_SECONDS
    except ValueError:
        return False


def _is_of(signature: bytes, text: bytes, modulus: int, exponent: int) -> bool:
    """Whether the signature is exactly the one padding of the text's hash: nothing of it is parsed."""
    length = (modulus.bit_length() + 7) // 8
    end = _SHA_256 + hashlib.sha256(text).digest()
    padded = b"\x00\x01" + b"\xff" * (length - len(end) - 3) + b"\x00" + end
    number = int.from_bytes(signature, "big")
    if len(signature) != length or number >= modulus:
        return False
    return hmac.compare_digest(pow(number, exponent, modulus).to_bytes(length, "big"), padded)


def _parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each value in a row (DER). Raises ValueError or IndexError."""
    at = 0
    while at < len(content):
        tag, length, at = content[at], content[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(content[at : at + count], "big"), at + count
        if at + length > len(content):
            raise ValueError("it ends too early")
        yield tag, content[at : at + length]
        at += length
