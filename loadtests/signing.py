"""Ballots signed in advance, on every core: while a measurement runs, the generator only sends."""

import asyncio
import os
import random
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
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
    packed = [_pack(device, (before or {}).get(device.member)) for device in devices.values()]
    cores = os.cpu_count() or 1
    shares = [packed[start::cores] for start in range(cores)]
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        jobs = [loop.run_in_executor(pool, _sign, list(asks), share, seq) for share in shares if share]
        parts = await asyncio.gather(*jobs)
    return [
        {member: ballot for part in parts for member, ballot in part[place].items()}
        for place in range(len(asks))
    ]


def _pack(device: Device, before: bytes | None) -> _Packed:
    raw = device.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return device.member, device.algorithm, device.thumbprint, raw, before


def _sign(asks: list[Ask], packed: list[_Packed], seq: int) -> list[dict[str, bytes]]:
    dice = random.Random(20251210 + seq)
    devices = []
    for member, algorithm, thumbprint, raw, before in packed:
        key = load_der_private_key(raw, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
        devices.append((Device(member, key, algorithm, thumbprint), before))
    return [
        {each.member: each.ballot(ask, dice.choice(CHOICES), before, seq) for each, before in devices}
        for ask in asks
    ]
