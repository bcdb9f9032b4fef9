"""Base64url in its one canonical spelling: held against the plain definition, to decode and to encode again."""

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules import jws

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def by_definition(text: bytes) -> bytes | None:
    """What is decoded from a text that is exactly how its value is encoded; else None."""
    try:
        value = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return value if base64.urlsafe_b64encode(value).rstrip(b"=") == text else None


def must_be_as_defined(text: bytes) -> None:
    """Decoded to the same bytes, or refused."""
    expected = by_definition(text)
    if expected is None:
        with pytest.raises(jws.NotWellFormed):
            jws.b64_decode(text)
    else:
        assert jws.b64_decode(text) == expected


@given(st.binary(max_size=80))
def test_what_is_encoded_is_decoded_again(value: bytes) -> None:
    """Every value has its text."""
    assert jws.b64_decode(jws.b64_encode(value)) == value


@given(st.lists(st.sampled_from(ALPHABET + b"+/=\n !\x00\xff"), max_size=12).map(bytes))
def test_a_text_is_decoded_only_if_it_is_how_its_value_is_written(text: bytes) -> None:
    """Other alphabets, padding, blanks, leftover bits, lengths that cannot be."""
    must_be_as_defined(text)


@pytest.mark.parametrize("length", range(1, 6))
def test_any_one_byte_anywhere(length: int) -> None:
    """Every byte there is, at every place of a text of every length."""
    for place in range(length):
        for byte in range(256):
            must_be_as_defined(b"A" * place + bytes([byte]) + b"A" * (length - place - 1))


def test_every_end_of_two_characters() -> None:
    """All that a last, incomplete group can be."""
    for one in ALPHABET:
        for other in ALPHABET:
            must_be_as_defined(bytes([one, other]))
            must_be_as_defined(b"AAAA" + bytes([one, other]))
            must_be_as_defined(bytes([65, one, other]))
