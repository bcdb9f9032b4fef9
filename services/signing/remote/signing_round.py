"""The order of things of one signature from a service outside: wanted, started, asked for again and again, ended.

Each step is kept before the next; who dies over one leaves it to another, who begins that step again. What services
answer in a moment of weakness changes nothing: only a signature that is verified, a no, or the end of the person's
time ends it. What is told of it is told in the transaction that ends it.
"""

import asyncio
import traceback
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import structlog

from services.kit.background import Apart, stop
from services.kit.clock import Clock
from services.kit.database import UNREACHABLE
from services.refusal import Refused
from services.rules import remote_evidence
from services.signing.remote.errors import (
    AccountUnknown,
    GrantWrong,
    RemoteBusy,
    RemoteLost,
    RemoteMalformed,
    RemoteUnreachable,
)
from services.signing.remote.port import (
    Declined,
    Display,
    Done,
    Expired,
    Order,
    Pending,
    SigningService,
    StillPending,
)
from services.signing.remote.round_store import Tell
from services.signing.remote.wanted import Account, Held, Outcome, Wanted

log = structlog.get_logger(__name__)

# So many are taken up at once.
MOST = 128
# Services may be slow to answer: whoever waits for one says so often that they are still there.
RENEW_S = 15.0
SHORTEST_REST_S, LONGEST_REST_S = 0.2, 2.0
# In logs stands the matter and never our number, with which anybody could ask some services.
# What a service does not say now it may say a little later.
_PASSING = (RemoteBusy, RemoteUnreachable, RemoteMalformed, RemoteLost, GrantWrong)
# A code that a service does not take was good for a minute, and we were away.
_LOST = (RemoteLost, GrantWrong)
# A person is asked once more if the first question was lost, and not for ever: each is a message on their telephone.
MOST_LOSSES = 2

T = TypeVar("T")

# What is told of an end, by the caller's own `about` and the signature if there is one.
Told = Callable[[Wanted, Outcome, bytes], Tell]


class Rounds(Protocol):
    """What a round keeps; see round_store."""

    async def take(self, most: int) -> list[Held]:
        """What is due."""

    async def set_right(self) -> None:
        """What was noted by a clock that was ahead."""

    async def renew(self, held: Held) -> None:
        """Still at work."""

    async def keep(
        self, held: Held, pending: Pending | None, pause_ms: int, trouble: str = "", losses: int = 0
    ) -> None:
        """How it stands."""

    async def end(self, held: Held, outcome: Outcome, evidence: bytes | None, now: int, tell: Tell) -> None:
        """It is over."""

    async def left(self) -> int | None:
        """How long until something is due."""

    async def account(self, thumbprint: str, provider: str) -> Account | None:
        """Where a key lies."""


@dataclass(frozen=True, slots=True)
class SigningRound:
    """Drives all signatures that are wanted, beside other workers that do the same."""

    store: Rounds
    services: Mapping[str, SigningService]
    clock: Clock
    told: Told
    ring: Callable[[Wanted], None] = lambda _: None
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Until cancelled. A service that is slow holds up nobody but who waits for it."""
        apart = Apart()
        try:
            while True:
                rest_s = LONGEST_REST_S
                try:
                    await self.store.set_right()
                    for held in await self.store.take(MOST):
                        apart.begin(held.wanted.id, self._unseen(held))
                    rest_s = _rest_s(await self.store.left())
                except UNREACHABLE as error:
                    log.warning("round.store_unreachable", error=type(error).__name__)
                except Exception:
                    log.exception("round.failed")
                await self._rest(rest_s)
        finally:
            await apart.stop()

    async def _rest(self, seconds: float) -> None:
        self.woken.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.woken.wait(), seconds)

    async def turn(self) -> int:
        """Everything that is due, once; how many that were."""
        await self.store.set_right()
        due = await self.store.take(MOST)
        await asyncio.gather(*map(self.step, due))
        return len(due)

    async def step(self, held: Held) -> None:
        """The next thing to be done for one signature."""
        try:
            # 1. The person is asked; that they are is kept. Nobody is asked for what is over.
            service = self._service(held.wanted)
            if held.pending is None and self.clock() > held.wanted.expires_at:
                return await self._end(held, "expired")
            if held.pending is None:
                pending = await self._holding(held, self._start(held.wanted))
                return await self._keep(held, pending, _said_on_the_way(held, pending))
            # 2. How it stands.
            match await self._holding(held, service.ask(held.pending, held.grant)):
                case StillPending(pending):
                    await self._keep(held, pending, _said_on_the_way(held, pending))
                # 3. The end, kept with its evidence and told.
                case Done(signature, evidence, more):
                    kept = remote_evidence.write_all((evidence, *(each.evidence for each in more)))
                    await self._end(held, "signed", signature, kept)
                case Declined(_, why):
                    await self._end(held, "declined" if why == "person" else "failed")
                case Expired():
                    await self._end(held, "expired")
        except _PASSING as refused:
            # The person's time is the service's too.
            log.info("remote.passing", matter=held.wanted.matter, refused=refused.code)
            await self._pass_over(held, refused)
        except Refused as refused:
            log.warning("remote.failed", matter=held.wanted.matter, refused=refused.code)
            await self._end(held, "failed")

    async def _pass_over(self, held: Held, refused: Refused) -> None:
        """It did not work this time: it will be tried again, if there is time, and no more than a loss before."""
        lost = int(isinstance(refused, _LOST))
        if held.losses + lost >= MOST_LOSSES:
            await self._end(held, "failed")
        elif self.clock() > held.wanted.expires_at:
            await self._end(held, "expired")
        else:
            # What was brought from the service's page is used up, or may be: its owner is sent there again.
            begins_anew = bool(lost) and held.grant is not None
            await self._keep(held, None if begins_anew else held.pending, refused.code, lost)

    async def _holding(self, held: Held, asking: Coroutine[Any, Any, T]) -> T:
        """What a service answers, however long it takes: meanwhile nobody else begins the same step."""
        answer = asyncio.ensure_future(asking)
        try:
            while not (await asyncio.wait({answer}, timeout=RENEW_S))[0]:
                with suppress(*UNREACHABLE):
                    await self.store.renew(held)
            return answer.result()
        finally:
            await stop([answer])

    async def _start(self, wanted: Wanted) -> Pending:
        account = await self.store.account(wanted.thumbprint, wanted.provider)
        if account is None:
            raise AccountUnknown(provider=wanted.provider)
        display = Display.of(wanted.title, wanted.label, wanted.signing_input)
        message = wanted.signing_input
        order = Order(
            *(wanted.id, account.user, account.key, message, display, wanted.expires_at),
            hashes=wanted.hashes,
            alg=wanted.alg,
        )
        return await self._service(wanted).start(order)

    def _service(self, wanted: Wanted) -> SigningService:
        if wanted.provider not in self.services:
            raise AccountUnknown(provider=wanted.provider)
        return self.services[wanted.provider]

    async def _keep(self, held: Held, pending: Pending | None, trouble: str = "", losses: int = 0) -> None:
        await self.store.keep(held, pending, pause_ms(self.clock() - held.wanted.wanted_at), trouble, losses)

    async def _end(
        self, held: Held, outcome: Outcome, signature: bytes = b"", evidence: bytes | None = None
    ) -> None:
        tell = self.told(held.wanted, outcome, signature)
        await self.store.end(held, outcome, evidence, self.clock(), tell)
        self.ring(held.wanted)

    def _unseen(self, held: Held) -> Callable[[], Coroutine[Any, Any, None]]:
        """The step as work beside others: what goes wrong is logged, and its lease runs out."""

        async def work() -> None:
            try:
                await self.step(held)
            except UNREACHABLE as error:
                log.warning("remote.interrupted", matter=held.wanted.matter, error=type(error).__name__)
            except Exception as error:
                # Not with its traceback: some show what stood in variables, and there our password may stand.
                places = [
                    f"{place.filename}:{place.lineno}" for place in traceback.extract_tb(error.__traceback__)
                ]
                kind = type(error).__name__
                log.error("remote.broken_off", matter=held.wanted.matter, error=kind, places=places[-3:])  # noqa: TRY400

        return work


def _said_on_the_way(held: Held, pending: Pending) -> str:
    """Whoever is sent to the service's page once more is told why, until they are back."""
    return RemoteLost.code if held.losses and pending.confirm_at else ""


def _rest_s(left_ms: int | None) -> float:
    wait_s = LONGEST_REST_S if left_ms is None else left_ms / 1000
    return min(max(wait_s, SHORTEST_REST_S), LONGEST_REST_S)


def pause_ms(waited_ms: int) -> int:
    """How long until one asks again, by how long the person has been asked already: most confirm at once or late."""
    return 2_000 if waited_ms < 30_000 else 5_000 if waited_ms < 120_000 else 10_000
