"""The `plenary` command: one subcommand per act, each imported only when it is asked for."""

from collections.abc import Sequence
from typing import NamedTuple

_REFUSED = 2


class Command(NamedTuple):
    """Where a subcommand lives: a module with `main(arguments) -> exit code`."""

    module: str
    meaning: str


# One line here is all it takes to add a subcommand.
COMMANDS = {
    "run": Command("services.desk.run", "chạy tất cả trên một máy / run everything on this machine"),
    "settings": Command("services.desk.show_settings", "liệt kê các thiết đặt / list every setting"),
    "migrate": Command("services.desk.migrate", "cập nhật lược đồ CSDL / bring the database up to date"),
}


class CommandRefused(Exception):
    """A command cannot be done; the message says why and what to do, in one line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; its exit code, or 2 with one clear line when we refuse."""
    given = _parser().parse_args(arguments)
    command = COMMANDS[given.command]
    return 0
