"""Questions put to the vote in tests: a definition from a profile, and its decision."""

from services.rules.majority import decide, participating
from services.rules.profiles import OPTIONS, profile
from services.wire import Body, Choice, Counts, Decision, PollDefinition, Rule

CHAIR = "chair-1"


def question(rule: Rule, title: str = "Luật Thử nghiệm", noun: str = "đại biểu Quốc hội") -> PollDefinition:
    """A poll under any rule."""
    return PollDefinition(
        origin="plenary.test/meeting-1",
        meeting="meeting-1",
        id="poll-1",
        body=Body(id="body-1", name="Hội đồng", noun=noun, noun_en="members of the Council"),
        title=title,
        options=OPTIONS,
        rule=rule,
        roll="r" * 43,
        presiding=CHAIR,
    )


def decided(
    rule: Rule | str,
    roll: int,
    votes: tuple[int, int, int],
    chair: Choice | None = None,
    present: int | None = None,
) -> Decision:
    """The decision on (approve, reject, abstain); those present are those who voted, unless said."""
    counts = Counts(approve=votes[0], reject=votes[1], abstain=votes[2])
    there = participating(counts) if present is None else present
    found = profile(rule).rule if isinstance(rule, str) else rule
    return decide(
        question(found), counts, roll=roll, present_open=there, present_close=there, chair_choice=chair
    )
