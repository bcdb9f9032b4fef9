"""The voting desk on real stores, told of a meeting as the streams would tell it; and the devices of its members."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from services.desk.device import Ask
from services.kit.database import Pool
from services.rules import jws
from services.voting import app as voting_app
from services.voting import handlers
from services.voting.certificates import Certificates
from services.voting.signatures import Signatures
from services.wire import (
    ActName,
    ActPayload,
    BallotSigned,
    BallotUnsigned,
    CertificateIssued,
    Choice,
    Event,
    LinksRechecked,
    PollDefinition,
    PollDraft,
)
from tests.support.pki import Pki
from tests.support.told_desk import BODY as BODY
from tests.support.told_desk import CHAIR as CHAIR
from tests.support.told_desk import MEETING as MEETING
from tests.support.told_desk import SECRETARY as SECRETARY
from tests.support.told_desk import ToldDesk, mount


@dataclass
class VotingDesk(ToldDesk):
    """One worker's voting desk with a frozen roll, everybody present, and a device for everybody."""

    service: ClassVar[str] = voting_app.NAME

    @property
    def pool(self) -> Pool:
        """Voting's own connections."""
        return self.app[handlers.STORE].pool

    # --- What the other services would tell ---------------------------------------------------------------

    async def tell(self, *events: Event) -> None:
        """Apply events as the consumer does."""
        certificates = Certificates(self.app[handlers.CLOSING])
        rechecks, envelope = self.app[voting_app.RECHECKS], self.app[voting_app.ENVELOPE]
        signatures = Signatures(self.app[handlers.REMOTE], rechecks, envelope)
        for event in events:
            if isinstance(event, CertificateIssued):
                await certificates.apply(msgspec.json.encode(event))
            elif isinstance(event, BallotSigned | BallotUnsigned | LinksRechecked):
                await signatures.apply(msgspec.json.encode(event))
            else:
                await super().tell(event)

    # --- What the chair does ------------------------------------------------------------------------------

    async def draft(self, **wanted: Any) -> str:
        """A draft poll's id."""
        draft = PollDraft(
            title="Thông qua Nghị quyết số 1", presiding=wanted.pop("presiding", CHAIR), **wanted
        )
        poll = await self.ask("POST", f"/meetings/{MEETING}/polls", draft, who=CHAIR, status=201)
        return str(poll["id"])

    async def act(
        self, poll: str, act: ActName, *, definition: str = "", status: int | None = 200, **more: Any
    ) -> Any:
        """The chair signs and sends an act."""
        payload = ActPayload(act=act, meeting=MEETING, poll=poll, definition=definition, **more)
        return await self.ask(
            "POST", f"/polls/{poll}/{act}", self.devices[CHAIR].act(payload), who=CHAIR, status=status
        )

    async def open(self, poll: str, *, status: int | None = 200, reason: str = "") -> tuple[Any, Ask]:
        """Ask for the definition, sign it, open; the poll and what is asked."""
        query = f"?without_quorum={reason}" if reason else ""
        headers = {"Authorization": f"Bearer {self.token(CHAIR, 'chair')}"}
        async with self.client.get(f"/voting/polls/{poll}/definition{query}", headers=headers) as answer:
            raw = await answer.read()
        signed = self.devices[CHAIR].definition(raw)
        opened = await self.ask("POST", f"/polls/{poll}/open", signed, who=CHAIR, status=status)
        return opened, Ask(msgspec.json.decode(raw, type=PollDefinition), jws.digest(signed))

    async def opened(self, **wanted: Any) -> tuple[str, Ask]:
        """A poll that is open, and what it asks."""
        poll = await self.draft(**wanted)
        await self.act(poll, "announce")
        _, asked = await self.open(poll)
        return poll, asked

    async def declare(self, poll: str, asked: Ask, *, status: int | None = 200) -> Any:
        """The chair signs the counted result's hash."""
        counted = await self.ask("GET", f"/polls/{poll}/result", who=CHAIR, status=200)
        return await self.act(poll, "declare", definition=asked.hash, result=counted["sha256"], status=status)

    async def cast(
        self, poll: str, asked: Ask, voter: str, choice: Choice = "approve", *, status: int | None = 201
    ) -> Any:
        """One voter's first ballot."""
        raw = self.devices[voter].ballot(asked, choice)
        return await self.ask("POST", f"/polls/{poll}/ballots", raw, status=status)

    @property
    def log_key(self) -> str:
        """The ledger's public key as C2SP text."""
        return self.app[handlers.CHAIR].desk.key.text(MEETING)


def assemble(
    directory: Path,
    database_url: str,
    redis_url: str,
    voters: int = 5,
    worker: str = "w0",
    pki: Pki | None = None,
) -> VotingDesk:
    """A desk with its keys in `directory`, not yet started."""
    return mount(VotingDesk, voting_app, directory, database_url, redis_url, voters, worker, pki)
