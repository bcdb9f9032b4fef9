"""A progress bar for people at a terminal; in a file or a pipe, nothing."""

import sys
from types import TracebackType
from typing import Self

_WIDTH = 30


class Bar:
    """`███░░░  12/473  label`, on stderr, redrawn in place; gone when the block ends."""

    def __init__(self, label: str, total: int) -> None:
        self._label = label
        self._total = max(1, total)
        self._done = 0
        self._drawn = -1
        self._shown = sys.stderr.isatty()

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        filled = _WIDTH * self._done // self._total
        # Redrawn only when it looks different: a terminal over a slow line must not slow the vote.
        if self._shown and (filled != self._drawn or self._done == self._total):
            self._drawn = filled
            bar = "█" * filled + "░" * (_WIDTH - filled)
            sys.stderr.write(f"\r{bar}  {self._done}/{self._total}  {self._label}\033[K")
            sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
