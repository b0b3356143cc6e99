"""Passwords: what is kept of one (Argon2id), and whether one fits."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """Return the Argon2id hash of *password*."""
    return _hasher.hash(password)


def fits(stored: str, password: str) -> bool:
    """Does *password* fit the *stored* hash?"""
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
