"""The `plenary` command: one subcommand per act, each imported only when it is asked for."""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import NamedTuple, cast

_REFUSED = 2


class Command(NamedTuple):
    """Where a subcommand lives: a module with `main(arguments: list[str]) -> int` (the exit code)."""

    module: str
    meaning: str


# One line here is all it takes to add a subcommand.
COMMANDS = {
    "run": Command("services.desk.run", "chạy tất cả trên một máy / run everything on this machine"),
    "replay": Command(
        "services.desk.replay", "diễn lại một cuộc biểu quyết đã ghi / replay a recorded roll call"
    ),
    "token": Command("services.desk.operator_token", "in mã của người vận hành / print an operator token"),
    "settings": Command("services.desk.settings_page", "liệt kê các thiết lập / list every setting"),
    "verify": Command(
        "services.desk.verify", "kiểm tra một tệp có dấu, không cần mạng / verify a sealed file offline"
    ),
    "audit": Command(
        "services.desk.audit",
        "kiểm tra cả thư mục của một cuộc biểu quyết hoặc nhật ký phát biểu / audit all files of one vote or floor",
    ),
    "ballots": Command(
        "services.desk.ballots",
        "ghi từng phiếu ra tệp mà phần mềm khác kiểm được / write each ballot as others validate it",
    ),
    "turns": Command(
        "services.desk.floor_record", "tải nhật ký phát biểu có dấu / fetch a sealed turn log and its files"
    ),
    "microphones": Command(
        "services.desk.microphones",
        "bật tắt micro theo lượt phát biểu / switch microphones by the floor's turns",
    ),
    "renew": Command(
        "services.desk.renewal",
        "gia hạn dấu thời gian lưu trữ của bản có chữ ký / renew archive time-stamps of signed editions",
    ),
    "backup": Command(
        "services.desk.backup", "sao lưu tất cả, cả khi đang chạy / back everything up, also while it runs"
    ),
    "restore": Command(
        "services.desk.restore",
        "khôi phục, rồi kiểm tra mọi giấy chứng nhận / restore, and audit every certificate",
    ),
    "doctor": Command(
        "services.desk.doctor", "khám trước phiên họp, nói phải làm gì / look at everything, say what to do"
    ),
    "migrate": Command("services.desk.migrate", "cập nhật lược đồ dữ liệu / bring the database up to date"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand: its exit code, or 2 with one clear line on stderr when we refuse."""
    # Whatever the shell says of who starts us: nobody else writes to what we make, and we ourselves can use it.
    os.umask(os.umask(0o077) & 0o077 | 0o022)
    # What a terminal's own letters lack of Vietnamese is a question mark there, and no fault.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        module = importlib.import_module(COMMANDS[given.command].module)
        return cast("int", module.main(given.arguments))
    except BrokenPipeError:
        # The reader of our output went away (`plenary settings | head`): nothing more to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("PLENARY_LOG_LEVEL", "").lower() == "debug":
            raise
        sys.stderr.write(f"plenary {given.command}: {_one_line(error)}\n")
        return _REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="plenary",
        description="Plenary: bàn biểu quyết và văn phòng ký / voting desk and signing office",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:11} {command.meaning}" for name, command in COMMANDS.items()),
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command", help="see below")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="`plenary command --help` tells which")
    return parser


def _one_line(error: Exception) -> str:
    # Imported here so that a command that succeeds does not pay for it.
    from services.kit.complaint import Complaint
    from services.kit.keys import KeyRefused
    from services.refusal import Refused

    if isinstance(error, Refused):
        return f"{error.text} / {error.text_en} ({error.code})"
    text = " ".join(str(error).split())
    if isinstance(error, (Complaint, KeyRefused)):
        return text
    return f"our fault: {type(error).__name__}: {text} (PLENARY_LOG_LEVEL=debug shows where)"


if __name__ == "__main__":
    sys.exit(main())
