"""Two hundred phones are reloaded at once while a vote is open: how soon each is back at its ballot.

What a phone asks for, in its order: its page (the parts are kept by the browser, as their names carry their hash), a
challenge, a token, its meetings, and the live stream until the open question has come. Cold: the parts as well. What
the browser then does with it is measured in `web/README.md`.
"""

import asyncio
import re
import statistics
import time

import aiohttp
import msgspec

from loadtests.ground import Assembly
from services.desk.device import Device
from services.wire import Admission, Challenge, Meeting, Snapshot

PHONES = 200
_PART = re.compile(rb'"/(assets/[A-Za-z0-9._-]+)"')


async def measure(held: Assembly) -> dict[str, float]:
    """Milliseconds until the last phone, and the median one, is back; warm, and with nothing kept."""
    opened = await held.poll("Hai trăm máy tải lại cùng lúc")
    devices = list(held.delegates.values())[:PHONES]
    # They have been here before: each key is known to the doorkeeper.
    await asyncio.gather(*map(held.client.sign_in, devices))
    found: dict[str, float] = {}
    for kind, cold in (("warm", False), ("cold", True)):
        began = time.perf_counter()
        times = await asyncio.gather(*(_reload(held, each, opened.poll, cold=cold) for each in devices))
        found[f"reload_{PHONES}_{kind}_ms_last"] = round((max(times) - began) * 1000, 1)
        found[f"reload_{PHONES}_{kind}_ms_p50"] = round((statistics.median(times) - began) * 1000, 1)
    return found


async def _reload(held: Assembly, device: Device, poll: str, *, cold: bool) -> float:
    """One phone, with connections of its own; the moment at which it has the question."""
    async with aiohttp.ClientSession(held.url, read_bufsize=2**20) as phone:
        async with phone.get("/phone") as answer:
            page = await answer.read()
            assert answer.status == 200, answer.status
        for part in _PART.findall(page) if cold else []:
            async with phone.get(f"/{part.decode()}") as answer:
                await answer.read()
        token = await _signed_in(phone, device)
        headers = {"Authorization": f"Bearer {token}"}
        body, meeting = held.convened.body, held.convened.meeting
        async with phone.get(f"/meeting/bodies/{body}/meetings", headers=headers) as answer:
            assert meeting in {
                each.id for each in msgspec.json.decode(await answer.read(), type=list[Meeting])
            }
        async with phone.get(f"/live/meetings/{meeting}/events", headers=headers) as stream:
            async for line in stream.content:
                if line.startswith(b"data: ") and poll.encode() in line:
                    shown = msgspec.json.decode(line[6:], type=Snapshot).polls[poll]
                    assert shown.state == "open", shown.state
                    assert shown.definition
                    return time.perf_counter()
    raise AssertionError("the stream ended without the question")


async def _signed_in(phone: aiohttp.ClientSession, device: Device) -> str:
    async with phone.post("/meeting/challenges", json={"credential": device.thumbprint}) as answer:
        assert answer.status == 200, await answer.text()
        given = msgspec.json.decode(await answer.read(), type=Challenge)
    login = device.login(given.challenge, given.audience)
    media = {"Content-Type": "application/jose"}
    async with phone.post("/meeting/tokens", data=login, headers=media) as answer:
        return msgspec.json.decode(await answer.read(), type=Admission).token
