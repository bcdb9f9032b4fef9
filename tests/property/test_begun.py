"""Any course of a vote with signing services: the fold takes it exactly when a clerk with a slip per voter would."""

from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.rules import begun, fold, jws
from services.rules.extract import Placed
from services.rules.fold import History
from services.rules.proof_errors import OrderWrong
from services.wire import (
    BallotBegun,
    BallotCast,
    BallotLapsed,
    Counts,
    Decision,
    Entry,
    PollAnnounced,
    PollClosed,
    PollClosing,
    PollCounted,
    PollDeclared,
    PollHeld,
    PollOpened,
    PollResumed,
)

POLL, HASH, GRACE_MS = "bq-01", "A" * 43, 30_000
VOTERS = ("an", "binh", "chi")
DECISION = Decision(
    counts=Counts(approve=0, reject=0, abstain=0),
    roll=3,
    present=3,
    participating=0,
    base="roll",
    base_count=3,
    needed=2,
    quorum_open=None,
    quorum_close=None,
    tie_broken_by="",
    outcome="rejected",
    sentence="",
    sentence_en="",
)
# What may happen, to whom, how long after what came before; and whether it happens though it may not: else nearly
# every course would be wrong from its beginning, and for a reason of no interest.
ACTS = st.tuples(
    st.sampled_from(("begin", "come", "cast", "lapse", "hold", "resume", "end", "end")),
    st.sampled_from(VOTERS),
    st.sampled_from((0, 1_000, 29_000, 31_000)),
    st.sampled_from((False,) * 5 + (True,)),
)
Act = tuple[str, str, int, bool]


@dataclass
class Clerk:
    """A slip for each voter whose ballot is with a service: the words on it. Nothing of the fold's is used."""

    state: str = "open"
    slips: dict[str, str] = field(default_factory=dict)
    until: int = 0
    wrong: bool = False
    came: int = 0
    graced: int = 0
    lapsed: int = 0

    def hear(self, act: str, voter: str, words: str, at: int) -> None:
        """One more act; once something was wrong, all is."""
        if act == "begin":
            self.wrong |= self.state != "open" or voter in self.slips
            self.slips[voter] = words
        elif act == "come":
            in_time = self.state == "open" or (self.state == "closing" and at <= self.until)
            self.wrong |= not in_time or voter not in self.slips
            self.slips.pop(voter, None)
            self.came += self.state == "open"
            self.graced += self.state == "closing"
        elif act == "cast":
            self.wrong |= self.state != "open"
        elif act == "lapse":
            self.wrong |= voter not in self.slips
            self.slips.pop(voter, None)
            self.lapsed += 1
        elif act == "end":
            self.wrong |= self.state == "closing" or not self.slips
            self.state, self.until = "closing", at + GRACE_MS
        else:
            self.wrong |= self.state != {"hold": "open", "resume": "held"}[act]
            self.state = {"hold": "held", "resume": "open"}[act]

    def would_mind(self, act: str, voter: str, at: int) -> bool:
        """Whether that would be wrong now."""
        clerk = replace(self, slips=dict(self.slips))
        clerk.hear(act, voter, "", at)
        return clerk.wrong

    def close(self, at: int) -> None:
        """The cut."""
        self.wrong |= self.state == "closing" and bool(self.slips) and at < self.until


@dataclass
class Ledger:
    """The lines as a ledger that takes everything would write them."""

    at: int = 1_000_000
    lines: list[Placed] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)
    ending: PollClosing | None = None
    ballots: int = 0

    def write(self, entry: Entry) -> None:
        """One more line."""
        line = msgspec.json.encode(entry)
        self.lines.append(Placed(len(self.lines), line, entry))  # type: ignore[arg-type]

    def do(self, act: str, voter: str, after: int) -> str:
        """Write what happened; the words of the ballot, if there are any."""
        self.at += after
        of: dict[str, Any] = {"at": self.at, "poll": POLL}
        words = self.words.get(voter, f"e30.{voter}")
        if act == "begin":
            words = self.words[voter] = f"e30.{voter}{len(self.lines)}"
            committed = begun.commitment(salt(words), words)
            self.pending[voter] = committed
            self.write(BallotBegun(**of, voter=voter, commitment=committed, provider="ca"))
        elif act in ("come", "cast"):
            said = jws.b64_encode(salt(words)).decode() if act == "come" else ""
            self.write(BallotCast(**of, jws=f"{words}.AA", salt=said))
            self.ballots += 1
            if act == "come":
                self.pending.pop(voter, None)
        elif act == "lapse":
            self.write(BallotLapsed(**of, voter=voter, why="declined"))
            self.pending.pop(voter, None)
        elif act == "end":
            self.ending = PollClosing(
                **of,
                jws="a.b.c",
                cause="chair",
                present=(),
                until=self.at + GRACE_MS,
                begun=len(self.pending),
            )
            self.write(self.ending)
        else:
            self.write(
                PollHeld(**of, jws="a.b.c")
                if act == "hold"
                else PollResumed(**of, jws="a.b.c", deadline=None)
            )
        return words

    def close(self, after: int) -> None:
        """The cut, the count, the declaration."""
        self.at += after
        of: dict[str, Any] = {"at": self.at, "poll": POLL}
        self.write(PollClosed(**of, jws="a.b.c", cause="chair", present=(), ballots=self.ballots))
        self.write(PollCounted(**of, definition=HASH, decision=DECISION))
        self.write(PollDeclared(**of, jws="a.b.c"))


def salt(words: str) -> bytes:
    """32 bytes of its own for each ballot."""
    return words.encode().ljust(32, b"#")[:32]


def folded(lines: list[Placed]) -> History | None:
    """The history, or nothing if the order was wrong."""
    try:
        return fold.follow(lines, POLL)
    except OrderWrong:
        return None


@settings(max_examples=400)
@given(acts=st.lists(ACTS, max_size=14), after=st.sampled_from((0, 29_000, 31_000)))
@example(acts=[("begin", "an", 0, False), ("end", "an", 0, False), ("come", "an", 31_000, True)], after=0)
@example(acts=[("begin", "an", 0, False), ("end", "an", 0, False)], after=29_000)
@example(acts=[("begin", "an", 0, False), ("begin", "an", 0, True), ("come", "an", 0, False)], after=0)
def test_the_fold_and_a_clerk_with_slips_agree(acts: list[Act], after: int) -> None:
    """What one refuses the other refuses; what both take they count alike."""
    ledger, clerk = Ledger(), Clerk()
    ledger.write(PollAnnounced(at=ledger.at, poll=POLL, title="Nghị quyết", jws="a.b.c"))
    ledger.write(PollOpened(at=ledger.at, poll=POLL, definition="a.b.c", present=(), deadline=None))
    for act, voter, later, is_daring in acts:
        if clerk.would_mind(act, voter, ledger.at + later) and not is_daring:
            continue
        words = ledger.do(act, voter, later)
        clerk.hear(act, voter, words, ledger.at)
    ledger.close(after)
    clerk.close(ledger.at)
    history = folded(ledger.lines)
    assert (history is None) == clerk.wrong
    if history is not None:
        found = history.begun
        assert (found.in_time, found.in_grace, sum(found.lapsed.values()), found.cut_off) == (
            clerk.came,
            clerk.graced,
            clerk.lapsed,
            len(clerk.slips),
        )
        assert found.begun == found.in_time + found.in_grace + sum(found.lapsed.values()) + found.cut_off
