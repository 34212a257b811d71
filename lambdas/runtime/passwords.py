"""Passwords that people choose, hashed at rest. API tokens are long and random and need no such work (api/login.py)."""

import hashlib
import hmac
import secrets

_WORK = {"n": 2**14, "r": 8, "p": 1}  # OWASP's lower scrypt setting that fits a small Lambda: 16 MB


def hash_password(password: str) -> str:
    """`scrypt$<salt>$<digest>`, hexadecimal."""
    salt = secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_digest(password, salt)}"


def is_password(password: str, stored: str) -> bool:
    _, salt, digest = stored.split("$")
    return hmac.compare_digest(_digest(password, bytes.fromhex(salt)), digest)


def _digest(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, **_WORK).hex()
