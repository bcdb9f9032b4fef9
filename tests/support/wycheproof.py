"""Reads files in Wycheproof's format, of its first and its later schema: our own, and those of a directory that the
environment names (`WYCHEPROOF`; a clone of C2SP/wycheproof will do)."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.support.own_signatures import DIRECTORY

Group = dict[str, Any]
KINDS = {
    "EcdsaP1363Verify",
    "EcdsaVerify",
    "RsassaPkcs1Verify",
    "RsassaPssVerify",
    "EddsaVerify",
    "JsonWebSignature",
}


@dataclass(frozen=True)
class File:
    """A file's name, and those of its groups that are about signatures of kinds that we know."""

    name: str
    groups: tuple[Group, ...]


def files() -> Iterator[File]:
    """Ours, then those of the directory that is named."""
    more = os.environ.get("WYCHEPROOF", "")
    for directory in (DIRECTORY, *([Path(more)] if more else [])):
        for path in sorted(directory.rglob("*.json")):
            told = json.loads(path.read_text())
            groups = told.get("testGroups", []) if isinstance(told, dict) else []
            known = tuple(each for each in groups if each.get("type") in KINDS)
            if known:
                yield File(path.stem, known)


def key_of(group: Group) -> Any:
    """The public key of a group; None for one that our library does not read."""
    der = group.get("publicKeyDer") or group.get("keyDer") or group.get("publicKeyAsn") or ""
    try:
        return load_der_public_key(bytes.fromhex(der))
    except (ValueError, UnsupportedAlgorithm):
        return None
