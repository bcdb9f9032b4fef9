"""What the minutes say of ballots that passkeys confirmed; pure."""

from msgspec import UnsetType

from services.rules.proof import Proven

_WHEN = {"optional": "không bắt buộc", "required": "bắt buộc"}


def figures(proven: Proven) -> tuple[int, int]:
    """Of the ballots that count: how many a passkey confirmed, and how many of these were backed up elsewhere."""
    said = [proven.confirmed[vote.index] for vote in proven.votes.values() if vote.index in proven.confirmed]
    return len(said), sum(flags.backed_up for flags in said)


def facts(proven: Proven) -> list[list[str]]:
    """Label and text; nothing where the question does not ask for it."""
    demand = proven.definition.step_up
    if isinstance(demand, UnsetType):
        return []
    confirmed, synced = figures(proven)
    text = (
        f"{confirmed} phiếu có xác nhận, trong đó {synced} bằng khóa được đồng bộ"
        f" ({_WHEN[demand.when]}; trên trang {demand.origin})"
    )
    return [["Xác nhận phiếu bằng khóa truy cập (passkey)", text]]
