"""Archive time-stamps in certificate.signed.json: what they cover, in which order, every way to tamper with them."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from services.refusal import Refused
from services.rules import countersigned, jws, signed_file
from services.rules.certified import load_one
from services.wire import SignedFile
from tests.support.countersigned import Making, making
from tests.support.stamps import TimeAuthority, revocation_list

HOUR_S = 3_600
# The authorities of the tests end before 2049.
HOURS_TO_THE_END = (2_493_072_000 - 1_790_000_000) // HOUR_S


@pytest.fixture
def made() -> Making:
    """A file that may be archived."""
    return making(stamped=True)


def archived(made: Making, file: bytes, later: int, time: TimeAuthority | None = None, **how: Any) -> bytes:
    """The file under one more archive time-stamp, so many hours after the last signature."""
    by = time or made.time
    assert by is not None
    at = (made.at_s(20) + later * HOUR_S) * 1000
    revoked: dict[int, int] = how.get("revoked", {})
    support = [by.root.der], [revocation_list(by.root, at, revoked)]
    return signed_file.archive(file, lambda over: by.token(over, at), support)


def opened(made: Making, file: bytes, trusted: bool = True) -> Any:
    """What a stranger finds."""
    assert made.time is not None
    return countersigned.open_file(
        file, made.sitting.pki.anchors(), [made.time.root.der] if trusted else None
    )


def twice(made: Making) -> bytes:
    """Archived, and renewed."""
    return archived(made, archived(made, made.usual(), 1), 2)


def test_archived_and_renewed(made: Making) -> None:
    """The level says so; each stamp is in order; whose the authority is, may be asked later."""
    plain = made.usual()
    assert (opened(made, plain).level, opened(made, plain).archives) == ("B-LT", ())
    for count, file in ((1, archived(made, plain, 1)), (2, twice(made))):
        found = opened(made, file)
        assert (found.level, len(found.archives)) == ("B-LTA", count)
        assert opened(made, file, trusted=False).level == "B-LTA"
        assert signed_file.last_stamp(file).at == found.archives[-1].at


def test_it_is_over_what_the_standard_says(made: Making) -> None:
    """Payload, protected header, signature, points between, and all elements before it (TS 119 182-1, 5.3.6.3.1)."""
    over: list[bytes] = []
    plain = made.usual()

    def stamp(asked: bytes) -> bytes:
        over.append(asked)
        assert made.time is not None
        return made.time.token(asked, made.at_s(60) * 1000)

    signed_file.archive(plain, stamp, ([], []))
    file = json.loads(plain)
    seal = file["signatures"][2]
    expected = ".".join(
        (file["payload"], seal["protected"], seal["signature"], "".join(seal["header"]["etsiU"]))
    )
    assert over == [expected.encode()]


def _changed(change: Callable[[list[str]], None], place: int = 2) -> Callable[[Making], bytes]:
    def attack(made: Making) -> bytes:
        file = json.loads(twice(made))
        change(file["signatures"][place]["header"]["etsiU"])
        return msgspec.json.encode(msgspec.convert(file, SignedFile))

    return attack


def _respelled(elements: list[str]) -> None:
    raw = jws.b64_decode(elements[3].encode())
    elements[3] = jws.b64_encode(raw.replace(b":", b": ", 1)).decode()


def _swapped(elements: list[str]) -> None:
    elements[3], elements[6] = elements[6], elements[3]


def _flipped(elements: list[str]) -> None:
    raw = bytearray(jws.b64_decode(elements[1].encode()))
    at = raw.index(b"val") + 40
    raw[at] = ord("A") if raw[at] != ord("A") else ord("B")
    elements[1] = jws.b64_encode(bytes(raw)).decode()


def _copied_to_a_person(made: Making) -> bytes:
    file = json.loads(twice(made))
    elements = file["signatures"][2]["header"]["etsiU"]
    file["signatures"][0]["header"]["etsiU"] += elements[3:4]
    return msgspec.json.encode(msgspec.convert(file, SignedFile))


def _renewed_by_who_was_revoked(made: Making) -> bytes:
    assert made.time is not None
    serial = load_one(made.time.stamper.der).serial_number
    return archived(made, archived(made, made.usual(), 1), 3, revoked={serial: made.at_s(HOUR_S) * 1000})


ATTACKS: dict[str, Callable[[Making], bytes]] = {
    "the first taken away": _changed(lambda elements: elements.pop(3)),  # type: ignore[arg-type]
    "what stands behind the first taken away": _changed(lambda elements: elements.pop(4)),  # type: ignore[arg-type]
    "only the values of a renewal": _changed(lambda elements: elements.pop()),  # type: ignore[arg-type]
    "the last twice": _changed(lambda elements: elements.append(elements[-1])),
    "exchanged": _changed(_swapped),
    "spelled in another way": _changed(_respelled),
    "something before it changed": _changed(_flipped),
    "no base64": _changed(lambda elements: elements.append("?")),
    "no JSON": _changed(lambda elements: elements.append("AAAA")),
    "behind a person's": _copied_to_a_person,
    "before what it covers": lambda made: archived(made, archived(made, made.usual(), 2), 1),
    "by a stranger": lambda made: archived(made, made.usual(), 1, TimeAuthority()),
    "after its authority had ended": lambda made: archived(
        made, archived(made, made.usual(), 1), HOURS_TO_THE_END
    ),
    "by an authority that was revoked": _renewed_by_who_was_revoked,
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_other_is_refused(made: Making, attack: str) -> None:
    """And never by a fault."""
    file = ATTACKS[attack](made)
    with pytest.raises(Refused):
        opened(made, file)


def test_without_a_time_stamp_there_is_nothing_to_archive() -> None:
    """A file without an authority for time stays B-B."""
    plain = making(stamped=False)
    with pytest.raises(Refused, match="countersignature_wrong"):
        signed_file.archive(plain.usual(), lambda over: over, ([], []))
