"""A JAdES file as a stranger reads it who has the standards and nothing of ours (RFC 7515; ETSI TS 119 182-1 V1.2.1).

What is asserted here are the rules of the standard for baseline signatures (clauses 5 and 6.3), not our own, narrower
spelling. `imprints` puts together what each time-stamp is over, by the text of clauses 5.3.4 and 5.3.6.3.1.
"""

import base64
import hashlib
import json
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource

Json = dict[str, Any]

# Clause 5.2 and 5.1: what may stand only in a protected header, and `crit` must list (5.1.9) of what is there.
_CRITICAL = {"sigT", "x5t#o", "sigX5ts", "srCms", "sigPl", "srAts", "adoTst", "sigPId", "sigD", "b64"}
# RFC 7518: what a signature of a public key may be by; nobody's shared secret, nothing.
_ALGORITHMS = {"ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
# Clause 5.3 and Annex A: what may stand in `etsiU`, one in each element.
_UNSIGNED = {"sigPSt", "sigTst", "xVals", "rVals", "axVals", "arVals", "tstVD", "arcTst"}
_UNSIGNED |= {"xRefs", "rRefs", "axRefs", "arRefs", "sigRTst", "rfsTst", "cSig"}
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
# Where the schemas that ETSI publishes with the standard lie, for who has them: they are not ours to give away.
_SCHEMAS = os.environ.get("JADES_SCHEMAS", "")


@dataclass(frozen=True)
class Part:
    """One signature: the protected header, decoded and as it stands; the certificates in it (DER); the signature as it
    stands; the elements behind it, decoded and as they stand."""

    header: Json
    protected: str
    chain: tuple[bytes, ...]
    payload: str
    signature: str
    elements: tuple[Json, ...]
    texts: tuple[str, ...]

    @property
    def flat(self) -> Json:
        """This signature alone (RFC 7515, 7.2.2)."""
        return {"payload": self.payload, "protected": self.protected, "signature": self.signature}

    @property
    def imprints(self) -> list[tuple[str, bytes, bytes]]:
        """Each time-stamp token (DER), as what it is there, and the bytes that it must be over."""
        found = []
        before = f"{self.payload}.{self.protected}.{self.signature}."
        for text, element in zip(self.texts, self.elements, strict=True):
            ((kind, value),) = element.items()
            over = {"sigTst": self.signature, "arcTst": before}.get(kind)
            for token in value["tstTokens"] if over is not None else ():
                found.append((kind, _standard(token["val"]), str(over).encode()))
            before += text
        return found


def read(file: bytes) -> list[Part]:
    """The signatures of a file in the general serialisation, each by the rules for a baseline signature."""
    found = json.loads(file, object_pairs_hook=_once)
    assert set(found) == {"payload", "signatures"}
    return [_part(found["payload"], each) for each in found["signatures"]]


def _part(payload: str, given: Json) -> Part:
    assert set(given) <= {"protected", "header", "signature"}
    header = json.loads(_url(given["protected"]), object_pairs_hook=_once)
    chain = _must_be_protected(header)
    _url(given["signature"])
    # Clause 5.3.1: etsiU, and nothing else; here in base64url, each element by itself.
    unprotected = given.get("header", {"etsiU": []})
    assert set(unprotected) == {"etsiU"}
    texts = tuple(unprotected["etsiU"])
    assert texts or "header" not in given
    elements = tuple(json.loads(_url(text), object_pairs_hook=_once) for text in texts)
    for each in elements:
        _must_be_unsigned(each)
    _must_fit_schemas(header, unprotected, elements)
    return Part(header, given["protected"], chain, payload, given["signature"], elements, texts)


def _must_be_protected(header: Json) -> tuple[bytes, ...]:
    assert header["alg"] in _ALGORITHMS
    # Clause 5.1.7: what the payload is, where no sigD says it.
    assert header["cty"]
    assert "/" in header["cty"]
    # Clause 5.1.11, 6.3: since 2025 iat and never sigT; an integer.
    assert type(header["iat"]) is int
    assert "sigT" not in header
    # Clause 5.1.4 and 6.3: exactly one reference to the certificate, never x5t with its SHA-1.
    assert sum(each in header for each in ("x5t#S256", "x5t#o", "sigX5ts")) == 1
    assert "x5t" not in header
    # Clause 5.1.8, RFC 7515 4.1.6: plain base64, the signer's first; and it is the one that was referred to.
    chain = tuple(_standard(each) for each in header["x5c"])
    assert header["x5t#S256"] == encoded(hashlib.sha256(chain[0]).digest())
    # Clause 5.1.9: `crit` lists exactly what of the standard's own is there; here it is nothing.
    assert sorted(header.get("crit", [])) == sorted(_CRITICAL & set(header))
    assert header.get("crit", ["?"])
    return chain


def _must_be_unsigned(element: Json) -> None:
    assert len(element) == 1
    ((kind, value),) = element.items()
    assert kind in _UNSIGNED
    if kind in ("sigTst", "arcTst"):
        # Clause 5.4.3.3: no canonicalisation of what stands in base64url.
        assert set(value) == {"tstTokens"}
        assert value["tstTokens"]
        for token in value["tstTokens"]:
            _must_be_object(token, {"type", "encoding", "specRef", "val"})
    elif kind in ("xVals", "axVals"):
        assert value
        for each in value:
            ((name, one),) = each.items()
            assert name in ("x509Cert", "otherCert")
            _must_be_object(one, {"encoding", "specRef", "val"})
    elif kind in ("rVals", "arVals"):
        assert value
        assert set(value) <= {"crlVals", "ocspVals", "otherVals"}
        for listed in value.values():
            assert listed
            for one in listed:
                _must_be_object(one, {"encoding", "specRef", "val"})


def _must_be_object(given: Json, allowed: set[str]) -> None:
    """Clause 5.4.1, pkiOb: DER in plain base64 unless it says otherwise."""
    assert {"val"} <= set(given) <= allowed
    assert _standard(given["val"])[0] == 0x30


def _once(pairs: list[tuple[str, Any]]) -> Json:
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names))
    return dict(pairs)


def _url(text: str) -> bytes:
    """RFC 7515, section 2: no padding, no other letters, nothing in the bits left over."""
    assert _BASE64URL.fullmatch(text)
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert encoded(raw) == text
    return raw


def encoded(raw: bytes) -> str:
    """In base64url (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _standard(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    assert base64.b64encode(raw).decode() == text
    return raw


# --- ETSI's own schemas, where they are at hand ----------------------------------------------------------------------


def _must_fit_schemas(header: Json, unprotected: Json, elements: tuple[Json, ...]) -> None:
    if not _SCHEMAS:
        return
    _fits("19182-protected-jsonSchema.json", header)
    if elements:
        _fits("19182-unprotected-jsonSchema.json", unprotected)
        # The same as clear instances, which the schema looks into.
        _fits("19182-unprotected-jsonSchema.json", {"etsiU": list(elements)})


def _fits(name: str, value: Json) -> None:
    schemas = _schemas()
    registry = Registry(retrieve=lambda uri: schemas[uri.rpartition("/")[2]])  # type: ignore[call-arg]
    jsonschema.Draft7Validator(schemas[name].contents, registry=registry).validate(value)


@cache
def _schemas() -> dict[str, Resource[Any]]:
    paths = Path(_SCHEMAS).glob("*.json")
    return {path.name: Resource.from_contents(json.loads(path.read_text())) for path in paths}
