"""Secretary and chair sign what was issued, each on their own device; the secretary ends the sitting and asks for
minutes, which both sign, too."""

import msgspec

from services.desk.paper_client import CERTIFICATES, MINUTES
from services.rules import countersigned
from services.wire import MinutesWanted, SignatureBegun, SignaturePrepared, SigningRole
from tests.faults.history import BEGUN, MINUTES_ASKED, SIGNATURE, Sent
from tests.faults.stage import Play
from tests.support.waiting import until

# What was prepared was prepared again meanwhile, or too long ago.
_STALE = frozenset({"preparation_over", "preparation_unknown"})


async def sign_first_certificate(play: Play) -> None:
    """As soon as there is one, while the sitting goes on."""

    async def declared() -> str:
        done = (each.about for each in play.book.sent if each.name == "declare" and each.taken)
        return next(done, "")

    poll = await until(declared, 300, "the first result")
    certificate = await play.hall.client.certificate(poll, play.hall.tokens[play.chair])
    await sign_paper(play, certificate, CERTIFICATES)


async def take_minutes(play: Play) -> None:
    """End the sitting, ask for its minutes, sign them."""
    client, meeting, token = play.hall.client, play.hall.meeting, play.hall.tokens[play.secretary]
    await client.ask("POST", f"/meeting/meetings/{meeting}/end", token=token)
    raw, path = msgspec.json.encode(MinutesWanted(edition=1)), f"/meeting/meetings/{meeting}/minutes"
    for _ in range(2):
        # Asked for twice: the same again is answered as before.
        sent = await play.insist(
            lambda: play.once(MINUTES_ASKED, play.secretary, meeting, path, raw, name="minutes")
        )
        assert sent.taken, (sent.status, sent.body)
    (notice,) = await until(lambda: client.minutes(meeting, token), 120, "minutes")
    await sign_paper(play, notice.id, MINUTES)


async def sign_paper(play: Play, paper: str, at: str) -> None:
    """The secretary, then the chair; what follows is done by itself."""
    play.papers[paper] = at
    roles: tuple[tuple[str, SigningRole], ...] = ((play.secretary, "secretary"), (play.chair, "chair"))
    for who, role in roles:
        await _sign(play, paper, at, who, role)

    async def sealed() -> bool:
        shown = await play.hall.client.signatures(paper, play.hall.tokens[play.chair], at)
        return shown.awaited == ""

    await until(sealed, 120, f"the signed edition of {paper}")


async def _sign(play: Play, paper: str, at: str, who: str, role: SigningRole) -> None:
    """Begin, look, sign, send; from the beginning if what was begun is good no more."""
    while True:
        prepared = await _begin(play, paper, at, who, role)
        given = await _given(play, prepared, at, who)
        sent = await play.insist(
            lambda given=given: play.once(  # type: ignore[misc]
                SIGNATURE, who, paper, f"{at}/{paper}/signatures", given, name="countersign"
            )
        )
        if sent.taken:
            return
        assert _code(sent) in _STALE, (role, sent.status, sent.body)


async def _begin(play: Play, paper: str, at: str, who: str, role: SigningRole) -> SignaturePrepared:
    raw, path = msgspec.json.encode(SignatureBegun(role=role)), f"{at}/{paper}/signatures/begun"
    sent = await play.insist(lambda: play.once(BEGUN, who, paper, path, raw, name="begun"))
    assert sent.taken, (role, sent.status, sent.body)
    return msgspec.json.decode(sent.body, type=SignaturePrepared)


async def _given(play: Play, prepared: SignaturePrepared, at: str, who: str) -> bytes:
    """What the device signs, after it has checked all of it."""
    client, token = play.hall.client, play.hall.tokens[who]
    kind = countersigned.MINUTES if at == MINUTES else countersigned.CERTIFICATE
    page = await client.prepared_page(prepared, token, at)
    file = await client.ask("GET", f"{at}/{prepared.certificate}.json", token=token)
    return msgspec.json.encode(play.hall.devices[who].countersign(prepared, page, file, kind))


def _code(sent: Sent) -> str:
    return str(msgspec.json.decode(sent.body)["code"])
