"""By whose word a key becomes a member's: the secretary's, who handed out an invite, or that of who is signed in."""

from dataclasses import dataclass
from typing import Protocol

from services.signing import invite
from services.signing.linking import LinkDesk
from services.wire import Enrolled, Link, LinkAsked, LinkChallenge, Token


class Word(Protocol):
    """By whose word a key becomes a member's."""

    @property
    def name(self) -> str:
        """One name for whose word it is, which tells nothing."""

    @property
    def body(self) -> str:
        """Of which body they are."""

    async def challenge(self, chain: tuple[str, ...]) -> LinkChallenge:
        """What the key is to sign."""

    async def link(self, chain: tuple[str, ...], proof: str) -> Enrolled:
        """A link certificate."""


@dataclass(frozen=True, slots=True)
class ByInvite:
    """The word of the secretary, who handed out an invite."""

    links: LinkDesk
    code: str
    body: str
    request_id: str

    @property
    def name(self) -> str:
        """The hash of the code."""
        return invite.fingerprint(self.code).hex()

    async def challenge(self, chain: tuple[str, ...]) -> LinkChallenge:
        """Raises what LinkDesk.ask raises."""
        return await self.links.ask(LinkAsked(code=self.code, chain=chain))

    async def link(self, chain: tuple[str, ...], proof: str) -> Enrolled:
        """Raises what LinkDesk.link raises."""
        return await self.links.link(Link(code=self.code, chain=chain, proof=proof), self.request_id)


@dataclass(frozen=True, slots=True)
class ByOwnKey:
    """The word of a member, by the key with which they are signed in."""

    links: LinkDesk
    who: Token
    request_id: str

    @property
    def name(self) -> str:
        """Their key: what it vouched for ends with it."""
        return f"{self.who.body} {self.who.sub} {self.who.credential}"

    @property
    def body(self) -> str:
        """Theirs."""
        return self.who.body

    async def challenge(self, chain: tuple[str, ...]) -> LinkChallenge:
        """Raises what LinkDesk.ask_beside raises."""
        return self.links.ask_beside(self.who, chain)

    async def link(self, chain: tuple[str, ...], proof: str) -> Enrolled:
        """Raises what LinkDesk.link_beside raises."""
        return await self.links.link_beside(self.who, chain, proof, self.request_id)
