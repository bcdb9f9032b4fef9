"""What the people of a load run need before they come: halls with a frozen roll, and everybody's key and certificate.

Written to a file that only its owner may read: it holds private keys, which are worth nothing after the run.
"""

import asyncio
import base64
from collections.abc import Mapping
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from loadtests.ground import gathered
from loadtests.programme import Programme
from services.desk.client import Client
from services.desk.device import Device
from services.rules import jws, note
from services.wire import AgendaItem, LogKey

_HALLS_AT_ONCE = 4


class Holder(msgspec.Struct, frozen=True):
    """One person: id, algorithm, thumbprint of the certificate, private key (PKCS#8, base64)."""

    member: str
    algorithm: str
    thumbprint: str
    key: str

    def device(self) -> Device:
        """The device that this person holds."""
        key = load_der_private_key(base64.b64decode(self.key), None)
        assert isinstance(key, jws.PrivateKey)
        return Device(self.member, key, self.algorithm, self.thumbprint)


class HallSet(msgspec.Struct, frozen=True):
    """One hall: its meeting, the hash of the roll, the keys of its ledgers (C2SP vkey), and who is there."""

    body: str
    meeting: str
    roll: str
    log_key: str
    floor_key: str
    chair: Holder
    secretary: Holder
    delegates: tuple[Holder, ...]


class Stage(msgspec.Struct, frozen=True):
    """All halls of a run, and the programme that is played in each."""

    programme: Programme
    halls: tuple[HallSet, ...]


async def build(client: Client, operator: str, programme: Programme) -> Stage:
    """Make every hall of the programme on a running server."""
    gate = asyncio.Semaphore(_HALLS_AT_ONCE)

    async def one(number: int) -> HallSet:
        async with gate:
            return await _hall(client, operator, f"{programme.name}-{number:02}", programme)

    halls = await asyncio.gather(*(one(number) for number in range(1, programme.halls + 1)))
    return Stage(programme, tuple(halls))


async def _hall(client: Client, operator: str, body: str, programme: Programme) -> HallSet:
    held = await gathered(client, Path(), operator, programme.delegates, body)
    convened = held.convened
    items = [
        AgendaItem(id=item, position=place, title=f"Chất vấn và trả lời chất vấn, phần {place}")
        for place, item in enumerate(programme.questions, start=1)
    ]
    await client.set_agenda(convened.meeting, items, convened.token)
    path = f"/voting/meetings/{convened.meeting}/log-key"
    votes = (await client.get(path, LogKey, convened.token)).log_key
    return HallSet(
        body=convened.body,
        meeting=convened.meeting,
        roll=convened.roll,
        log_key=votes,
        floor_key=_of_floor(votes),
        chair=_holder(held.chair),
        secretary=_holder(convened.secretary),
        delegates=_holders(held.delegates),
    )


def _of_floor(votes: str) -> str:
    """One key signs all ledgers of a house; each has a name of its own (`services.kit.ledger_key`)."""
    name, _, public = votes.split("+", 2)
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public)[1:])
    return note.log_key(f"{name}/floor", key)


def _holders(devices: Mapping[str, Device]) -> tuple[Holder, ...]:
    return tuple(_holder(device) for device in devices.values())


def _holder(device: Device) -> Holder:
    raw = device.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return Holder(device.member, device.algorithm, device.thumbprint, base64.b64encode(raw).decode())


def write(stage: Stage, path: Path) -> None:
    """Into a file of which nobody else may read a byte."""
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.encode(stage))


def read(path: Path) -> Stage:
    """The stage as it was written."""
    return msgspec.json.decode(path.read_bytes(), type=Stage)
