"""Acts of the chair as bytes: signed once, sent as often as a test wants."""

from typing import Any

import msgspec

from services.desk.device import Ask
from services.voting import handlers
from services.wire import ActPayload, Role
from tests.support.voting_desk import CHAIR, MEETING, SECRETARY, VotingDesk

OPENED = ("announce", "open")
# What an act must say beside its name.
SAID: dict[str, dict[str, Any]] = {"extend": {"seconds": 60}, "void": {"reason": "Sai nội dung"}}


async def message(desk: VotingDesk, poll: str, act: str, asked: Ask | None, **more: Any) -> bytes:
    """The body of a request for this act, signed by the chair (and, to void, by the secretary)."""
    if act == "open":
        raw = await desk.ask("GET", f"/polls/{poll}/definition", who=CHAIR, status=200)
        return desk.devices[CHAIR].definition(msgspec.json.encode(raw))
    if act == "declare" and "result" not in more:
        more["result"] = (await desk.ask("GET", f"/polls/{poll}/result", who=CHAIR)).get("sha256", "A" * 43)
    said = {"act": act, "meeting": MEETING, "poll": poll, "definition": asked.hash if asked else ""}
    payload = msgspec.convert({**said, **SAID.get(act, {}), **more}, ActPayload)
    if act != "void":
        return desk.devices[CHAIR].act(payload)
    pair = {"act": desk.devices[CHAIR], "second": desk.devices[SECRETARY]}
    return msgspec.json.encode({name: device.act(payload).decode() for name, device in pair.items()})


async def post(
    desk: VotingDesk, poll: str, act: str, raw: bytes, who: str = CHAIR, role: Role = "chair"
) -> tuple[int, Any]:
    """Send it as this person; status and decoded answer."""
    headers = {"Authorization": f"Bearer {desk.token(who, role)}"}
    headers["Content-Type"] = "application/json" if act == "void" else "application/jose"
    async with desk.client.post(f"/voting/polls/{poll}/{act}", data=raw, headers=headers) as answer:
        return answer.status, await answer.json()


async def reached(desk: VotingDesk, acts: tuple[str, ...], **draft: Any) -> tuple[str, Ask | None]:
    """A new poll taken through these acts, and what it asks once it is open."""
    poll, asked = await desk.draft(**{"duration_s": 600, **draft}), None
    for act in acts:
        if act == "open":
            _, asked = await desk.open(poll)
        elif act == "certify":
            await desk.app[handlers.CLOSING].certify(MEETING, poll, "crt-1", "A" * 43, "")
        else:
            status, answer = await post(desk, poll, act, await message(desk, poll, act, asked))
            assert status == 200, answer
    return poll, asked
