"""What a device checks before it signs a certificate: whatever is exchanged, nothing is signed."""

from functools import cache
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from asn1crypto import cms

from services.rules import countersigning, jws, prepared_page
from services.rules.proof_errors import PreparationWrong
from services.signing import printing
from services.signing.countersigned import bench
from services.signing.countersigned.steps import Ready, Sealed
from services.wire import CertificateFile, SignaturePrepared
from tests.support import issued
from tests.support.issued import Issued

NOW_S = 1_795_001_000


@cache
def made() -> Issued:
    """A certificate that may be signed."""
    return issued.usual()


@cache
def prepared() -> tuple[SignaturePrepared, bytes]:
    """What the secretary is to sign, and its page."""
    printing.equip(issued.materials(made().sitting.pki))
    file = made().printed.file
    statement = jws.b64_decode(msgspec.json.decode(file, type=CertificateFile).payload.encode())
    sealed = Sealed("cn-01", "hdnd", "ky-hop-12", "bq-01", statement, file, jws.digest(file), b"")
    page = bench.lay_out(sealed, "none")
    assert isinstance(page, bytes)
    ready = bench.prepare(page, "secretary", chain(), "Trần Thị Thư", NOW_S * 1000, None)
    assert isinstance(ready, Ready)
    said = SignaturePrepared(
        id="ky-01",
        certificate="cn-01",
        role="secretary",
        member="db002",
        page=jws.digest(ready.document),
        byte_range=ready.byte_range,
        attributes=jws.b64_encode(ready.attributes).decode(),
        protected=countersigning.prepare("secretary", chain(), NOW_S),
    )
    return said, ready.document


def chain(member: str = "db002") -> tuple[bytes, ...]:
    """A member's chain."""
    sitting = made().sitting
    return (sitting.keys[member].der, sitting.pki.delegates.der)


def check(said: SignaturePrepared, page: bytes, **changed: Any) -> bytes:
    """The check, by the secretary's device, now."""
    given: dict[str, Any] = {"file": made().printed.file, "chain": chain(), "now_s": NOW_S} | changed
    return prepared_page.must_be_to_sign(said, page, **given)


def test_what_is_as_shown_is_signed() -> None:
    """The attributes name the page's digest and the signer's certificate, and are all that is signed."""
    said, page = prepared()
    attributes = check(said, page)
    _, start, end, rest = said.byte_range
    assert end + rest == len(page)
    assert sha256(page[:start] + page[end:]).digest() in attributes
    assert sha256(chain()[0]).digest() in attributes
    assert prepared_page.attached(page, "certificate.json") == made().printed.file


def test_another_page_than_announced_is_refused() -> None:
    """Each changed byte, by its hash."""
    said, page = prepared()
    with pytest.raises(PreparationWrong, match="another page"):
        check(said, page.replace(b"%PDF-", b"%pdf-"))


def lying(page: bytes, said: SignaturePrepared, **changed: Any) -> SignaturePrepared:
    """What a lying server says of this page, all of it fitting together but for what is changed."""
    _, start, end, _ = said.byte_range
    digest = sha256(page[:start] + page[end:]).digest()
    attributes = prepared_page.attributes(digest, chain()[0])
    fits = {"page": jws.digest(page), "attributes": jws.b64_encode(attributes).decode()}
    return msgspec.structs.replace(said, **(fits | changed))


def test_another_certificate_in_the_page_is_refused() -> None:
    """What is attached is what was proven, to the last byte."""
    said, page = prepared()
    with pytest.raises(PreparationWrong, match="another certificate"):
        check(said, page, file=made().printed.file + b" ")
    hidden = page.replace(b"/Type/Filespec", b"/Type/Filespek", 1)
    with pytest.raises(PreparationWrong, match=r"certificate\.json"):
        check(lying(hidden, said), hidden)


@pytest.mark.parametrize(
    "name", ["short", "long", "from the second byte", "two holes", "hole with something in it"]
)
def test_all_of_the_page_is_signed_but_the_hole(name: str) -> None:
    """Whatever else is left out could be exchanged afterwards."""
    said, page = prepared()
    _, start, end, rest = said.byte_range
    ranges = {
        "short": (0, start, end, rest - 1),
        "long": (0, start, end, rest + 1),
        "from the second byte": (1, start, end, rest),
        "two holes": (0, start - 100, end, rest),
        "hole with something in it": (0, start, end, rest),
    }
    if name == "hole with something in it":
        page = page[: start + 1] + b"30" + page[start + 3 :]
    with pytest.raises(PreparationWrong, match="not the whole page"):
        check(lying(page, said, byte_range=ranges[name]), page)


def test_other_attributes_are_refused() -> None:
    """Of another page, by another certificate, with one attribute more, or fewer."""
    said, page = prepared()
    good = jws.b64_decode(said.attributes.encode())
    more = good[:1] + bytes([0x81, good[2] + 2]) + good[3:] + b"\x30\x00"
    wrong = {
        "another digest": prepared_page.attributes(b"x" * 32, chain()[0]),
        "another certificate": good.replace(sha256(chain()[0]).digest(), sha256(chain("db003")[0]).digest()),
        "more": more,
        "fewer": good[:1] + bytes([26]) + good[3:29],
        "nothing": b"",
    }
    for attributes in wrong.values():
        changed = msgspec.structs.replace(said, attributes=jws.b64_encode(attributes).decode())
        with pytest.raises(PreparationWrong, match="attributes"):
            check(changed, page)


def test_another_header_is_refused() -> None:
    """In another place, by another key, an hour ago, with a word more; and what is no header."""
    said, page = prepared()
    good = jws.b64_decode(said.protected.encode())
    wrong = {
        "chair": countersigning.prepare("chair", chain(), NOW_S),
        "another key": countersigning.prepare("secretary", chain("db003"), NOW_S),
        "an hour ago": countersigning.prepare("secretary", chain(), NOW_S - 3600),
        "crit": jws.b64_encode(good[:-1] + b',"crit":["b64"],"b64":false}').decode(),
        "spaces": jws.b64_encode(good.replace(b'","', b'", "')).decode(),
        "nothing": "",
    }
    for name, protected in wrong.items():
        changed = msgspec.structs.replace(said, protected=protected)
        with pytest.raises(PreparationWrong, match=r"header|time"):
            check(changed, page)
        assert protected != said.protected, name


def test_the_attributes_are_read_by_others() -> None:
    """RFC 5652: three attributes, in the order of DER."""
    said, page = prepared()
    read = cms.CMSAttributes.load(check(said, page), strict=True)
    assert [each["type"].native for each in read] == [
        "content_type",
        "message_digest",
        "signing_certificate_v2",
    ]
    assert read.dump(force=True) == check(said, page)
