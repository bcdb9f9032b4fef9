"""Whatever is done to a page is found in it again, act by act; and nothing else is ever found."""

import zlib
from functools import cache
from typing import Any

import pytest
from asn1crypto import core
from hypothesis import given, settings
from hypothesis import strategies as st

from services.refusal import Refused
from services.signing.countersigned import revisions
from services.signing.countersigned.acts import Act, Image, Materials, Signature, Stamp
from services.signing.countersigned.places import ROLES
from tests.support.issued import usual
from tests.support.signed_edition import Edition

_ROOM = 400
_bytes = st.binary(max_size=60)
# What readers look for, where it must not be found.
_tricky = st.sampled_from(
    [
        b"endstream\nendobj\n",
        b"9 0 obj\n<</Type/Sig/",
        b"%%EOF\n% Plenary signed edition 1\n",
        b"/Contents<00>/ByteRange[" + b" " * 40 + b"]",
        b"xref\n0 1\n",
    ]
)
_content = st.one_of(_bytes, _tricky)
_held = st.one_of(st.just(b""), _bytes.map(lambda raw: core.OctetString(raw).dump()))
_names = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
_images = st.builds(Image, st.integers(1, 800), st.integers(1, 800), _content, _content)
_materials = st.builds(
    Materials, *(st.lists(_content, max_size=3, unique=True).map(tuple) for _ in range(3))
).filter(bool)


@cache
def _page() -> bytes:
    return Edition(usual()).laid_out().pdf


@st.composite
def _histories(draw: Any) -> list[Act]:
    """Signatures in their order, anything between them, time-stamps after them."""
    acts: list[Act] = []
    signed = draw(st.integers(0, 3))
    for role in ROLES[:signed]:
        drawing = draw(st.one_of(_content, st.just(zlib.compress(b"q Q"))))
        at = draw(st.integers(0, 4_000_000_000))
        acts.append(Signature(role, draw(_names), at, drawing, draw(st.none() | _images), _ROOM, draw(_held)))
        acts += draw(st.lists(_materials, max_size=1))
    if signed == 3:
        acts += draw(st.lists(st.one_of(st.builds(Stamp, st.just(_ROOM), _held), _materials), max_size=3))
    return acts


def _written(acts: list[Act]) -> revisions.Document:
    document = revisions.read(_page())
    for act in acts:
        fresh = act.without(document.materials) if isinstance(act, Materials) else act
        document = revisions.add(document, fresh) if not isinstance(fresh, Materials) or fresh else document
    return document


@settings(max_examples=150)
@given(_histories())
def test_what_was_done_is_found_again(acts: list[Act]) -> None:
    document = _written(acts)
    found = revisions.read(document.pdf)
    assert found.acts == document.acts
    assert found == document


@settings(max_examples=150)
@given(_histories(), st.data())
def test_nothing_else_is_found(acts: list[Act], data: Any) -> None:
    """A change anywhere after the page is refused, or is another act as we write it."""
    document = _written(acts)
    place = data.draw(st.integers(len(revisions.begin(document.page).pdf) - 1_000, len(document.pdf)))
    changed = (
        document.pdf[:place] + data.draw(_content) + document.pdf[place + data.draw(st.integers(0, 3)) :]
    )
    try:
        found = revisions.read(changed)
    except Refused:
        return
    assert found.pdf == changed
    assert _written(list(found.acts)).pdf == changed


@pytest.mark.parametrize("garbage", [b"", b"%PDF-1.7\n", b"\0" * 100])
def test_what_is_no_signed_edition_is_refused(garbage: bytes) -> None:
    with pytest.raises(Refused):
        revisions.read(garbage)
