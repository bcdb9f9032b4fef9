"""Decision 769/QĐ-BTTTT (2022): the way in to Vietnam's signing services that VNPT SmartCA calls `sca/sp769`.

From the vendor's documents (v4.1, 05/2024): POST and JSON throughout, our own name and password in every body, the
hash in lowercase hexadecimal, signatures RSA PKCS#1 v1.5. Neither the status nor the webhook is authenticated: both are
hints, and what they bring counts only once it is verified. `doc_id` is what both screens must show: the verification
code and the choice.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import aiohttp
import msgspec

from services.kit import ids
from services.kit.clock import Clock
from services.signing.remote.errors import (
    PasswordSigningRefused,
    RemoteBusy,
    RemoteKeyUnfit,
    RemoteMalformed,
    RemoteRefusesUs,
    RemoteUnreachable,
    RemoteUserUnknown,
)
from services.signing.remote.exchange import PATIENT, Exchange, Manners, read
from services.signing.remote.neac769_messages import Certificate, Certificates, Said, Signed, Started
from services.signing.remote.normalised import chain_of
from services.signing.remote.port import (
    Declined,
    Expired,
    Grant,
    Order,
    Outcome,
    Pending,
    Purpose,
    RemoteKey,
    StillPending,
)
from services.signing.remote.settings import Neac769Settings, Secret
from services.signing.remote.settled import algorithm_for, hash_of, settle_all
from services.signing.remote.shown_text import shortened, unaccented
from services.wire import UNREADABLE, RemoteAnswer

VERSION = "sp769"
# The documents name no lengths; these are what the app shows without cutting.
LONGEST_DOC_ID = 50
LONGEST_DESCRIPTION = 200
_SERVICES = {"person": "SMARTCA", "seal": "ESEAL"}
T = TypeVar("T")
_NO = ("REJECT", "REFUSE", "DECLIN", "DENIED", "DENY", "CANCEL")


@dataclass(frozen=True, slots=True)
class Neac769:
    """One service of this kind; makes no promise on behalf of it."""

    provider: str
    settings: Neac769Settings
    secret: Secret
    clock: Clock
    exchange: Exchange

    @classmethod
    def over(
        cls,
        session: aiohttp.ClientSession,
        clock: Clock,
        provider: str,
        settings: Neac769Settings,
        secret: Secret,
        manners: Manners = PATIENT,
    ) -> "Neac769":
        """The service behind these settings."""
        exchange = Exchange(session, clock, provider, settings.url, manners)
        return cls(provider, settings, secret, clock, exchange)

    async def certificates(self, user: str, purpose: Purpose = "person") -> list[RemoteKey]:
        """The keys of a person (service type SMARTCA), or of a body (ESEAL); one person may have several."""
        asked = self._as_us(user_id=user, serial_number="", transaction_id=ids.new_id("pl-"))
        answer = await self.exchange.post("v1/credentials/get_certificate", asked, again=True)
        found = self._data(answer, self._must_be_taken(answer), Certificates).user_certificates
        if not found:
            raise RemoteUserUnknown(provider=self.provider)
        return [self._key(each) for each in found if each.service_type.upper() == _SERVICES[purpose]]

    async def start(self, order: Order) -> Pending:
        """Have the person asked in their app. An answer that is lost changes nothing: the transaction's number is ours.

        Raises PasswordSigningRefused, RemoteKeyUnfit, RemoteRefusesUs, RemoteMalformed, RemoteUnreachable.
        """
        if self.settings.mode == "password":
            raise PasswordSigningRefused(provider=self.provider)
        algorithm_for(order, self.provider, ("RS256",))
        now = self.clock()
        pending = self._pending(order, now)
        try:
            answer = await self.exchange.post("v1/signatures/sign", self._request(order, now), again=False)
        except RemoteUnreachable:
            # Perhaps nobody heard us, and nobody was asked: then it is begun again, under the same number.
            if not await self._is_known(pending):
                raise
            return pending
        if answer.status == 400 and await self._is_known(pending):
            # Our number was used: by ourselves, before a crash or an answer that was lost.
            return pending
        started = self._data(answer, self._must_be_taken(answer), Started)
        if started.transaction_id != order.id:
            raise RemoteMalformed(provider=self.provider, what="another transaction")
        if self.settings.status_by == "tran_code":
            if started.tran_code is None:
                raise RemoteMalformed(provider=self.provider, what="no tran_code")
            pending = msgspec.structs.replace(pending, transaction=started.tran_code)
        return pending.heard(answer)

    async def ask(self, pending: Pending, grant: Grant | None = None) -> Outcome:
        """How it stands. Raises RemoteUnreachable, RemoteMalformed, RemoteSignatureForeign."""
        answer = await self.exchange.post(f"v1/signatures/sign/{pending.transaction}/status", {}, again=True)
        heard, said = pending.heard(answer), read(answer, Said, self.provider)
        word = said.message.strip().upper()
        if word == "EXPIRED":
            return Expired(heard)
        if any(no in word for no in _NO):
            return Declined(heard, "person")
        signed = self._data(answer, said, Signed) if said.status_code == 200 else Signed()
        if not signed.signatures:
            return Expired(heard) if self.clock() > pending.expires_at else StillPending(heard)
        return settle_all(heard, self._values_in(signed, pending), VERSION)

    async def _is_known(self, pending: Pending) -> bool:
        answer = await self.exchange.post(f"v1/signatures/sign/{pending.transaction}/status", {}, again=True)
        return answer.status == 200 and read(answer, Said, self.provider).status_code == 200

    def _values_in(self, signed: Signed, pending: Pending) -> list[str]:
        # The status of any transaction can be asked by anybody: only what is ours is looked at further.
        if signed.transaction_id not in ("", pending.order, pending.transaction):
            raise RemoteMalformed(provider=self.provider, what="another transaction")
        found: list[str] = []
        for doc_id in [_doc_id(each.code, each.label) for each in pending.hashes] or [pending.label]:
            values = [each.signature_value for each in signed.signatures or () if each.doc_id == doc_id]
            if len(values) != 1 or values[0] is None:
                raise RemoteMalformed(provider=self.provider, what="not one signature of each document")
            found.append(values[0])
        return found

    def _request(self, order: Order, now: int) -> dict[str, Any]:
        moment = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%d%H%M%SZ")
        shown = f"{order.display.code} {order.display.choice}: {order.display.title}"
        return self._as_us(
            user_id=order.user,
            transaction_id=order.id,
            transaction_desc=shortened(shown, LONGEST_DESCRIPTION),
            serial_number=order.key.id,
            time_stamp=moment,
            sign_files=[
                {
                    "data_to_be_signed": signed_hash.hex(),
                    "doc_id": doc_id,
                    "file_type": "json",
                    "sign_type": "hash",
                }
                for doc_id, signed_hash in _documents(order)
            ],
        )

    def _pending(self, order: Order, now: int) -> Pending:
        label = _documents(order)[0][0]
        return Pending.of(order, self.provider, "neac769", order.id, now, label=label)

    def _as_us(self, **members: Any) -> dict[str, Any]:
        return {"sp_id": self.settings.sp_id, "sp_password": self.secret.told(), **members}

    def _must_be_taken(self, answer: RemoteAnswer) -> Said:
        """What was said, unless it is a no. The status stands in the answer and again in its body."""
        if answer.status == 401:
            raise RemoteRefusesUs(provider=self.provider)
        if answer.status >= 500:
            raise RemoteBusy(provider=self.provider, what=f"status {answer.status}")
        said = read(answer, Said, self.provider)
        match said.status_code:
            case 200:
                return said
            case 401:
                raise RemoteRefusesUs(provider=self.provider)
            case 403:
                raise RemoteKeyUnfit(provider=self.provider, what="certificate not active")
            case 404:
                raise RemoteUserUnknown(provider=self.provider)
            case _:
                raise RemoteBusy(provider=self.provider, what=f"status {said.status_code}")

    def _data(self, answer: RemoteAnswer, said: Said, shape: type[T]) -> T:
        try:
            found: T | None = msgspec.json.decode(said.data, type=shape | None)
            return shape() if found is None else found
        except (*UNREADABLE, TypeError) as error:
            raise RemoteMalformed(provider=self.provider, what=answer.act) from error

    def _key(self, found: Certificate) -> RemoteKey:
        above = (found.chain_data.ca_cert, found.chain_data.root_cert)
        chain = chain_of([each for each in (found.cert_data, *above) if each], self.provider)
        return RemoteKey(found.serial_number, chain)


def _documents(order: Order) -> list[tuple[str, bytes]]:
    """What is signed at once: its name in the app, its hash."""
    display = order.display
    return [(_doc_id(each.code, each.label), each.sha256) for each in order.hashes] or [
        (_doc_id(display.code, display.choice), hash_of(order.signing_input))
    ]


def _doc_id(code: str, choice: str) -> str:
    """What both screens show: the code and the choice, in letters that every app takes."""
    return f"PL-{code} {unaccented(choice).upper()}"[:LONGEST_DOC_ID].rstrip()
