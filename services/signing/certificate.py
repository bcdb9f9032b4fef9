"""From a result to what the seal signs; pure."""

from importlib.metadata import version

import msgspec

from services.wire import Result, Statement


def software() -> str:
    """This program and its version, as certificates name it."""
    return f"plenary {version('plenary')}"


def state(result: Result, certificate: str, issued_at: int, made_by: str) -> bytes:
    """The exact bytes to be signed: everything the result says, under the certificate's id and time (milliseconds)."""
    statement = Statement(
        id=certificate,
        issued_at=issued_at,
        software=made_by,
        body=result.body,
        meeting=result.meeting,
        poll=result.poll,
        definition=result.definition,
        title=result.title,
        decision=result.decision,
        evidence=result.evidence,
    )
    return msgspec.json.encode(statement)
