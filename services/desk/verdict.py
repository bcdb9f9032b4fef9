"""What `plenary verify` and `plenary audit` say: which checks were passed, or the one that failed."""

import sys
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import UnsetType

from services.refusal import Refused
from services.rules.begun import Record
from services.rules.floor.record import Replayed
from services.rules.floor.wording import act_name
from services.rules.proof import Proven
from services.signing import begun_words, recheck_words, step_up_words
from services.wire import Override

Figures = dict[str, Any]


# Two names of 500 characters, and a reason of as many.
_LONGEST_REMARK = 2_000


@dataclass(slots=True)
class Verdict:
    """Checks passed, in order; then either figures or the refusal of the check that failed."""

    checks: list[str] = field(default_factory=list)
    figures: Figures = field(default_factory=dict)
    refused: Refused | None = None
    # What must be known beside the figures, a line each.
    remarks: list[str] = field(default_factory=list)
    # Names of what lay beside, as the directory has them: any bytes.
    unchecked: list[str] = field(default_factory=list)

    def show(self, *, as_json: bool) -> int:
        """Print it; the exit code."""
        sys.stdout.write(self._json() if as_json else self._text())
        return 1 if self.refused else 0

    def _json(self) -> str:
        refused = self.refused
        said = {
            "ok": refused is None,
            "failed": refused.code if refused else None,
            "checks": self.checks,
            "unchecked": [shown(name) for name in self.unchecked],
            **({"detail": refused.text, "detail_en": refused.text_en} if refused else {}),
            **({"facts": refused.facts} if refused else {}),
            **self.figures,
        }
        return msgspec.json.encode(said).decode() + "\n"

    def _text(self) -> str:
        lines = [f"  ✓ {check}" for check in self.checks]
        lines += [f"  – {shown(name)}: không kiểm tra / not checked" for name in self.unchecked]
        if self.refused is None:
            lines.append(f"HỢP LỆ / VALID: {self.figures.get('sentence', '')}")
            lines += [f"  • {shown(remark, _LONGEST_REMARK)}" for remark in self.remarks]
        else:
            lines.append(f"KHÔNG HỢP LỆ / NOT VALID [{self.refused.code}]")
            # It may quote what was given: the name of a file beside, a word in the file itself.
            lines += [
                f"  {shown(each, _LONGEST_REMARK)}" for each in (self.refused.text, self.refused.text_en)
            ]
        return "\n".join(lines) + "\n"


def shown(text: str, longest: int = 100) -> str:
    """Text from outside, a file's name first of all, such that it stays on its line and commands no terminal."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text[:longest])


def figures_of(proven: Proven) -> Figures:
    """What a proven statement says, flat."""
    statement, counts = proven.statement, proven.statement.decision.counts
    return {
        "certificate": statement.id,
        "poll": statement.poll,
        "title": statement.title,
        "roll": statement.decision.roll,
        "participating": statement.decision.participating,
        "approve": counts.approve,
        "reject": counts.reject,
        "abstain": counts.abstain,
        "outcome": statement.decision.outcome,
        "carried": statement.decision.outcome == "carried",
        "ballots": proven.history.closed.ballots,
        **_begun(proven.history.begun),
        **_rechecked(proven),
        "issued_at": statement.issued_at,
        "sentence": statement.decision.sentence,
        "sentence_en": statement.decision.sentence_en,
    }


def told_of_begun(proven: Proven) -> list[str]:
    """What became of ballots with signing services, and of those by certificates of other authorities, as the minutes
    say it."""
    facts = [
        *begun_words.facts(proven),
        *step_up_words.facts(proven),
        *recheck_words.facts(proven),
        *recheck_words.notes(proven),
    ]
    return [": ".join(fact) for fact in facts]


def _begun(found: Record) -> Figures:
    """What became of ballots that signing services were to sign; nothing where none was begun."""
    if not found.begun:
        return {}
    return {
        "begun": found.begun,
        "begun_in_time": found.in_time,
        "begun_in_grace": found.in_grace,
        "begun_lapsed": dict(found.lapsed),
        "begun_cut_off": found.cut_off,
    }


def _rechecked(proven: Proven) -> Figures:
    """What was found of certificates of other authorities; nothing where none stood behind a ballot."""
    counts = proven.weighed.counts
    if isinstance(counts, UnsetType):
        return {}
    return {
        "rechecked": counts.checked,
        "rechecked_revoked": counts.revoked,
        "rechecked_unknown": counts.unknown,
        "unknown_status": counts.policy,
    }


def figures_of_floor(replayed: Replayed) -> Figures:
    """What a floor's record says, flat; and the list of what the desk overrode."""
    statement, log = replayed.statement, replayed.statement.log
    out_of_turn = sum(not each.turn.in_turn for each in log.turns)
    used, over = (sum(getattr(each, name) for each in log.turns) for name in ("used_ms", "over_ms"))
    return {
        "record": statement.id,
        "meeting": statement.meeting,
        "title": log.title,
        "line": statement.index,
        "turns": len(log.turns),
        "persons": len(log.persons),
        "used_ms": used,
        "over_ms": over,
        "out_of_turn": out_of_turn,
        "unreached": len(log.unreached),
        "opinions": len(log.opinions),
        "overrides": [msgspec.to_builtins(each) for each in log.overrides],
        "issued_at": statement.issued_at,
        "sentence": (
            f"{len(log.turns)} lượt phát biểu, {out_of_turn} lượt ngoài thứ tự,"
            f" {len(log.overrides)} quyết định có nêu lý do của bàn điều hành."
        ),
        "sentence_en": (
            f"{len(log.turns)} turns, {out_of_turn} of them out of turn,"
            f" {len(log.overrides)} decisions of the desk with a reason."
        ),
    }


def told_of_floor(replayed: Replayed) -> list[str]:
    """Each override, a line each: first of all who was called out of turn, by whom, and why."""
    names = {member: entry.name for member, entry in replayed.floor.roll.items()}
    return [_told(each, names) for each in replayed.statement.log.overrides]


def _told(override: Override, names: dict[str, str]) -> str:
    by = f"{names[override.by]} ({override.by})" if override.by in names else override.by
    what = act_name(override.act, override.seconds)
    if override.passed_over:
        what = (
            f"NGOÀI THỨ TỰ / OUT OF TURN: {override.about} – người đến lượt / next was {override.passed_over}"
        )
    elif override.about:
        what += f": {override.about}"
    return f"[{override.index}] {what}; {by}: {override.reason}"
