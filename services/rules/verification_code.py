"""The verification code of a message: four digits, on our screen and in the text of the service that signs it.

Whoever confirms in another app compares them, and so knows that it is this message which they sign and no other that
was sent at the same moment. As Smart-ID does it (`VerificationCodeCalculator` of its Java client): of the SHA-256 of
the hash that is signed, the last two bytes, big-endian, as the last four of their decimal digits.
"""

import hashlib

DIGITS = 4


def of(signing_input: bytes) -> str:
    """The code of a JWS signing input (RFC 7515 section 5.1), whose SHA-256 is what the service is given to sign."""
    return of_hash(hashlib.sha256(signing_input).digest())


def of_hash(signed_hash: bytes) -> str:
    """The code of what is signed, by its SHA-256."""
    number = int.from_bytes(hashlib.sha256(signed_hash).digest()[-2:])
    return f"{number % 10**DIGITS:0{DIGITS}d}"
