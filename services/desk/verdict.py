"""What `plenary verify` and `plenary audit` say: which checks were passed, or the one that failed."""

import sys
from dataclasses import dataclass, field

import msgspec

from services.refusal import Fact, Refused
from services.rules.proof import Proven

Figures = dict[str, Fact]


@dataclass(slots=True)
class Verdict:
    """Checks passed, in order; then either figures or the refusal of the check that failed."""

    checks: list[str] = field(default_factory=list)
    figures: Figures = field(default_factory=dict)
    refused: Refused | None = None
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
            "unchecked": [_shown(name) for name in self.unchecked],
            **({"detail": refused.text, "detail_en": refused.text_en} if refused else {}),
            **({"facts": refused.facts} if refused else {}),
            **self.figures,
        }
        return msgspec.json.encode(said).decode() + "\n"

    def _text(self) -> str:
        lines = [f"  ✓ {check}" for check in self.checks]
        lines += [f"  – {_shown(name)}: không kiểm tra / not checked" for name in self.unchecked]
        if self.refused is None:
            lines.append(f"HỢP LỆ / VALID: {self.figures.get('sentence', '')}")
        else:
            lines.append(f"KHÔNG HỢP LỆ / NOT VALID [{self.refused.code}]")
            lines += [f"  {self.refused.text}", f"  {self.refused.text_en}"]
        return "\n".join(lines) + "\n"


def _shown(name: str) -> str:
    """A file's name, such that it is text, stays on its line, and says nothing but that it is a name."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in name[:100])


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
        "ballots": len(proven.history.ballots),
        "issued_at": statement.issued_at,
        "sentence": statement.decision.sentence,
        "sentence_en": statement.decision.sentence_en,
    }
