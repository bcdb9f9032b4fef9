"""Whom a certificate at a service names, on the screen of who links it."""

import pytest

from services.signing.remote_standing import name_in
from tests.support.outside import certify, signing


@pytest.mark.parametrize(
    ("common", "shown"),
    [
        ("Nguyễn Thị Mai", "Nguyễn Thị Mai"),
        ("Nguye\u0302\u0303n An", "Nguyễn An"),
        ("Mai\u202enA iaB", "MainA iaB"),
        ("M\u200bai\u2066", "Mai"),
        ("\u3164\u2800", "?"),
        ("\u00a0An\ue000", "An"),
        ("x" * 64, "x" * 64),
        ("Max\u0316\u0317\u0318\u0319\u031c\u0300\u0301 An", "Max\u0316\u0317\u0318\u0319 An"),
        ("\u0301" * 20 + "An", "\u0301An"),
    ],
    ids=[
        "as it is",
        "in parts",
        "turned round",
        "of no width",
        "empty to the eye",
        "private",
        "long",
        "heaped",
        "on nothing",
    ],
)
def test_name_that_can_be_seen(common: str, shown: str) -> None:
    """What hides or turns letters is left out; of nothing else there is a question mark."""
    assert name_in(certify(common, None, signing()).der) == shown
