"""`python -m loadtests.bench`: every figure, each beside its limit in the same run, in about seven minutes.

Names on the command line choose what is measured: `python -m loadtests.bench limits ballots`. Writes
`loadtests/results/latest.json`, flat, and prints a table; adds a line to `history.jsonl` beside it and draws
`history.svg`. What could not be measured is told, and fails the run.
"""

import asyncio
import json
import platform
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

from loadtests import (
    append,
    audit,
    ballots,
    burst,
    certificate,
    floor,
    history,
    keys,
    limits,
    live,
    own_list,
    parts,
    reload,
    remote,
    revocation,
    signed_edition,
)
from loadtests.ground import Assembly, assembly

RESULTS = Path(__file__).parent / "results" / "latest.json"
DELEGATES = 1_000
Figures = dict[str, float]

# What is to be reached: the key, and whether it is at least or at most.
TARGETS: dict[str, tuple[str, float]] = {
    "ballots_per_second": ("≥", 12_000),
    "ballots_p99_ms": ("≤", 30),
    "ballot_over_parts": ("≤", 1.4),
    "append_cost_ratio_1m_vs_1k": ("≤", 1.2),
    "burst_500_ms": ("≤", 150),
    "live_fanout_ms_last": ("≤", 150),
    "live_kb_per_connection": ("≤", 30),
    "close_to_certificate_ms": ("≤", 300),
    "audit_100k_seconds": ("≤", 5),
    "floor_ask_500_p99_ms": ("≤", 200),
    "floor_live_2000_ms_last": ("≤", 150),
    "floor_reorder_1000_ms": ("≤", 50),
    "reload_200_warm_ms_last": ("≤", 3000),
    "revocation_first_stall_ms": ("≤", 5),
    "revocation_rest_stall_ms": ("≤", 5),
    "own_list_first_stall_ms": ("≤", 5),
    "own_list_known_stall_ms": ("≤", 5),
    "own_list_one_more_stall_ms": ("≤", 5),
    "own_list_answers_stall_ms": ("≤", 5),
    "signed_edition_all_ms": ("≤", 1500),
    "signed_server_sealed_ms": ("≤", 1500),
    "cast_rsa_beside_p256": ("≥", 1),
    "cast_rsa_pss_beside_p256": ("≥", 1),
}


async def _held(
    measure: Callable[[Assembly], Awaitable[Figures]], delegates: int = DELEGATES, **settings: str
) -> Figures:
    """A server of its own for one measurement: none inherits what another has left."""
    async with assembly(delegates, **settings) as held:
        return await measure(held)


# The limits stand first and last: a machine that was busy in between shows it.
PARTS: dict[str, Callable[[], Awaitable[Figures]]] = {
    "limits": limits.measure,
    "ballots": lambda: _held(ballots.measure),
    "parts": lambda: _held(parts.measure),
    "burst": lambda: _held(burst.measure, burst.VOTERS),
    "certificate": certificate.measure,
    "signed_edition": signed_edition.measure,
    "signed_server": lambda: _held(signed_edition.on_server, signed_edition.VOTERS, test_tsa="true"),
    "append": lambda: _held(append.measure),
    "audit": audit.measure,
    "live": live.measure,
    "floor": lambda: _held(floor.measure, floor.DELEGATES),
    "reload": lambda: _held(reload.measure, reload.PHONES),
    "keys": keys.measure,
    "remote": remote.measure,
    "revocation": revocation.measure,
    "own_list": own_list.measure,
    "limits_after": limits.measure,
}


async def run(names: list[str]) -> bool:
    """Measure, print, write; whether every part could be measured."""
    figures: Figures = {}
    whole = True
    for name in names:
        began = time.perf_counter()
        try:
            found = await PARTS[name]()
        except Exception:
            traceback.print_exc()
            whole = False
            continue
        after = "_after" if name == "limits_after" else ""
        told = {f"{key}{after}": value for key, value in found.items()}
        told[f"seconds_{name}"] = round(time.perf_counter() - began, 1)
        figures |= told
        _show(told)
    compared = _compared(figures)
    figures |= compared
    _show(compared)
    RESULTS.parent.mkdir(exist_ok=True)
    facts = {**figures, "python": platform.python_version(), "machine": platform.machine()}
    RESULTS.write_text(json.dumps(facts, indent=1) + "\n")
    history.keep(facts)
    history.plot(TARGETS)
    return whole


def _compared(figures: Figures) -> Figures:
    """What the same machine could do at most, and how much of that is left."""
    beside = {
        "ballots_share_of_verify_limit": ("ballots_per_second", "limit_p256_verify_per_core"),
        "ballots_share_of_empty_limit": ("ballots_per_second", "limit_aiohttp_empty_per_second"),
    }
    return {
        key: round(figures[measured] / figures[limit], 3)
        for key, (measured, limit) in beside.items()
        if measured in figures and limit in figures
    }


def _show(figures: Figures) -> None:
    for key, value in figures.items():
        sign, wanted = TARGETS.get(key, ("", 0.0))
        reached = not sign or (value >= wanted if sign == "≥" else value <= wanted)
        told = f"{sign} {wanted:,.10g}  {'✓' if reached else '✗'}" if sign else ""
        sys.stdout.write(f"{key:36} {value:>14,.10g}  {told}\n")
    sys.stdout.flush()


def main(names: list[str]) -> int:
    """The exit code. What is called by no name of a part is told before anything is measured or written."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        sys.stderr.write(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}\n")
        return 2
    return 0 if asyncio.run(run(names or list(PARTS))) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
