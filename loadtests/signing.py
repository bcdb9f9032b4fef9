"""Ballots signed in advance, on every core: while a measurement runs, the generator only sends."""

import asyncio
import os
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from services.desk.device import Ask, Device
from services.wire import CHOICES

# A private key does not cross to another process by itself: member, algorithm, thumbprint, PKCS#8; the ballot before.
_Packed = tuple[str, str, str, bytes, bytes | None]


async def sign(
    asks: Sequence[Ask],
    devices: Mapping[str, Device],
    before: Mapping[str, bytes] | None = None,
    seq: int = 1,
) -> list[dict[str, bytes]]:
    """A ballot of every device for every question: by member, one map a question. A first one, or number `seq`, which
    takes the place of the one `before`."""
    return await _shared(devices, before or {}, partial(_sign, list(asks), seq=seq))


async def sign_changes(
    ask: Ask, devices: Mapping[str, Device], before: Mapping[str, bytes], seqs: range
) -> list[dict[str, bytes]]:
    """Ballots number `seqs` of every device for one question, each in the place of the one before it (of the first, the
    one in `before`): by member, one map a number."""
    return await _shared(devices, before, partial(_sign_changes, ask, seqs))


async def _shared(
    devices: Mapping[str, Device],
    before: Mapping[str, bytes],
    do: Callable[[list[_Packed]], list[dict[str, bytes]]],
) -> list[dict[str, bytes]]:
    """On every core a share of the devices; their maps, put together place by place."""
    packed = [_pack(device, before.get(device.member)) for device in devices.values()]
    cores = os.cpu_count() or 1
    shares = [packed[start::cores] for start in range(cores)]
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        parts = await asyncio.gather(*(loop.run_in_executor(pool, do, share) for share in shares if share))
    return [
        {member: ballot for part in same for member, ballot in part.items()}
        for same in zip(*parts, strict=True)
    ]


def _pack(device: Device, before: bytes | None) -> _Packed:
    raw = device.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return device.member, device.algorithm, device.thumbprint, raw, before


def _sign(asks: list[Ask], packed: list[_Packed], seq: int) -> list[dict[str, bytes]]:
    dice, devices = random.Random(20251210 + seq), _unpack(packed)
    return [
        {each.member: each.ballot(ask, dice.choice(CHOICES), before, seq) for each, before in devices}
        for ask in asks
    ]


def _sign_changes(ask: Ask, seqs: range, packed: list[_Packed]) -> list[dict[str, bytes]]:
    dice, rounds = random.Random(20251210 + seqs.start), []
    standing = _unpack(packed)
    for seq in seqs:
        signed = {each.member: each.ballot(ask, dice.choice(CHOICES), old, seq) for each, old in standing}
        standing = [(each, signed[each.member]) for each, _ in standing]
        rounds.append(signed)
    return rounds


def _unpack(packed: list[_Packed]) -> list[tuple[Device, bytes | None]]:
    devices: list[tuple[Device, bytes | None]] = []
    for member, algorithm, thumbprint, raw, before in packed:
        key = load_der_private_key(raw, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
        devices.append((Device(member, key, algorithm, thumbprint), before))
    return devices
