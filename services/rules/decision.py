"""The decision that a statement claims, made again by a stranger: from the rule, the roll, the presence, the votes."""

from collections.abc import Mapping

from services.rules import majority
from services.rules.fold import History
from services.rules.proof_errors import DecisionWrong
from services.rules.rechecked import Weighed
from services.rules.tally import Vote
from services.wire import Decision, PollDefinition, Roll, RollEntry, Statement


def must_be_made_again(
    statement: Statement,
    definition: PollDefinition,
    history: History,
    roll: Roll,
    votes: Mapping[str, Vote],
    weighed: Weighed,
) -> None:
    """Raise DecisionWrong unless the counted line and the statement say what the rule makes of the votes.

    `votes` and `weighed`: as in `proof.Proven`."""
    decision = _decide(definition, history, roll.entries, votes, weighed)
    if decision.quorum_open is not None and not decision.quorum_open.met and not definition.without_quorum:
        raise DecisionWrong(what="opened without quorum and without a reason")
    for name, other in {"counted line": history.counted.decision, "statement": statement.decision}.items():
        if other != decision:
            raise DecisionWrong(what=f"{name}: {_first_difference(decision, other)}")


def _decide(
    definition: PollDefinition,
    history: History,
    entries: tuple[RollEntry, ...],
    votes: Mapping[str, Vote],
    weighed: Weighed,
) -> Decision:
    """The decision made again, from the roll, who was present, and the ballots that count."""
    members = frozenset(entry.member for entry in entries)
    for present in (history.opened.present, history.closed.present):
        if len(set(present)) != len(present) or not members.issuperset(present):
            raise DecisionWrong(what="present")
    chair = votes.get(definition.presiding)
    counts = history.counted.decision.counts
    return majority.decide(
        definition,
        counts,
        roll=len(entries),
        present_open=len(history.opened.present),
        present_close=majority.present_at_close(frozenset(history.closed.present), frozenset(votes)),
        chair_choice=chair.choice if chair else None,
        rechecked=weighed.counts,
    )


def _first_difference(one: Decision, other: Decision) -> str:
    return next(name for name in one.__struct_fields__ if getattr(one, name) != getattr(other, name))
