"""Envelopes between two services: whoever has the key reads them, about the matter they are of, and nobody else."""

from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit import envelope
from services.kit.envelope import KEY_BYTES, Envelope, EnvelopeBroken
from services.kit.keys import KeyRefused

ENVELOPE = Envelope(b"k" * KEY_BYTES)


@given(words=st.binary(max_size=500), about=st.text(max_size=50))
def test_what_is_sealed_is_read(words: bytes, about: str) -> None:
    """Any words about anything; and never the same envelope twice."""
    about = about.encode("utf-8", "ignore").decode()
    sealed = ENVELOPE.seal(words, about)
    assert ENVELOPE.open(sealed, about) == words
    assert ENVELOPE.seal(words, about) != sealed


@pytest.mark.parametrize("text", ["", "AA==", "not base64", "ẽ", "A" * 40])
def test_what_is_no_envelope_is_refused(text: str) -> None:
    """Whatever it is."""
    with pytest.raises(EnvelopeBroken):
        ENVELOPE.open(text, "matter")


@given(place=st.integers(0, 60), bit=st.integers(0, 7))
def test_a_changed_bit_is_refused(place: int, bit: int) -> None:
    """In the nonce, the words or the tag."""
    raw = bytearray(b64decode(ENVELOPE.seal(b"w" * 33, "matter")))
    raw[place] ^= 1 << bit
    with pytest.raises(EnvelopeBroken):
        ENVELOPE.open(b64encode(bytes(raw)).decode(), "matter")


def test_another_matter_and_another_key_are_refused() -> None:
    """An envelope is of its matter and of its house."""
    sealed = ENVELOPE.seal(b"words", "matter")
    with pytest.raises(EnvelopeBroken):
        ENVELOPE.open(sealed, "another")
    with pytest.raises(EnvelopeBroken):
        Envelope(b"x" * KEY_BYTES).open(sealed, "matter")


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    """One that is there stays; one that others may read, or that is none, is refused."""
    path = tmp_path / "envelope.key"
    sealed = envelope.ensure(path).seal(b"words", "matter")
    assert envelope.ensure(path).open(sealed, "matter") == b"words"
    path.chmod(0o644)
    with pytest.raises(KeyRefused, match="may be read by others"):
        envelope.load(path)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(KeyRefused, match="not a key"):
        envelope.ensure(path)
    path.unlink()
    with pytest.raises(KeyRefused, match="cannot be read"):
        envelope.load(path)
