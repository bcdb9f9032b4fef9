"""Vectors of verification codes: what the phone shows must be what the service's app shows."""

import hashlib
from typing import Any

from tests.support.vectors_signed import compact, payload

_CHOICES = {"approve": "Tán thành", "reject": "Không tán thành", "abstain": "Không biểu quyết"}


def codes() -> dict[str, Any]:
    """verification-codes.json."""
    ballots = [compact(payload(choice=choice, label=label)) for choice, label in _CHOICES.items()]
    inputs = [ballot.rpartition(".")[0] for ballot in ballots]
    cases = [
        *(("a ballot", "a code of the payload, the signature or the hash in text", text) for text in inputs),
        ("nothing", "an error where there is nothing to hash", ""),
        ("begins with zeros", "a code written as a number", _first(lambda code: code.startswith("00"))),
        (
            "more than four digits before",
            "the first digits instead of the last",
            _first(lambda code: code[0] == "9"),
        ),
        ("not ASCII", "letters counted instead of bytes", "Đồng ý"),
    ]
    return {
        "about": "The verification code of a JWS signing input, given as text in UTF-8: of SHA-256(SHA-256(input)) the last two "
        "bytes, big-endian, as the last four of their decimal digits, zeros kept.",
        "cases": [
            {"name": name, "catches": catches, "input": text, "code": _code(text)}
            for name, catches, text in cases
        ],
    }


def _code(text: str) -> str:
    # By hexadecimal digits: another road than the product's.
    last = hashlib.sha256(bytes.fromhex(hashlib.sha256(text.encode()).hexdigest())).hexdigest()[-4:]
    return str(int(last, 16) % 10_000).zfill(4)


def _first(fits: Any) -> str:
    return next(text for text in map("thử {}".format, range(100_000)) if fits(_code(text)))
