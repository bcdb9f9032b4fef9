"""Asking for papers: certificates, turn logs, minutes, their files, and the signatures that persons give on them.

Raises Declined for a refusal, Unanswered when there is no answer in time.
"""

from services.desk.asking import Asking, Declined
from services.wire import (
    CertificateNotice,
    MinutesNotice,
    MinutesWanted,
    RecordNotice,
    SignatureBegun,
    SignatureGiven,
    SignaturePrepared,
    SignaturesShown,
)

# Where papers are that persons sign.
CERTIFICATES, MINUTES = "/signing/certificates", "/signing/minutes"


class PaperClient(Asking):
    """The acts of the signing office."""

    async def certificate(self, poll: str, token: str) -> str:
        """The certificate's id, as soon as there is one."""

        async def asked() -> str | None:
            try:
                return (await self.get(f"/signing/polls/{poll}/certificate", CertificateNotice, token)).id
            except Declined as declined:
                if declined.status != 404:
                    raise
            return None

        return await self.soon(asked, "certificate")

    async def record(self, meeting: str, line: int, token: str) -> RecordNotice:
        """The sealed turn log that this line of the floor's ledger asked for, as soon as there is one."""

        async def asked() -> RecordNotice | None:
            return next((each for each in await self.records(meeting, token) if each.line == line), None)

        return await self.soon(asked, "record")

    async def records(self, meeting: str, token: str) -> list[RecordNotice]:
        """The sealed turn logs that a meeting has, in the order in which they were asked for."""
        return await self.get(f"/signing/meetings/{meeting}/records", list[RecordNotice], token)

    async def record_file(self, record: str, kind: str) -> bytes:
        """A file of a sealed turn log: `json`, `pdf` or `jsonl`."""
        return await self.ask("GET", f"/signing/records/{record}.{kind}")

    async def ask_minutes(self, meeting: str, edition: int, token: str) -> MinutesNotice:
        """Ask for an edition of a sitting's minutes: it, as soon as it is there."""
        path, wanted = f"/meeting/meetings/{meeting}/minutes", MinutesWanted(edition=edition)
        await self.send("POST", path, wanted, MinutesWanted, token)

        async def asked() -> MinutesNotice | None:
            return next((one for one in await self.minutes(meeting, token) if one.edition == edition), None)

        return await self.soon(asked, "minutes")

    async def minutes(self, meeting: str, token: str) -> list[MinutesNotice]:
        """The editions of a sitting's minutes, in order."""
        return await self.get(f"/signing/meetings/{meeting}/minutes", list[MinutesNotice], token)

    async def minutes_file(self, identifier: str, kind: str, token: str) -> bytes:
        """A file of minutes: `json`, `pdf` or `jsonl`; of their signed edition `signed.json`, `signed.pdf`."""
        return await self.ask("GET", f"/signing/minutes/{identifier}.{kind}", token=token)

    async def file(self, certificate: str, kind: str, token: str) -> bytes:
        """A file of a certificate: `json`, `pdf` or `jsonl`."""
        return await self.ask("GET", f"/signing/certificates/{certificate}.{kind}", token=token)

    async def begin_signature(
        self, paper: str, begun: SignatureBegun, token: str, at: str = CERTIFICATES
    ) -> SignaturePrepared:
        """What this person is to sign, as secretary or as chair, of a paper of those `at`."""
        return await self.send("POST", f"{at}/{paper}/signatures/begun", begun, SignaturePrepared, token)

    async def prepared_page(self, prepared: SignaturePrepared, token: str, at: str = CERTIFICATES) -> bytes:
        """The page that was prepared for this person."""
        path = f"{at}/{prepared.certificate}/signatures/{prepared.id}/page.pdf"
        return await self.ask("GET", path, token=token)

    async def countersign(
        self, paper: str, given: SignatureGiven, token: str, at: str = CERTIFICATES
    ) -> SignaturesShown:
        """Both signatures of this person."""
        return await self.send("POST", f"{at}/{paper}/signatures", given, SignaturesShown, token)

    async def signatures(self, paper: str, token: str = "", at: str = CERTIFICATES) -> SignaturesShown:
        """Who signed, and what is awaited."""
        return await self.get(f"{at}/{paper}/signatures", SignaturesShown, token)

    async def trust(self) -> bytes:
        """The trust anchor, PEM."""
        return await self.ask("GET", "/signing/trust.pem")
