// Made by scripts/wire.mjs; edit what it is made of, then `npm run wire`.
import type { Shape } from "./rules/shape.ts";

/** An act of the chair or secretary on a poll (JWS typ `plenary-act+jws`). `poll` is the poll's id, `definition` the hash voted on (empty before opening), `result` the hash of the counted result that is being declared. */
export type ActPayload = {
  readonly "v": 1;
  readonly "act": "announce" | "close" | "declare" | "extend" | "hold" | "resume" | "void";
  readonly "meeting": string;
  readonly "poll": string;
  readonly "definition": string;
  readonly "reason": string;
  readonly "seconds": number | null;
  readonly "result": string;
};
export const ActPayloadShape = { "type": "object", "properties": { "v": { "enum": [1], "default": 1 }, "act": { "enum": ["announce","close","declare","extend","hold","resume","void"] }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "definition": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)", "default": "" }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "seconds": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 864000 }, { "type": "null" }], "default": null }, "result": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)", "default": "" } }, "required": ["act","meeting","poll"], "additionalProperties": false } as const satisfies Shape;

/** A ballot exactly as it came. */
export type BallotCast = {
  readonly "kind": "ballot";
  readonly "at": number;
  readonly "poll": string;
  readonly "jws": string;
};
export const BallotCastShape = { "type": "object", "properties": { "kind": { "enum": ["ballot"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "jws": { "type": "string", "maxLength": 65536 } }, "required": ["kind","at","poll","jws"], "additionalProperties": false } as const satisfies Shape;

/** One person's vote (JWS typ `plenary-ballot+jws`): choice and the label as displayed. `seq` is 1, or one more than the ballot it `supersedes` (SHA-256 of that compact JWS) where changing one's vote is allowed. */
export type BallotPayload = {
  readonly "v": 1;
  readonly "meeting": string;
  readonly "poll": string;
  readonly "choice": "abstain" | "approve" | "reject";
  readonly "label": string;
  readonly "voter": string;
  readonly "seq": number;
  readonly "supersedes": string | null;
};
export const BallotPayloadShape = { "type": "object", "properties": { "v": { "enum": [1] }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "choice": { "enum": ["abstain","approve","reject"] }, "label": { "type": "string", "maxLength": 500, "minLength": 1 }, "voter": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seq": { "type": "integer", "minimum": 1, "maximum": 1000000 }, "supersedes": { "anyOf": [{ "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, { "type": "null" }], "default": null } }, "required": ["v","meeting","poll","choice","label","voter","seq"], "additionalProperties": false } as const satisfies Shape;

/** An assembly, council, committee or company; `noun` names its members in results (đại biểu Quốc hội). */
export type Body = {
  readonly "id": string;
  readonly "name": string;
  readonly "name_en": string;
  readonly "noun": string;
  readonly "noun_en": string;
  readonly "profile": string;
};
export const BodyShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "name": { "type": "string", "maxLength": 500, "minLength": 1 }, "name_en": { "type": "string", "maxLength": 500, "default": "" }, "noun": { "type": "string", "maxLength": 500, "minLength": 1, "default": "đại biểu" }, "noun_en": { "type": "string", "maxLength": 500, "default": "members" }, "profile": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)", "default": "general-meeting" } }, "required": ["id","name"], "additionalProperties": false } as const satisfies Shape;

/** certificate.json: a flattened JWS (RFC 7515 section 7.2.2) in exactly this order of members. */
export type CertificateFile = {
  readonly "payload": string;
  readonly "protected": string;
  readonly "signature": string;
};
export const CertificateFileShape = { "type": "object", "properties": { "payload": { "type": "string" }, "protected": { "type": "string" }, "signature": { "type": "string" } }, "required": ["payload","protected","signature"], "additionalProperties": false } as const satisfies Shape;

/** Valid last ballots by choice. */
export type Counts = {
  readonly "approve": number;
  readonly "reject": number;
  readonly "abstain": number;
};
export const CountsShape = { "type": "object", "properties": { "approve": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reject": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "abstain": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["approve","reject","abstain"], "additionalProperties": false } as const satisfies Shape;

/** A person's certificate (base64 DER, then its issuers up to, not including, the trust anchor). */
export type Credential = {
  readonly "member": string;
  readonly "thumbprint": string;
  readonly "chain": readonly (string)[];
};
export const CredentialShape = { "type": "object", "properties": { "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "thumbprint": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "chain": { "type": "array", "items": { "type": "string" } } }, "required": ["member","thumbprint","chain"], "additionalProperties": false } as const satisfies Shape;

/** Who was counted, how many were needed, and whether that sufficed. */
export type QuorumCheck = {
  readonly "counted": number;
  readonly "needed": number;
  readonly "met": boolean;
};
export const QuorumCheckShape = { "type": "object", "properties": { "counted": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "needed": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "met": { "type": "boolean" } }, "required": ["counted","needed","met"], "additionalProperties": false } as const satisfies Shape;

/** The arithmetic of a result. `needed` is the least number of approvals that carries; `base_count` the number the threshold is a fraction of; sentences are what is read out, with every percentage naming its base. */
export type Decision = {
  readonly "counts": Counts;
  readonly "roll": number;
  readonly "present": number;
  readonly "participating": number;
  readonly "base": "for_and_against" | "participating" | "present" | "roll";
  readonly "base_count": number;
  readonly "needed": number;
  readonly "quorum_open": QuorumCheck | null;
  readonly "quorum_close": QuorumCheck | null;
  readonly "tie_broken_by": string;
  readonly "outcome": "carried" | "no_quorum" | "rejected";
  readonly "sentence": string;
  readonly "sentence_en": string;
};
export const DecisionShape = { "type": "object", "properties": { "counts": CountsShape, "roll": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "present": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "participating": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "base": { "enum": ["for_and_against","participating","present","roll"] }, "base_count": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "needed": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "quorum_open": { "anyOf": [QuorumCheckShape, { "type": "null" }] }, "quorum_close": { "anyOf": [QuorumCheckShape, { "type": "null" }] }, "tie_broken_by": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)" }, "outcome": { "enum": ["carried","no_quorum","rejected"] }, "sentence": { "type": "string" }, "sentence_en": { "type": "string" } }, "required": ["counts","roll","present","participating","base","base_count","needed","quorum_open","quorum_close","tie_broken_by","outcome","sentence","sentence_en"], "additionalProperties": false } as const satisfies Shape;

/** A document voted on, by the hash of its bytes. */
export type Document = {
  readonly "title": string;
  readonly "sha256": string;
};
export const DocumentShape = { "type": "object", "properties": { "title": { "type": "string", "maxLength": 500, "minLength": 1 }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["title","sha256"], "additionalProperties": false } as const satisfies Shape;

/** A run of a ledger, provable alone: the RFC 6962 tree of size `start` has the perfect subtrees `frontier` (largest first, base64url); `lines` follow, one entry each; `checkpoint` signs the tree after the last line. */
export type Extract = {
  readonly "origin": string;
  readonly "log_key": string;
  readonly "start": number;
  readonly "frontier": readonly (string)[];
  readonly "lines": readonly (string)[];
  readonly "checkpoint": string;
};
export const ExtractShape = { "type": "object", "properties": { "origin": { "type": "string" }, "log_key": { "type": "string" }, "start": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "frontier": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "lines": { "type": "array", "items": { "type": "string" } }, "checkpoint": { "type": "string" } }, "required": ["origin","log_key","start","frontier","lines","checkpoint"], "additionalProperties": false } as const satisfies Shape;

/** Everything a stranger needs to count again: the roll's bytes, the voters' certificates, the ledger. */
export type Evidence = {
  readonly "roll": string;
  readonly "credentials": readonly (Credential)[];
  readonly "ledger": Extract;
};
export const EvidenceShape = { "type": "object", "properties": { "roll": { "type": "string" }, "credentials": { "type": "array", "items": CredentialShape }, "ledger": ExtractShape }, "required": ["roll","credentials","ledger"], "additionalProperties": false } as const satisfies Shape;

/** The question is on the screens; nobody can vote yet. */
export type PollAnnounced = {
  readonly "kind": "poll.announced";
  readonly "at": number;
  readonly "poll": string;
  readonly "title": string;
  readonly "jws": string;
};
export const PollAnnouncedShape = { "type": "object", "properties": { "kind": { "enum": ["poll.announced"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "title": { "type": "string", "maxLength": 500, "minLength": 1 }, "jws": { "type": "string", "maxLength": 65536 } }, "required": ["kind","at","poll","title","jws"], "additionalProperties": false } as const satisfies Shape;

/** The chair's signed definition, who was present, and when the clock closes the poll (None: no deadline). */
export type PollOpened = {
  readonly "kind": "poll.opened";
  readonly "at": number;
  readonly "poll": string;
  readonly "definition": string;
  readonly "present": readonly (string)[];
  readonly "deadline": number | null;
};
export const PollOpenedShape = { "type": "object", "properties": { "kind": { "enum": ["poll.opened"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "definition": { "type": "string", "maxLength": 65536 }, "present": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "deadline": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }] } }, "required": ["kind","at","poll","definition","present","deadline"], "additionalProperties": false } as const satisfies Shape;

/** Voting is interrupted; the clock stands. */
export type PollHeld = {
  readonly "kind": "poll.held";
  readonly "at": number;
  readonly "poll": string;
  readonly "jws": string;
};
export const PollHeldShape = { "type": "object", "properties": { "kind": { "enum": ["poll.held"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "jws": { "type": "string", "maxLength": 65536 } }, "required": ["kind","at","poll","jws"], "additionalProperties": false } as const satisfies Shape;

/** Voting goes on, with the time that was left. */
export type PollResumed = {
  readonly "kind": "poll.resumed";
  readonly "at": number;
  readonly "poll": string;
  readonly "jws": string;
  readonly "deadline": number | null;
};
export const PollResumedShape = { "type": "object", "properties": { "kind": { "enum": ["poll.resumed"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "jws": { "type": "string", "maxLength": 65536 }, "deadline": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }] } }, "required": ["kind","at","poll","jws","deadline"], "additionalProperties": false } as const satisfies Shape;

/** More time, decided before the deadline passed. */
export type PollExtended = {
  readonly "kind": "poll.extended";
  readonly "at": number;
  readonly "poll": string;
  readonly "jws": string;
  readonly "deadline": number;
};
export const PollExtendedShape = { "type": "object", "properties": { "kind": { "enum": ["poll.extended"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "jws": { "type": "string", "maxLength": 65536 }, "deadline": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["kind","at","poll","jws","deadline"], "additionalProperties": false } as const satisfies Shape;

/** The cut: every ballot above this line counts, none below. `jws` is the chair's act, or the ledger key's act when the deadline closed the poll; `present` is who was checked in then, `ballots` how many lines were cast. */
export type PollClosed = {
  readonly "kind": "poll.closed";
  readonly "at": number;
  readonly "poll": string;
  readonly "jws": string;
  readonly "cause": "chair" | "deadline";
  readonly "present": readonly (string)[];
  readonly "ballots": number;
};
export const PollClosedShape = { "type": "object", "properties": { "kind": { "enum": ["poll.closed"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "jws": { "type": "string", "maxLength": 65536 }, "cause": { "enum": ["chair","deadline"] }, "present": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "ballots": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["kind","at","poll","jws","cause","present","ballots"], "additionalProperties": false } as const satisfies Shape;

/** The result, counted twice by different roads and found equal. */
export type PollCounted = {
  readonly "kind": "poll.counted";
  readonly "at": number;
  readonly "poll": string;
  readonly "definition": string;
  readonly "decision": Decision;
};
export const PollCountedShape = { "type": "object", "properties": { "kind": { "enum": ["poll.counted"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "definition": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "decision": DecisionShape }, "required": ["kind","at","poll","definition","decision"], "additionalProperties": false } as const satisfies Shape;

/** The two counts differ. Nothing will be declared; the poll can only be voided. */
export type PollAlarmed = {
  readonly "kind": "poll.alarmed";
  readonly "at": number;
  readonly "poll": string;
};
export const PollAlarmedShape = { "type": "object", "properties": { "kind": { "enum": ["poll.alarmed"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["kind","at","poll"], "additionalProperties": false } as const satisfies Shape;

/** The chair's signature over the counted result's hash (SHA-256 of the `poll.counted` line). */
export type PollDeclared = {
  readonly "kind": "poll.declared";
  readonly "at": number;
  readonly "poll": string;
  readonly "jws": string;
};
export const PollDeclaredShape = { "type": "object", "properties": { "kind": { "enum": ["poll.declared"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "jws": { "type": "string", "maxLength": 65536 } }, "required": ["kind","at","poll","jws"], "additionalProperties": false } as const satisfies Shape;

/** The certificate that signing issued: its id and the SHA-256 of certificate.json. */
export type PollCertified = {
  readonly "kind": "poll.certified";
  readonly "at": number;
  readonly "poll": string;
  readonly "certificate": string;
  readonly "sha256": string;
};
export const PollCertifiedShape = { "type": "object", "properties": { "kind": { "enum": ["poll.certified"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "certificate": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["kind","at","poll","certificate","sha256"], "additionalProperties": false } as const satisfies Shape;

/** Annulled, with a reason and a second person: both sign the same payload bytes. */
export type PollVoided = {
  readonly "kind": "poll.voided";
  readonly "at": number;
  readonly "poll": string;
  readonly "jws": string;
  readonly "second": string;
};
export const PollVoidedShape = { "type": "object", "properties": { "kind": { "enum": ["poll.voided"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "jws": { "type": "string", "maxLength": 65536 }, "second": { "type": "string", "maxLength": 65536 } }, "required": ["kind","at","poll","jws","second"], "additionalProperties": false } as const satisfies Shape;

export type LedgerEntry = PollAnnounced | PollOpened | BallotCast | PollHeld | PollResumed | PollExtended | PollClosed | PollCounted | PollAlarmed | PollDeclared | PollCertified | PollVoided;
export const LedgerEntryShape = { "anyOf": [PollAnnouncedShape, PollOpenedShape, BallotCastShape, PollHeldShape, PollResumedShape, PollExtendedShape, PollClosedShape, PollCountedShape, PollAlarmedShape, PollDeclaredShape, PollCertifiedShape, PollVoidedShape] } as const satisfies Shape;

/** Proof of possession of an enrolled key (JWS typ `plenary-login+jws`) over a challenge of the server. */
export type LoginPayload = {
  readonly "v": 1;
  readonly "challenge": string;
  readonly "audience": string;
};
export const LoginPayloadShape = { "type": "object", "properties": { "v": { "enum": [1], "default": 1 }, "challenge": { "type": "string" }, "audience": { "type": "string" } }, "required": ["challenge","audience"], "additionalProperties": false } as const satisfies Shape;

/** One choice with the words shown on the screen; the label is signed together with the choice. */
export type Option = {
  readonly "choice": "abstain" | "approve" | "reject";
  readonly "label": string;
  readonly "label_en": string;
};
export const OptionShape = { "type": "object", "properties": { "choice": { "enum": ["abstain","approve","reject"] }, "label": { "type": "string", "maxLength": 500, "minLength": 1 }, "label_en": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["choice","label"], "additionalProperties": false } as const satisfies Shape;

/** A fraction to reach: `strict` means more than it, otherwise at least it. Compared in integers only. */
export type Threshold = {
  readonly "numerator": number;
  readonly "denominator": number;
  readonly "strict": boolean;
};
export const ThresholdShape = { "type": "object", "properties": { "numerator": { "type": "integer", "minimum": 0, "maximum": 1000000 }, "denominator": { "type": "integer", "minimum": 1, "maximum": 1000000 }, "strict": { "type": "boolean" } }, "required": ["numerator","denominator","strict"], "additionalProperties": false } as const satisfies Shape;

/** How many members of the roll must be there: those checked in, or those taking part in the vote. */
export type Quorum = {
  readonly "threshold": Threshold;
  readonly "base": "roll";
  readonly "counted": "participating" | "present";
};
export const QuorumShape = { "type": "object", "properties": { "threshold": ThresholdShape, "base": { "enum": ["roll"], "default": "roll" }, "counted": { "enum": ["participating","present"], "default": "present" } }, "required": ["threshold"], "additionalProperties": false } as const satisfies Shape;

/** What carries a motion. `base` is what the threshold is a fraction of; `tie` says who breaks approve = reject. */
export type Rule = {
  readonly "base": "for_and_against" | "participating" | "present" | "roll";
  readonly "threshold": Threshold;
  readonly "quorum": Quorum | null;
  readonly "tie": "chair" | "fails";
};
export const RuleShape = { "type": "object", "properties": { "base": { "enum": ["for_and_against","participating","present","roll"] }, "threshold": ThresholdShape, "quorum": { "anyOf": [QuorumShape, { "type": "null" }], "default": null }, "tie": { "enum": ["chair","fails"], "default": "fails" } }, "required": ["base","threshold"], "additionalProperties": false } as const satisfies Shape;

/** The exact question. The chair signs it to open the vote (JWS typ `plenary-poll+jws`); the SHA-256 of that compact JWS is the `poll` of every ballot, so nothing on a screen can change under a signature. */
export type PollDefinition = {
  readonly "v": 1;
  readonly "origin": string;
  readonly "meeting": string;
  readonly "meeting_title": string;
  readonly "id": string;
  readonly "body": Body;
  readonly "title": string;
  readonly "title_en": string;
  readonly "text": string;
  readonly "documents": readonly (Document)[];
  readonly "options": readonly (Option)[];
  readonly "secrecy": "named";
  readonly "rule": Rule;
  readonly "roll": string;
  readonly "presiding": string;
  readonly "duration_s": number | null;
  readonly "changes": boolean;
  readonly "interim": "hidden" | "totals";
  readonly "reruns": string | null;
  readonly "without_quorum": string;
};
export const PollDefinitionShape = { "type": "object", "properties": { "v": { "enum": [1], "default": 1 }, "origin": { "type": "string" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "meeting_title": { "type": "string", "maxLength": 500, "default": "" }, "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "body": BodyShape, "title": { "type": "string", "maxLength": 500, "minLength": 1 }, "title_en": { "type": "string", "maxLength": 500, "default": "" }, "text": { "type": "string", "maxLength": 20000, "default": "" }, "documents": { "type": "array", "items": DocumentShape, "default": [] }, "options": { "type": "array", "items": OptionShape }, "secrecy": { "enum": ["named"], "default": "named" }, "rule": RuleShape, "roll": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "presiding": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "duration_s": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 864000 }, { "type": "null" }], "default": null }, "changes": { "type": "boolean", "default": false }, "interim": { "enum": ["hidden","totals"], "default": "hidden" }, "reruns": { "anyOf": [{ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, { "type": "null" }], "default": null }, "without_quorum": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["origin","meeting","id","body","title","options","rule","roll","presiding"], "additionalProperties": false } as const satisfies Shape;

/** What a voter keeps: the ledger line with their ballot, and a C2SP tlog-proof of its place. */
export type Receipt = {
  readonly "v": 1;
  readonly "poll": string;
  readonly "index": number;
  readonly "entry": string;
  readonly "proof": string;
};
export const ReceiptShape = { "type": "object", "properties": { "v": { "enum": [1], "default": 1 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "entry": { "type": "string" }, "proof": { "type": "string" } }, "required": ["poll","index","entry","proof"], "additionalProperties": false } as const satisfies Shape;

/** One entitled voter, as printed; with the attributes by which speakers are ordered and figures are given. */
export type RollEntry = {
  readonly "member": string;
  readonly "name": string;
  readonly "group": string;
  readonly "seat": string;
  readonly "attributes": { readonly [name: string]: string };
};
export const RollEntryShape = { "type": "object", "properties": { "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "name": { "type": "string", "maxLength": 500, "minLength": 1 }, "group": { "type": "string", "maxLength": 500, "default": "" }, "seat": { "type": "string", "maxLength": 500, "default": "" }, "attributes": { "type": "object", "propertyNames": { "maxLength": 64, "minLength": 1 }, "additionalProperties": { "type": "string", "maxLength": 200, "minLength": 1 }, "maxProperties": 20, "default": {} } }, "required": ["member","name"], "additionalProperties": false } as const satisfies Shape;

/** The frozen list of those entitled to vote. Its hash is the SHA-256 of its JSON bytes as frozen. */
export type Roll = {
  readonly "v": 1;
  readonly "body": string;
  readonly "meeting": string;
  readonly "revision": number;
  readonly "entries": readonly (RollEntry)[];
};
export const RollShape = { "type": "object", "properties": { "v": { "enum": [1], "default": 1 }, "body": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "revision": { "type": "integer", "minimum": 1 }, "entries": { "type": "array", "items": RollEntryShape } }, "required": ["body","meeting","revision","entries"], "additionalProperties": false } as const satisfies Shape;

/** What the seal signs: the payload of certificate.json (JWS typ `plenary-certificate+jws`). */
export type Statement = {
  readonly "format": "plenary-certificate/1";
  readonly "id": string;
  readonly "issued_at": number;
  readonly "software": string;
  readonly "body": Body;
  readonly "meeting": string;
  readonly "poll": string;
  readonly "definition": string;
  readonly "title": string;
  readonly "decision": Decision;
  readonly "evidence": Evidence;
};
export const StatementShape = { "type": "object", "properties": { "format": { "enum": ["plenary-certificate/1"], "default": "plenary-certificate/1" }, "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "issued_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "software": { "type": "string" }, "body": BodyShape, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "definition": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "title": { "type": "string", "maxLength": 500, "minLength": 1 }, "decision": DecisionShape, "evidence": EvidenceShape }, "required": ["id","issued_at","software","body","meeting","poll","definition","title","decision","evidence"], "additionalProperties": false } as const satisfies Shape;

/** In an extract, the place of a line that belongs to another poll: only its leaf hash (base64url). */
export type Withheld = {
  readonly "kind": "withheld";
  readonly "leaf": string;
};
export const WithheldShape = { "type": "object", "properties": { "kind": { "enum": ["withheld"] }, "leaf": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["kind","leaf"], "additionalProperties": false } as const satisfies Shape;
