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

# A private key does not cross to another process by itself: member, algorithm, thumbprint, PKCS#8.
_Packed = tuple[str, str, str, bytes]


async def sign(asks: Sequence[Ask], devices: Mapping[str, Device]) -> list[dict[str, bytes]]:
    """A first ballot of every device for every question: by member, one map a question."""
    packed = [_pack(device) for device in devices.values()]
    cores = os.cpu_count() or 1
    shares = [packed[start::cores] for start in range(cores)]
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        jobs = [loop.run_in_executor(pool, _sign, list(asks), share) for share in shares if share]
        parts = await asyncio.gather(*jobs)
    return [
        {member: ballot for part in parts for member, ballot in part[place].items()}
        for place in range(len(asks))
    ]


def _pack(device: Device) -> _Packed:
    raw = device.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return device.member, device.algorithm, device.thumbprint, raw


def _sign(asks: list[Ask], packed: list[_Packed]) -> list[dict[str, bytes]]:
    dice = random.Random(20251210)
    devices = []
    for member, algorithm, thumbprint, raw in packed:
        key = load_der_private_key(raw, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
        devices.append(Device(member, key, algorithm, thumbprint))
    return [{device.member: device.ballot(ask, dice.choice(CHOICES)) for device in devices} for ask in asks]
