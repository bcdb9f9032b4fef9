"""Where a key lies on a token, as RFC 7512 writes it."""

from pathlib import Path

import pytest

from services.kit.token_address import AddressWrong, TokenAddress, parse

QUERY = "?module-path=/usr/lib/libhsm.so&pin-source=file:/etc/plenary/pin"


def test_token_and_object() -> None:
    """A token by label, a key by label, with escapes."""
    found = parse(f"pkcs11:token=H%E1%BB%99i%20%C4%91%E1%BB%93ng;object=seal;type=private{QUERY}\n")
    assert found == TokenAddress(
        "/usr/lib/libhsm.so", Path("/etc/plenary/pin"), "Hội đồng", None, "seal", None
    )


def test_serial_and_id() -> None:
    """A token by serial number, a key by id: bytes of any value."""
    found = parse("PKCS11:serial=DECC01;id=%00%ff?pin-source=/pin&module-path=/m.so")
    assert found == TokenAddress("/m.so", Path("/pin"), None, b"DECC01", None, b"\x00\xff")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "does not begin"),
        ("https://token", "does not begin"),
        ("pkcs11:token=a;object=b", "module-path is missing"),
        ("pkcs11:token=a;object=b?module-path=/m.so", "pin-source is missing"),
        (f"pkcs11:token=a;object=b{QUERY}&pin-value=1234", "pin-value is not taken"),
        (f"pkcs11:object=b{QUERY}", "token or serial"),
        (f"pkcs11:token=a;serial=1;object=b{QUERY}", "token or serial"),
        (f"pkcs11:token=a{QUERY}", "object or id"),
        (f"pkcs11:token=a;object=b;object=c{QUERY}", "object cannot be read"),
        (f"pkcs11:token=a;object=b;type=public{QUERY}", "type must be private"),
        (f"pkcs11:token=a;object=b;slot-id=1{QUERY}", "slot-id cannot be read"),
        (f"pkcs11:token=a;object={QUERY}", "object cannot be read"),
        (f"pkcs11:token=%ff;object=b{QUERY}", "not UTF-8"),
        (f"pkcs11:token=%f;object=b{QUERY}", "token cannot be read"),
        ("pkcs11:token=a;object=b?module-path=/m&pin-source=https://x/pin", "pin-source must be a file"),
        (
            "pkcs11:token=a;object=b?module-path=/m&pin-source=file://elsewhere/pin",
            "pin-source must be a file",
        ),
        ("pkcs11:token=a;object=b?module-path=/m&pin-source=|cat%20/pin", "pin-source must be a file"),
    ],
)
def test_wrong(text: str, why: str) -> None:
    """What cannot be used is refused with the reason, and never with a PIN."""
    with pytest.raises(AddressWrong, match=why) as refused:
        parse(text)
    assert "1234" not in str(refused.value)
