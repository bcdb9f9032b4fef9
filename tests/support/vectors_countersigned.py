"""Vectors of certificate.signed.json: signed by secretary, chair and seal, rightly and in every wrong way, unstamped."""

from collections.abc import Iterator
from typing import Any

import msgspec

from services.rules import countersigning, jws, signed_file
from services.wire import SignedPart
from tests.support import fixed_keys, pki
from tests.support.countersigned import STATEMENTS, Making
from tests.support.evidence import Sitting, by_choice
from tests.support.vectors_certificates import deterministic

_FORM, _WRONG = "certificate_malformed", "countersignature_wrong"
Case = tuple[str, str, str, bytes]


def countersigned_files() -> dict[str, Any]:
    """countersigned.json."""
    with deterministic("countersigned"):
        people = pki.Pki()
        sitting = Sitting(members=3, pki=people, ledger_key=fixed_keys.ed25519("ledger"))
        sitting.play(by_choice(sitting.ids, 2, 1, 0))
        STATEMENTS[id(sitting)] = msgspec.json.encode(sitting.statement())
        making = Making(sitting, None)
        cases = [*_bad(making)]
        usual, sealed = making.usual(), making.certificate()
        del STATEMENTS[id(sitting)]
    good = {
        "name": "signed by two persons and the seal",
        "catches": "nothing: it must be proven",
        "result": "good",
        "signers": {"secretary": "db002", "chair": "db001"},
        "certificate": jws.digest(sealed),
        "file": usual.decode(),
    }
    return {
        "about": "Whole certificate.signed.json files without time-stamps. Verify each with the anchors in `trust`; `result` is "
        "good or the code of the refusal. `certificate`: the SHA-256 that the seal names; `signers`: by their places.",
        "trust": people.root.pem.decode(),
        "cases": [
            good,
            *({"name": n, "catches": c, "result": r, "file": f.decode()} for n, c, r, f in cases),
        ],
    }


def _bad(making: Making) -> Iterator[Case]:
    keys, people = making.sitting.keys, making.sitting.pki
    secretary = making.person("secretary", keys["db002"], 5)
    chair = making.person("chair", keys["db001"], 10)
    usual = making.sealed(secretary, chair)
    parts = msgspec.json.decode(usual, type=_File).signatures

    def with_parts(*changed: SignedPart) -> bytes:
        return signed_file.write(making.statement, changed)

    other = making.statement.replace(b'"software":"', b'"software":"x', 1)
    yield "another statement", "signatures that nobody verifies", _WRONG, signed_file.write(other, parts)
    yield "no chair", "two signatures are enough", _FORM, with_parts(parts[0], parts[2])
    yield "one more", "signatures that nobody counts", _FORM, with_parts(*parts, parts[0])
    yield "in another order", "whoever signed", _WRONG, with_parts(parts[1], parts[0], parts[2])
    again = making.person("secretary", keys["db003"], 6)
    yield "the secretary exchanged", "a seal that covers no signature", _WRONG, with_parts(again, *parts[1:])
    same = making.person("chair", keys["db002"], 10)
    yield (
        "one person in both places",
        "two signatures for two persons",
        _WRONG,
        making.sealed(secretary, same),
    )
    early = making.person("secretary", keys["db002"], -10)
    yield "signed before it was issued", "times that nobody compares", _WRONG, making.sealed(early, chair)
    late = making.person("secretary", keys["db002"], 15)
    yield "the chair before the secretary", "the same", _WRONG, making.sealed(late, chair)
    stranger = people.person("db009", body="ubnd")
    theirs = making.person("secretary", stranger, 5)
    yield "a person of another body", "any person under the anchor", _WRONG, making.sealed(theirs, chair)
    forged = Making(making.sitting, None).person("secretary", pki.Pki().person("db002", body="hdnd"), 5)
    yield "under another anchor", "a chain that nobody builds", _WRONG, making.sealed(forged, chair)
    wrong_place = making.person("chair", keys["db002"], 5)
    yield "signed as something else", "a typ that nobody reads", _WRONG, making.sealed(wrong_place, chair)
    protected = countersigning.prepare(
        "secretary", making.chain(keys["db002"]), making.at_s(5), countersigning.MINUTES_TYPES
    )
    signed = jws.sign_bytes(
        "ES256", keys["db002"].key, countersigning.signing_input(protected, making.statement)
    )
    minuted = countersigning.part(protected, signed, None)
    yield "a signature on minutes", "one kind of paper for another", _WRONG, making.sealed(minuted, chair)
    turned = msgspec.structs.replace(parts[0], signature=parts[1].signature)
    yield "the chair's signature value", "a signature of anybody", _WRONG, with_parts(turned, *parts[1:])
    sealed = msgspec.json.decode(making.certificate(), type=dict)
    alone = SignedPart(protected=sealed["protected"], signature=sealed["signature"])
    yield "the seal of certificate.json", "the body's seal on anything", _WRONG, with_parts(*parts[:2], alone)
    yield "a space", "two ways to write one file", _FORM, usual.replace(b",", b", ", 1)
    yield "certificate.json", "another kind of file", _FORM, making.certificate()


class _File(msgspec.Struct):
    payload: str
    signatures: tuple[SignedPart, ...]
