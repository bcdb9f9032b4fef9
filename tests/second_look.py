"""What failed beside thousands of others is asked once more, alone: `make test` does, and says which tests those were.

Hundreds of tests start whole servers, browsers and clocks of their own on a machine that has two cores. A fault fails
again; what passes alone was short of time, and is named, since a test that is unsteady is a fault too.
"""

import json
import subprocess
import sys
from pathlib import Path

# More than so many have no excuse.
FEW = 5
_CACHE = Path(__file__).parents[1] / ".pytest_cache" / "v" / "cache" / "lastfailed"


def main() -> int:
    """Run what failed last once more; the exit code of that run, or 1 if there is nothing that may be run again."""
    failed = sorted(json.loads(_CACHE.read_text())) if _CACHE.exists() else []
    if not 0 < len(failed) <= FEW:
        return 1
    print(f"\nOnce more, alone: {', '.join(failed)}", flush=True)
    code = subprocess.run([sys.executable, "-m", "pytest", *failed], check=False).returncode
    if code == 0:
        print(f"UNSTEADY, failed beside others and passed alone: {', '.join(failed)}", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
