"""Questions that a lying server puts into the live stream in the place of the chair's."""

import json
import re
from collections.abc import Callable

from services.desk.device import Device
from services.rules import jws
from tests.support.lying_proxy import Lie

_DEFINITION = re.compile(rb'"definition":"([A-Za-z0-9_.-]+)"')
_HASH = re.compile(rb'"definition_sha256":"[A-Za-z0-9_-]+"')


def instead(forge: Callable[[bytes], bytes]) -> Lie:
    """Every signed definition in an event becomes what `forge` makes of it, and the hash beside it agrees."""

    def lie(event: bytes) -> bytes:
        found = _DEFINITION.search(event)
        if found is None:
            return event
        forged = forge(found[1])
        hashed = b'"definition_sha256":"%b"' % jws.digest(forged).encode()
        return _HASH.sub(hashed, event.replace(found[1], forged))

    return lie


def _payload(definition: bytes) -> dict[str, object]:
    said: dict[str, object] = json.loads(jws.b64_decode(definition.split(b".")[1]))
    return said


def changed(definition: bytes, **members: object) -> bytes:
    """The definition with other members, under the signature that it had."""
    header, _, signature = definition.split(b".")
    said = _payload(definition) | members
    raw = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return b".".join((header, jws.b64_encode(raw), signature))


def other_order(definition: bytes) -> bytes:
    """The first two options change places."""
    options = _payload(definition)["options"]
    assert isinstance(options, list)
    return changed(definition, options=[options[1], options[0], options[2]])


def by(device: Device, **members: object) -> Callable[[bytes], bytes]:
    """Signs the definition, with other members, by this device."""

    def forge(definition: bytes) -> bytes:
        said = _payload(definition) | members
        return device.definition(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode())

    return forge
