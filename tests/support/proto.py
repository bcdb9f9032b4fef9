"""What stands in `proto/` and in `docs/problems.md`, made from the code: `pytest --update-proto` writes it.

The types of `services.wire`, the route tables and the refusals are the source; these files are their public face.
"""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import msgspec
import yaml

import services
from services import wire
from services.kit import openapi
from services.kit.problem import Problem
from services.refusal import REFUSALS, Refused
from services.refusal_words import WORDS
from services.rules import profiles
from tests.support import streams, vectors

ROOT = Path(__file__).parents[2]
SERVICES = ("meeting", "voting", "floor", "signing", "live")

# A file `<name>.schema.json` for each; what these are made of is found inside them, under `$defs`.
MESSAGES: dict[str, Any] = {
    "act": wire.ActPayload,
    "admission": wire.Admission,
    "agenda-item": wire.AgendaItem,
    "ballot": wire.BallotPayload,
    "ballot-intent": wire.BallotIntent,
    "ballot-to-sign": wire.BallotToSign,
    "ballot-wanted": wire.BallotWanted,
    "ballots-unwanted": wire.BallotsUnwanted,
    "body": wire.Body,
    "certificate-file": wire.CertificateFile,
    "certificate-notice": wire.CertificateNotice,
    "challenge": wire.Challenge,
    "challenge-asked": wire.ChallengeAsked,
    "counted": wire.Counted,
    "connected": wire.Connected,
    "credential": wire.Credential,
    "credential-held": wire.CredentialHeld,
    "decision": wire.Decision,
    "draft-change": wire.DraftChange,
    "draft-shown": wire.DraftShown,
    "enrolled": wire.Enrolled,
    "enrolment": wire.Enrolment,
    "evidence": wire.Evidence,
    "extract": wire.Extract,
    "floor-news": wire.FloorNewsShown,
    "floor-act": wire.FloorActs,
    "floor-done": wire.FloorDone,
    "floor-entry": wire.FloorEntry,
    "floor-opinions": wire.Opinions,
    "floor-profile": wire.FloorProfile,
    "floor-record": wire.FloorRecord,
    "floor-shown": wire.FloorShown,
    "floor-statement": wire.FloorStatement,
    "frozen-roll": wire.FrozenRoll,
    "great-result": wire.GreatResult,
    "intent-shown": wire.IntentShown,
    "invite": wire.Invite,
    "invites-asked": wire.InvitesAsked,
    "ledger-entry": wire.LedgerEntry,
    "ledger-part": wire.LedgerPart,
    "link": wire.Link,
    "link-asked": wire.LinkAsked,
    "link-challenge": wire.LinkChallenge,
    "link-payload": wire.LinkPayload,
    "link-shown": wire.LinkShown,
    "link-standing": wire.LinkStanding,
    "links-to-recheck": wire.LinksToRecheck,
    "log-key": wire.LogKey,
    "login": wire.LoginPayload,
    "meeting": wire.Meeting,
    "meeting-plan": wire.MeetingPlan,
    "member": wire.Member,
    "minutes-notice": wire.MinutesNotice,
    "minutes-statement": wire.MinutesStatement,
    "minutes-wanted": wire.MinutesWanted,
    "outside-evidence": wire.OutsideEvidence,
    "part-wanted": wire.PartWanted,
    "passkey": wire.Passkey,
    "passkey-asserted": wire.PasskeyAsserted,
    "passkey-challenge": wire.PasskeyChallenge,
    "passkey-logged": wire.PasskeyLogged,
    "passkey-made": wire.PasskeyMade,
    "passkey-wanted": wire.PasskeyWanted,
    "poll": wire.Poll,
    "poll-profile": profiles.Profile,
    "poll-definition": wire.PollDefinition,
    "poll-draft": wire.PollDraft,
    "presence": wire.Presence,
    "presence-corrected": wire.PresenceCorrected,
    "presence-logged": wire.PresenceLogged,
    "presence-mark": wire.PresenceMark,
    "presence-own": wire.PresenceOwn,
    "proceedings": wire.Proceedings,
    "proceedings-told": wire.ProceedingsTold,
    "progress": wire.Progress,
    "receipt": wire.Receipt,
    "recheck-wanted": wire.RecheckWanted,
    "received-from": wire.ReceivedFrom,
    "record-notice": wire.RecordNotice,
    "remote-evidence": wire.RemoteEvidence,
    "remote-hint": wire.RemoteHint,
    "remote-key-shown": wire.RemoteKeyShown,
    "remote-keys-asked": wire.RemoteKeysAsked,
    "remote-link-asked": wire.RemoteLinkAsked,
    "remote-link-shown": wire.RemoteLinkShown,
    "remote-own-key": wire.RemoteOwnKey,
    "remote-own-link-asked": wire.RemoteOwnLinkAsked,
    "remote-pair-asked": wire.RemotePairAsked,
    "remote-pair-shown": wire.RemotePairShown,
    "remote-request-shown": wire.RemoteRequestShown,
    "remote-service-shown": wire.RemoteServiceShown,
    "remote-page-asked": wire.RemotePageAsked,
    "remote-user-asked": wire.RemoteUserAsked,
    "recovery": wire.Recovery,
    "renewal": wire.Renewal,
    "result": wire.Result,
    "revocation": wire.Revocation,
    "roll": wire.Roll,
    "seat": wire.Seat,
    "seat-plan": wire.SeatPlan,
    "seat-plan-wanted": wire.SeatPlanWanted,
    "server-time": wire.ServerTime,
    "signature-begun": wire.SignatureBegun,
    "signature-given": wire.SignatureGiven,
    "signature-prepared": wire.SignaturePrepared,
    "signatures-shown": wire.SignaturesShown,
    "signed-file": wire.SignedFile,
    "snapshot": wire.Snapshot,
    "statement": wire.Statement,
    "step-up": wire.StepUpEvidence,
    "passkey-vouched": wire.PasskeyVouched,
    "passkey-voucher": wire.PasskeyVoucher,
    "confirmed-ballot": wire.ConfirmedBallot,
    "stream-event": wire.StreamEvent,
    "token": wire.Token,
    "turn-event": wire.TurnEvent,
    "turn-log": wire.TurnLog,
    "drafts-moved": wire.DraftsMoved,
    "void-wish": wire.VoidWish,
    "void-wishes": wire.VoidWishes,
    "voiding": wire.Voiding,
    "webhook": wire.Webhook,
    "webhook-key": wire.WebhookKey,
    "webhook-wanted": wire.WebhookWanted,
    "withheld": wire.Withheld,
}


def files() -> dict[Path, str]:
    """Every generated file by its path: the text it must have."""
    proto = ROOT / "proto"
    texts = {proto / f"{name}.schema.json": _json(schema(name, kind)) for name, kind in MESSAGES.items()}
    texts[proto / "problem.schema.json"] = _json(problem_schema())
    for name in SERVICES:
        texts[proto / f"{name}.openapi.yaml"] = as_yaml(openapi.describe(name, routes_of(name)))
    texts[proto / "streams.asyncapi.yaml"] = as_yaml(streams.describe())
    for name, content in vectors.files().items():
        texts[proto / "vectors" / f"{name}.json"] = _json(content)
    texts[ROOT / "docs" / "problems.md"] = problems_page()
    return texts


def schema(name: str, kind: Any) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a message."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:plenary:proto:{name}",
        "title": name,
    }
    found: dict[str, Any] = openapi.one_line(msgspec.json.schema(kind))
    return head | found


def problem_schema() -> dict[str, Any]:
    """The schema of a refusal, with every code that there is."""
    found = schema("problem", Problem)
    found["$defs"]["Problem"]["properties"]["code"] = {"enum": sorted(refusals())}
    return found


def refusals() -> dict[str, type[Refused]]:
    """Every refusal by code, after importing every module of `services`."""
    for module in modules():
        importlib.import_module(module)
    return {code: kind for code, kind in REFUSALS.items() if kind.__module__.startswith("services.")}


def modules() -> list[str]:
    """The name of every module of `services`."""
    found = pkgutil.walk_packages(services.__path__, "services.")
    return sorted(module.name for module in found if not module.name.endswith("__main__"))


def routes_of(service: str) -> tuple[Any, ...]:
    """The route tables of a service: `routes` first, then those of its other modules, each once."""
    first = f"services.{service}.routes"
    names = [
        first,
        *(name for name in modules() if name.startswith(f"services.{service}.") and name != first),
    ]
    tables = [getattr(importlib.import_module(name), "ROUTES", ()) for name in names]
    return tuple(dict.fromkeys(route for table in tables for route in table))


def problems_page() -> str:
    """docs/problems.md."""
    rows = [
        f"| `{code}` | {kind.status} | {kind.vi} | {_english(kind)} |"
        for code, kind in sorted(refusals().items())
    ]
    return "\n".join(
        [
            "# Lời từ chối / Refusals",
            "",
            "Each `code` is stable: programs may rely on it; the texts may be worded better. `{…}` is a fact of the",
            "case, also in `facts` of the problem. Codes that only `plenary verify` and `plenary audit` print have a",
            "status, too; it is never sent. This page is generated (`pytest --update-proto`); a test keeps it current.",
            "",
            "| code | HTTP | tiếng Việt | English |",
            "|---|---|---|---|",
            *rows,
            "",
            "## Chữ trong lời từ chối / Words of their facts",
            "",
            "In the Vietnamese text a fact in words is said so, or left out with its colon; `#` is a number.",
            "",
            "| English | tiếng Việt |",
            "|---|---|",
            *(f"| {english} | {vietnamese} |" for english, vietnamese in sorted(WORDS.items())),
            "",
        ]
    )


def _english(kind: type[Refused]) -> str:
    return " ".join((kind.__doc__ or "").split()).replace("|", "\\|")


def _json(content: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"


class _Plain(yaml.SafeDumper):
    """YAML without anchors: what is used twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never a reference."""
        return True


def as_yaml(document: dict[str, Any]) -> str:
    """A document as YAML, in its own order of members."""
    # Through JSON: a mapping shared by two places becomes two, and a tuple a list.
    plain = msgspec.json.decode(msgspec.json.encode(document))
    return str(yaml.dump(plain, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=110))
