"""Secretary and chair sign a paper of a sitting, a certificate or minutes, each on their own device in Python."""

from collections.abc import Callable
from typing import Any

from services.rules.countersigned import Paper
from services.wire import SignatureBegun, SignaturesShown, SigningRole
from tests.support.chair_sitting import CHAIR, SECRETARY
from tests.support.minuted_sitting import MinutedSitting
from tests.support.waiting import until


async def sign(
    sitting: MinutedSitting, paper: str, who: str, role: SigningRole, kind: Paper[Any], at: str
) -> None:
    """Someone signs. `at`: the path of papers of this kind."""
    client, token, device = sitting.client, await sitting.token(who), sitting.devices[who]
    prepared = await client.begin_signature(paper, SignatureBegun(role=role), token, at)
    page = await client.prepared_page(prepared, token, at)
    file = await client.ask("GET", f"{at}/{paper}.json", token=token)
    await client.countersign(paper, device.countersign(prepared, page, file, kind), token, at)


async def shown_when(
    sitting: MinutedSitting, paper: str, at: str, wanted: Callable[[SignaturesShown], bool], what: str
) -> SignaturesShown:
    """How the signatures stand, as soon as they stand so."""
    token = await sitting.token(SECRETARY)

    async def found() -> SignaturesShown | None:
        shown = await sitting.client.signatures(paper, token, at)
        return shown if wanted(shown) else None

    return await until(found, 60, what)


async def sign_both(sitting: MinutedSitting, paper: str, kind: Paper[Any], at: str) -> None:
    """Secretary, then chair; what follows by itself is still to come."""
    await sign(sitting, paper, SECRETARY, "secretary", kind, at)
    await shown_when(sitting, paper, at, lambda it: it.awaited == "chair", "the chair awaited")
    await sign(sitting, paper, CHAIR, "chair", kind, at)


async def until_sealed(sitting: MinutedSitting, paper: str, at: str) -> SignaturesShown:
    """All of it is done."""
    return await shown_when(sitting, paper, at, lambda it: not it.awaited, "the seal")
