"""A poll as stored: its columns, and what they mean."""

from dataclasses import dataclass

from asyncpg import Record

from services.voting.poll import Standing
from services.wire import Counts

COLUMNS = """
    p.no, p.id, l.meeting, l.body, p.ledger, p.draft, p.state, p.definition, p.jws, p.roll, p.opened_index,
    p.opened_at, p.deadline, p.remaining, p.closed_index, p.closed_at, p.counted_index, p.alarm,
    p.approve, p.reject, p.abstain, p.ballots, p.grace_ends_at, p.recheck_until,
    p.rechecked_index
"""


@dataclass(frozen=True, slots=True)
class PollRow:
    """A poll as stored."""

    row: Record

    @property
    def no(self) -> int:
        """Its number inside this database."""
        return int(self.row["no"])

    @property
    def standing(self) -> Standing:
        """Its state and times."""
        row = self.row
        return Standing(
            row["state"], row["deadline"], row["remaining"], row["closed_at"], row["grace_ends_at"]
        )

    @property
    def is_being_rechecked(self) -> bool:
        """Whether others are asked about the certificates behind its ballots now."""
        row = self.row
        return (
            row["state"] == "closed" and row["recheck_until"] is not None and row["rechecked_index"] is None
        )

    @property
    def counts(self) -> Counts:
        """The running count; for the teller, and for polls that are closed or whose definition shows totals."""
        return Counts(approve=self.row["approve"], reject=self.row["reject"], abstain=self.row["abstain"])
