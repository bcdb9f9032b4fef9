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

/** An act of the desk as all may see it: which, by whom, and why. */
export type ActShown = {
  readonly "act": string;
  readonly "by": string;
  readonly "reason": string;
};
export const ActShownShape = { "type": "object", "properties": { "act": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "by": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "reason": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["act","by"], "additionalProperties": false } as const satisfies Shape;

/** The rules of one list of speakers. `order`: the algorithm (`services/rules/floor/order.py`); `quoted_by` names the attribute of the roll whose values take turns under `quoted` (`group` and any other), `shares` how many turns each value gets in a round (1 where not named). Limits in seconds, None for none: of a turn, of a person's second and later turns in this lane, of an answer, of an interposed question, of all turns of a person, of the lane, of the item (all its lanes), of each group named in `group_s`. At the limit the turn is ended, or goes on and is warned. How often anybody may do what makes the ledger longer and nobody speak: withdraw what they asked for themselves, in this lane; change one request; write an opinion on the item, who was not reached here. */
export type LaneRules = {
  readonly "order": "alternating" | "askers_first" | "fewest_turns" | "groups" | "manual" | "quoted" | "registration";
  readonly "quoted_by": string;
  readonly "shares": { readonly [name: string]: number };
  readonly "turn_s": number | null;
  readonly "second_s": number | null;
  readonly "answer_s": number | null;
  readonly "interposed_s": number | null;
  readonly "person_s": number | null;
  readonly "lane_s": number | null;
  readonly "item_s": number | null;
  readonly "group_s": { readonly [name: string]: number };
  readonly "warn_s": number;
  readonly "at_limit": "end" | "warn";
  readonly "turns_per_person": number | null;
  readonly "waiting_per_person": number;
  readonly "withdrawals_per_person": number;
  readonly "changes_per_request": number;
  readonly "opinions_per_person": number;
  readonly "length": number | null;
  readonly "presence": boolean;
  readonly "guests": boolean;
  readonly "stances": readonly ("against" | "for" | "other")[];
  readonly "interrupts": boolean;
  readonly "blocked_by_vote": boolean;
  readonly "paused_by_vote": boolean;
};
export const LaneRulesShape = { "type": "object", "properties": { "order": { "enum": ["alternating","askers_first","fewest_turns","groups","manual","quoted","registration"], "default": "registration" }, "quoted_by": { "type": "string", "maxLength": 500, "default": "" }, "shares": { "type": "object", "propertyNames": { "maxLength": 500 }, "additionalProperties": { "type": "integer", "minimum": 1, "maximum": 10000 }, "maxProperties": 200, "default": {} }, "turn_s": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 864000 }, { "type": "null" }], "default": null }, "second_s": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 864000 }, { "type": "null" }], "default": null }, "answer_s": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 864000 }, { "type": "null" }], "default": null }, "interposed_s": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 864000 }, { "type": "null" }], "default": null }, "person_s": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 864000 }, { "type": "null" }], "default": null }, "lane_s": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 864000 }, { "type": "null" }], "default": null }, "item_s": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 864000 }, { "type": "null" }], "default": null }, "group_s": { "type": "object", "propertyNames": { "maxLength": 500 }, "additionalProperties": { "type": "integer", "minimum": 1, "maximum": 864000 }, "maxProperties": 200, "default": {} }, "warn_s": { "type": "integer", "minimum": 0, "maximum": 3600, "default": 30 }, "at_limit": { "enum": ["end","warn"], "default": "warn" }, "turns_per_person": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 1000 }, { "type": "null" }], "default": null }, "waiting_per_person": { "type": "integer", "minimum": 1, "maximum": 1000, "default": 1 }, "withdrawals_per_person": { "type": "integer", "minimum": 1, "maximum": 1000, "default": 10 }, "changes_per_request": { "type": "integer", "minimum": 1, "maximum": 1000, "default": 10 }, "opinions_per_person": { "type": "integer", "minimum": 1, "maximum": 1000, "default": 10 }, "length": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 100000 }, { "type": "null" }], "default": null }, "presence": { "type": "boolean", "default": true }, "guests": { "type": "boolean", "default": false }, "stances": { "type": "array", "items": { "enum": ["against","for","other"] }, "default": ["other"] }, "interrupts": { "type": "boolean", "default": false }, "blocked_by_vote": { "type": "boolean", "default": false }, "paused_by_vote": { "type": "boolean", "default": false } }, "required": [], "additionalProperties": false } as const satisfies Shape;

/** New rules or another closing time for a lane (None: no clock closes it); needs a reason. Another algorithm orders all who wait anew. */
export type AdjustLane = {
  readonly "act": "lane.adjust";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "item": string;
  readonly "lane": string;
  readonly "rules": LaneRules | null;
  readonly "closes_in_s": number | null;
};
export const AdjustLaneShape = { "type": "object", "properties": { "act": { "enum": ["lane.adjust"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "item": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "lane": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "rules": { "anyOf": [LaneRulesShape, { "type": "null" }], "default": null }, "closes_in_s": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 864000 }, { "type": "null" }], "default": null } }, "required": ["act","meeting","seen","item","lane"], "additionalProperties": false } as const satisfies Shape;

/** The access token, and what it says. */
export type Admission = {
  readonly "token": string;
  readonly "expires_at": number;
  readonly "member": string;
  readonly "body": string;
  readonly "roles": readonly ("chair" | "delegate" | "observer" | "operator" | "secretary")[];
};
export const AdmissionShape = { "type": "object", "properties": { "token": { "type": "string", "maxLength": 65536 }, "expires_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "body": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "roles": { "type": "array", "items": { "enum": ["chair","delegate","observer","operator","secretary"] } } }, "required": ["token","expires_at","member","body","roles"], "additionalProperties": false } as const satisfies Shape;

/** A document voted on, by the hash of its bytes. */
export type Document = {
  readonly "title": string;
  readonly "sha256": string;
};
export const DocumentShape = { "type": "object", "properties": { "title": { "type": "string", "maxLength": 500, "minLength": 1 }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["title","sha256"], "additionalProperties": false } as const satisfies Shape;

/** One item of a meeting's agenda, in order of `position`, with its papers by the hash of their bytes. */
export type AgendaItem = {
  readonly "id": string;
  readonly "position": number;
  readonly "title": string;
  readonly "note": string;
  readonly "documents": readonly (Document)[];
};
export const AgendaItemShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "position": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "title": { "type": "string", "maxLength": 500, "minLength": 1 }, "note": { "type": "string", "maxLength": 20000, "default": "" }, "documents": { "type": "array", "items": DocumentShape, "default": [] } }, "required": ["id","position","title"], "additionalProperties": false } as const satisfies Shape;

/** The agenda as it is now. */
export type AgendaChanged = {
  readonly "type": "agenda.changed";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "meeting": string;
  readonly "items": readonly (AgendaItem)[];
};
export const AgendaChangedShape = { "type": "object", "properties": { "type": { "enum": ["agenda.changed"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "items": { "type": "array", "items": AgendaItemShape } }, "required": ["type","index","meeting","items"], "additionalProperties": false } as const satisfies Shape;

/** That a poll was annulled: when, why, and by which two persons. */
export type Annulled = {
  readonly "at": number;
  readonly "reason": string;
  readonly "by": string;
  readonly "second": string;
};
export const AnnulledShape = { "type": "object", "properties": { "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500 }, "by": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "second": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["at","reason","by","second"], "additionalProperties": false } as const satisfies Shape;

/** Put all who wait in a lane into this order; needs a reason. */
export type Arrange = {
  readonly "act": "arrange";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "item": string;
  readonly "lane": string;
  readonly "order": readonly (string)[];
};
export const ArrangeShape = { "type": "object", "properties": { "act": { "enum": ["arrange"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "item": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "lane": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "order": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } } }, "required": ["act","meeting","seen","item","lane","order"], "additionalProperties": false } as const satisfies Shape;

/** Ask to speak. `id` is chosen by the asker: the same again is the same request. The desk may ask for a `member`, or where the lane allows it for a `guest` by name. */
export type Ask = {
  readonly "act": "ask";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "id": string;
  readonly "item": string;
  readonly "lane": string;
  readonly "stance": "against" | "for" | "other";
  readonly "note": string;
  readonly "member": string;
  readonly "guest": string;
};
export const AskShape = { "type": "object", "properties": { "act": { "enum": ["ask"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "item": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "lane": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "stance": { "enum": ["against","for","other"], "default": "other" }, "note": { "type": "string", "maxLength": 20000, "default": "" }, "member": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "guest": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["act","meeting","id","item","lane"], "additionalProperties": false } as const satisfies Shape;

/** From when to when somebody was there; `left` is None of who did not check out. */
export type Stay = {
  readonly "came": number;
  readonly "left": number | null;
};
export const StayShape = { "type": "object", "properties": { "came": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "left": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }] } }, "required": ["came","left"], "additionalProperties": false } as const satisfies Shape;

/** A member of the roll at a sitting: when they were there, and what was said last of an absence. */
export type Attendee = {
  readonly "member": string;
  readonly "name": string;
  readonly "group": string;
  readonly "seat": string;
  readonly "stays": readonly (Stay)[];
  readonly "reason": string;
};
export const AttendeeShape = { "type": "object", "properties": { "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "name": { "type": "string", "maxLength": 500, "minLength": 1 }, "group": { "type": "string", "maxLength": 500, "default": "" }, "seat": { "type": "string", "maxLength": 500, "default": "" }, "stays": { "type": "array", "items": StayShape, "default": [] }, "reason": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["member","name"], "additionalProperties": false } as const satisfies Shape;

/** A voter has asked a signing service for the signature of a ballot: `commitment` is the SHA-256 of a salt and the JWS signing input, so that it tells nobody the choice, and nobody another choice afterwards. */
export type BallotBegun = {
  readonly "kind": "ballot.begun";
  readonly "at": number;
  readonly "poll": string;
  readonly "voter": string;
  readonly "commitment": string;
  readonly "provider": string;
};
export const BallotBegunShape = { "type": "object", "properties": { "kind": { "enum": ["ballot.begun"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "voter": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "commitment": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "provider": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["kind","at","poll","voter","commitment","provider"], "additionalProperties": false } as const satisfies Shape;

/** That a passkey confirmed a ballot's payload: what it signed, its signature, its public key (COSE). No ballot. */
export type StepUpEvidence = {
  readonly "authenticator_data": string;
  readonly "client_data": string;
  readonly "signature": string;
  readonly "public_key": string;
};
export const StepUpEvidenceShape = { "type": "object", "properties": { "authenticator_data": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" }, "client_data": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" }, "signature": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" }, "public_key": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" } }, "required": ["authenticator_data","client_data","signature","public_key"], "additionalProperties": false } as const satisfies Shape;

/** A ballot exactly as it came. One that a service outside has signed names the `salt` (32 bytes, base64url) of the line with which it was begun. `confirmed`: a passkey of its voter confirmed it (see StepUpDemand). */
export type BallotCast = {
  readonly "kind": "ballot";
  readonly "at": number;
  readonly "poll": string;
  readonly "jws": string;
  readonly "salt": string;
  readonly "confirmed"?: StepUpEvidence;
};
export const BallotCastShape = { "type": "object", "properties": { "kind": { "enum": ["ballot"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "jws": { "type": "string", "maxLength": 65536 }, "salt": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)", "default": "" }, "confirmed": StepUpEvidenceShape }, "required": ["kind","at","poll","jws"], "additionalProperties": false } as const satisfies Shape;

/** The ballot that the voter had begun will not come. */
export type BallotLapsed = {
  readonly "kind": "ballot.lapsed";
  readonly "at": number;
  readonly "poll": string;
  readonly "voter": string;
  readonly "why": "begun_anew" | "declined" | "expired" | "failed" | "late" | "overtaken";
};
export const BallotLapsedShape = { "type": "object", "properties": { "kind": { "enum": ["ballot.lapsed"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "voter": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "why": { "enum": ["begun_anew","declined","expired","failed","late","overtaken"] } }, "required": ["kind","at","poll","voter","why"], "additionalProperties": false } as const satisfies Shape;

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

/** A ballot that was begun has its signature. `sealed`: the compact JWS, which only voting can open. */
export type BallotSigned = {
  readonly "type": "ballot.signed";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "meeting": string;
  readonly "poll": string;
  readonly "commitment": string;
  readonly "sealed": string;
};
export const BallotSignedShape = { "type": "object", "properties": { "type": { "enum": ["ballot.signed"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "commitment": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "sealed": { "type": "string" } }, "required": ["type","index","meeting","poll","commitment","sealed"], "additionalProperties": false } as const satisfies Shape;

/** A ballot that was begun will not be signed. `sealed`: why (Unsigned, as JSON), which only signing can say: who writes on a stream must not end what somebody is signing. */
export type BallotUnsigned = {
  readonly "type": "ballot.unsigned";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "meeting": string;
  readonly "poll": string;
  readonly "commitment": string;
  readonly "sealed": string;
};
export const BallotUnsignedShape = { "type": "object", "properties": { "type": { "enum": ["ballot.unsigned"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "commitment": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "sealed": { "type": "string" } }, "required": ["type","index","meeting","poll","commitment","sealed"], "additionalProperties": false } as const satisfies Shape;

/** A run of ballots, `first` to `index`, by leaf hash only; `received` is how many voters have voted so far, `voters` whose first ballot in a named vote is among these: neither how they voted, nor who changed their vote. `pending` ballots are with signing services; lines with which one was begun or lapsed are in the run too. */
export type BallotsReceived = {
  readonly "type": "ballots.received";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "meeting": string;
  readonly "poll": string;
  readonly "first": number;
  readonly "leaves": readonly (string)[];
  readonly "received": number;
  readonly "voters": readonly (string)[];
  readonly "requests": readonly (string)[];
  readonly "pending": number;
};
export const BallotsReceivedShape = { "type": "object", "properties": { "type": { "enum": ["ballots.received"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "first": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "leaves": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "received": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "voters": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "default": [] }, "requests": { "type": "array", "items": { "type": "string" }, "default": [] }, "pending": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 } }, "required": ["type","index","meeting","poll","first","leaves","received"], "additionalProperties": false } as const satisfies Shape;

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

/** A body was founded or renamed. */
export type BodyChanged = {
  readonly "type": "body.changed";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "body": Body;
};
export const BodyChangedShape = { "type": "object", "properties": { "type": { "enum": ["body.changed"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "body": BodyShape }, "required": ["type","index","body"], "additionalProperties": false } as const satisfies Shape;

/** Call a waiting request to speak. Out of turn it needs a reason. */
export type Call = {
  readonly "act": "call";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "request": string;
};
export const CallShape = { "type": "object", "properties": { "act": { "enum": ["call"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "request": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["act","meeting","seen","request"], "additionalProperties": false } as const satisfies Shape;

/** Give the floor to somebody to answer a turn: a `member`, or anybody by `name`. A second answer needs a reason. */
export type CallAnswer = {
  readonly "act": "answer";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "turn": string;
  readonly "member": string;
  readonly "name": string;
};
export const CallAnswerShape = { "type": "object", "properties": { "act": { "enum": ["answer"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "turn": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "member": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "name": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["act","meeting","seen","turn"], "additionalProperties": false } as const satisfies Shape;

/** certificate.json: a flattened JWS (RFC 7515 section 7.2.2) in exactly this order of members. */
export type CertificateFile = {
  readonly "payload": string;
  readonly "protected": string;
  readonly "signature": string;
};
export const CertificateFileShape = { "type": "object", "properties": { "payload": { "type": "string" }, "protected": { "type": "string" }, "signature": { "type": "string" } }, "required": ["payload","protected","signature"], "additionalProperties": false } as const satisfies Shape;

/** A result certificate exists. */
export type CertificateIssued = {
  readonly "type": "certificate.issued";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "body": string;
  readonly "meeting": string;
  readonly "poll": string;
  readonly "certificate": string;
  readonly "sha256": string;
};
export const CertificateIssuedShape = { "type": "object", "properties": { "type": { "enum": ["certificate.issued"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "body": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "certificate": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["type","index","body","meeting","poll","certificate","sha256"], "additionalProperties": false } as const satisfies Shape;

/** Which certificate a vote has: its id, the SHA-256 of certificate.json, when it was issued. */
export type CertificateNotice = {
  readonly "id": string;
  readonly "sha256": string;
  readonly "issued_at": number;
};
export const CertificateNoticeShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "issued_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["id","sha256","issued_at"], "additionalProperties": false } as const satisfies Shape;

/** The certificate of a poll: where to find it and the hash to compare. `signed`: the SHA-256 of the PDF of its signed edition, once persons have signed. */
export type CertificateShown = {
  readonly "certificate": string;
  readonly "sha256": string;
  readonly "signed": string;
};
export const CertificateShownShape = { "type": "object", "properties": { "certificate": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "signed": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)", "default": "" } }, "required": ["certificate","sha256"], "additionalProperties": false } as const satisfies Shape;

/** The signed edition of a certificate exists: by which persons, and the SHA-256 of certificate.signed.pdf. */
export type CertificateSigned = {
  readonly "type": "certificate.signed";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "body": string;
  readonly "meeting": string;
  readonly "poll": string;
  readonly "certificate": string;
  readonly "secretary": string;
  readonly "chair": string;
  readonly "sha256": string;
};
export const CertificateSignedShape = { "type": "object", "properties": { "type": { "enum": ["certificate.signed"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "body": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "certificate": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "secretary": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "chair": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["type","index","body","meeting","poll","certificate","secretary","chair","sha256"], "additionalProperties": false } as const satisfies Shape;

/** What to sign, with the address it is signed for, before `expires_at`. */
export type Challenge = {
  readonly "challenge": string;
  readonly "audience": string;
  readonly "expires_at": number;
};
export const ChallengeShape = { "type": "object", "properties": { "challenge": { "type": "string", "maxLength": 200 }, "audience": { "type": "string" }, "expires_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["challenge","audience","expires_at"], "additionalProperties": false } as const satisfies Shape;

/** Ask for a challenge for this certificate, by its thumbprint. */
export type ChallengeAsked = {
  readonly "credential": string;
};
export const ChallengeAskedShape = { "type": "object", "properties": { "credential": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["credential"], "additionalProperties": false } as const satisfies Shape;

/** Change the stance or the note of a waiting request; the place stays. */
export type ChangeRequest = {
  readonly "act": "change";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "request": string;
  readonly "stance": "against" | "for" | "other";
  readonly "note": string;
};
export const ChangeRequestShape = { "type": "object", "properties": { "act": { "enum": ["change"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "request": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "stance": { "enum": ["against","for","other"], "default": "other" }, "note": { "type": "string", "maxLength": 20000, "default": "" } }, "required": ["act","meeting","request"], "additionalProperties": false } as const satisfies Shape;

/** Take no more requests; those who wait stay. */
export type CloseLane = {
  readonly "act": "lane.close";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "item": string;
  readonly "lane": string;
};
export const CloseLaneShape = { "type": "object", "properties": { "act": { "enum": ["lane.close"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "item": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "lane": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["act","meeting","seen","item","lane"], "additionalProperties": false } as const satisfies Shape;

/** A ballot as ever, and beside it that a passkey of its voter confirmed it. */
export type ConfirmedBallot = {
  readonly "ballot": string;
  readonly "evidence": StepUpEvidence;
  readonly "voucher": string;
};
export const ConfirmedBallotShape = { "type": "object", "properties": { "ballot": { "type": "string", "maxLength": 65536 }, "evidence": StepUpEvidenceShape, "voucher": { "type": "string", "maxLength": 65536 } }, "required": ["ballot","evidence","voucher"], "additionalProperties": false } as const satisfies Shape;

/** Who has a live screen, at the time `at`: `count` members, None while nobody can know. Screens of the desk and of observers are told who: all `members` when they join and after a while of not knowing, later who `came` and who `went` (a few seconds after their last screen did). All others are told the count, with the heartbeat. */
export type Connected = {
  readonly "at": number;
  readonly "count": number | null;
  readonly "members": readonly (string)[] | null;
  readonly "came": readonly (string)[];
  readonly "went": readonly (string)[];
};
export const ConnectedShape = { "type": "object", "properties": { "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "count": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }] }, "members": { "anyOf": [{ "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, { "type": "null" }], "default": null }, "came": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "default": [] }, "went": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "default": [] } }, "required": ["at","count"], "additionalProperties": false } as const satisfies Shape;

/** The two counts of a poll differ: nothing is declared. */
export type CountAlarm = {
  readonly "type": "count.alarm";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "meeting": string;
  readonly "poll": string;
};
export const CountAlarmShape = { "type": "object", "properties": { "type": { "enum": ["count.alarm"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["type","index","meeting","poll"], "additionalProperties": false } as const satisfies Shape;

/** Valid last ballots by choice. */
export type Counts = {
  readonly "approve": number;
  readonly "reject": number;
  readonly "abstain": number;
};
export const CountsShape = { "type": "object", "properties": { "approve": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reject": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "abstain": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["approve","reject","abstain"], "additionalProperties": false } as const satisfies Shape;

/** Who was counted, how many were needed, and whether that sufficed. */
export type QuorumCheck = {
  readonly "counted": number;
  readonly "needed": number;
  readonly "met": boolean;
};
export const QuorumCheckShape = { "type": "object", "properties": { "counted": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "needed": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "met": { "type": "boolean" } }, "required": ["counted","needed","met"], "additionalProperties": false } as const satisfies Shape;

/** Voters whose last ballot was signed with a key that another authority certified: all, those not counted because that certificate was revoked before the ballot was cast, and those of whom it is unknown, which `policy` decides. */
export type RecheckCounts = {
  readonly "checked": number;
  readonly "revoked": number;
  readonly "unknown": number;
  readonly "policy": "count" | "exclude";
};
export const RecheckCountsShape = { "type": "object", "properties": { "checked": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "revoked": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "unknown": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "policy": { "enum": ["count","exclude"] } }, "required": ["checked","revoked","unknown","policy"], "additionalProperties": false } as const satisfies Shape;

/** The arithmetic of a result. `needed` is the least number of approvals that carries; `base_count` the number the threshold is a fraction of; sentences are what is read out, with every percentage naming its base. `rechecked` is there if certificates of other authorities were asked about after the cut. */
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
  readonly "rechecked"?: RecheckCounts;
};
export const DecisionShape = { "type": "object", "properties": { "counts": CountsShape, "roll": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "present": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "participating": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "base": { "enum": ["for_and_against","participating","present","roll"] }, "base_count": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "needed": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "quorum_open": { "anyOf": [QuorumCheckShape, { "type": "null" }] }, "quorum_close": { "anyOf": [QuorumCheckShape, { "type": "null" }] }, "tie_broken_by": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)" }, "outcome": { "enum": ["carried","no_quorum","rejected"] }, "sentence": { "type": "string" }, "sentence_en": { "type": "string" }, "rechecked": RecheckCountsShape }, "required": ["counts","roll","present","participating","base","base_count","needed","quorum_open","quorum_close","tie_broken_by","outcome","sentence","sentence_en"], "additionalProperties": false } as const satisfies Shape;

/** A counted result: the hash that the chair signs to declare it, the ledger line it is of, and the decision. */
export type Counted = {
  readonly "sha256": string;
  readonly "line": string;
  readonly "decision": Decision;
};
export const CountedShape = { "type": "object", "properties": { "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "line": { "type": "string" }, "decision": DecisionShape }, "required": ["sha256","line","decision"], "additionalProperties": false } as const satisfies Shape;

/** A person's certificate (base64 DER, then its issuers up to, not including, the trust anchor). */
export type Credential = {
  readonly "member": string;
  readonly "thumbprint": string;
  readonly "chain": readonly (string)[];
};
export const CredentialShape = { "type": "object", "properties": { "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "thumbprint": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "chain": { "type": "array", "items": { "type": "string" } } }, "required": ["member","thumbprint","chain"], "additionalProperties": false } as const satisfies Shape;

/** The best key of a member. Who is not listed never enrolled one. `not_after`: until when it is good. */
export type CredentialHeld = {
  readonly "member": string;
  readonly "state": "expired" | "good" | "revoked";
  readonly "not_after": number;
};
export const CredentialHeldShape = { "type": "object", "properties": { "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "state": { "enum": ["expired","good","revoked"] }, "not_after": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["member","state","not_after"], "additionalProperties": false } as const satisfies Shape;

/** A key was certified for a member; `replaces` is the thumbprint it takes the place of. */
export type CredentialIssued = {
  readonly "type": "credential.issued";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "body": string;
  readonly "credential": Credential;
  readonly "not_after": number;
  readonly "replaces": string;
};
export const CredentialIssuedShape = { "type": "object", "properties": { "type": { "enum": ["credential.issued"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "body": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "credential": CredentialShape, "not_after": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "replaces": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)", "default": "" } }, "required": ["type","index","body","credential","not_after"], "additionalProperties": false } as const satisfies Shape;

/** A key must be refused from now on; its old ballots still verify. */
export type CredentialRevoked = {
  readonly "type": "credential.revoked";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "body": string;
  readonly "member": string;
  readonly "thumbprint": string;
  readonly "at": number;
  readonly "reason": "compromised" | "left" | "lost" | "superseded";
};
export const CredentialRevokedShape = { "type": "object", "properties": { "type": { "enum": ["credential.revoked"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "body": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "thumbprint": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "enum": ["compromised","left","lost","superseded"] } }, "required": ["type","index","body","member","thumbprint","at","reason"], "additionalProperties": false } as const satisfies Shape;

/** Put a waiting or called request at the end; needs a reason. */
export type Defer = {
  readonly "act": "defer";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "request": string;
};
export const DeferShape = { "type": "object", "properties": { "act": { "enum": ["defer"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "request": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["act","meeting","seen","request"], "additionalProperties": false } as const satisfies Shape;

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

/** A poll being prepared. Options, rule and changes that are left out come from the profile (the body's own if none is named). Without `duration_s` no clock closes the poll. `item`: the agenda item it belongs to. */
export type PollDraft = {
  readonly "id": string | null;
  readonly "title": string;
  readonly "title_en": string;
  readonly "text": string;
  readonly "documents": readonly (Document)[];
  readonly "presiding": string;
  readonly "profile": string | null;
  readonly "options": readonly (Option)[] | null;
  readonly "rule": Rule | null;
  readonly "duration_s": number | null;
  readonly "changes": boolean | null;
  readonly "interim": "hidden" | "totals";
  readonly "reruns": string | null;
  readonly "practice": boolean;
  readonly "item": string;
  readonly "grace_s": number;
  readonly "unknown_status"?: "count" | "exclude";
  readonly "step_up"?: "optional" | "required";
};
export const PollDraftShape = { "type": "object", "properties": { "id": { "anyOf": [{ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, { "type": "null" }], "default": null }, "title": { "type": "string", "maxLength": 500, "minLength": 1 }, "title_en": { "type": "string", "maxLength": 500, "default": "" }, "text": { "type": "string", "maxLength": 20000, "default": "" }, "documents": { "type": "array", "items": DocumentShape, "default": [] }, "presiding": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "profile": { "anyOf": [{ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, { "type": "null" }], "default": null }, "options": { "anyOf": [{ "type": "array", "items": OptionShape }, { "type": "null" }], "default": null }, "rule": { "anyOf": [RuleShape, { "type": "null" }], "default": null }, "duration_s": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 864000 }, { "type": "null" }], "default": null }, "changes": { "anyOf": [{ "type": "boolean" }, { "type": "null" }], "default": null }, "interim": { "enum": ["hidden","totals"], "default": "hidden" }, "reruns": { "anyOf": [{ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, { "type": "null" }], "default": null }, "practice": { "type": "boolean", "default": false }, "item": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "grace_s": { "type": "integer", "minimum": 0, "maximum": 60, "default": 0 }, "unknown_status": { "enum": ["count","exclude"] }, "step_up": { "enum": ["optional","required"] } }, "required": ["title","presiding"], "additionalProperties": false } as const satisfies Shape;

/** Another draft in place of the one `seen`, which nobody may have changed meanwhile. */
export type DraftChange = {
  readonly "seen": string;
  readonly "draft": PollDraft;
};
export const DraftChangeShape = { "type": "object", "properties": { "seen": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "draft": PollDraftShape }, "required": ["seen","draft"], "additionalProperties": false } as const satisfies Shape;

/** A draft with all that its profile has added, and the hash of it as it is kept: what a change must have `seen`. */
export type DraftShown = {
  readonly "draft": PollDraft;
  readonly "sha256": string;
};
export const DraftShownShape = { "type": "object", "properties": { "draft": PollDraftShape, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["draft","sha256"], "additionalProperties": false } as const satisfies Shape;

/** The drafts of a meeting are others than at the `mark` before, empty if nothing is known; which, is asked for. Told to screens of the desk. */
export type DraftsMoved = {
  readonly "mark": string;
};
export const DraftsMovedShape = { "type": "object", "properties": { "mark": { "type": "string", "maxLength": 64, "default": "" } }, "required": [], "additionalProperties": false } as const satisfies Shape;

/** End a whole item: its turn ends, its lanes end, those who were not reached are invited to write. */
export type EndItem = {
  readonly "act": "item.end";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "item": string;
};
export const EndItemShape = { "type": "object", "properties": { "act": { "enum": ["item.end"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "item": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["act","meeting","seen","item"], "additionalProperties": false } as const satisfies Shape;

/** The turn is over. */
export type EndTurn = {
  readonly "act": "end";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "turn": string;
};
export const EndTurnShape = { "type": "object", "properties": { "act": { "enum": ["end"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "turn": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["act","meeting","seen","turn"], "additionalProperties": false } as const satisfies Shape;

/** The certificate (PEM, then its issuers up to, not including, the trust anchor) and how long it is good. */
export type Enrolled = {
  readonly "member": string;
  readonly "thumbprint": string;
  readonly "chain": readonly (string)[];
  readonly "not_after": number;
};
export const EnrolledShape = { "type": "object", "properties": { "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "thumbprint": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "chain": { "type": "array", "items": { "type": "string" } }, "not_after": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["member","thumbprint","chain","not_after"], "additionalProperties": false } as const satisfies Shape;

/** An invite's code, as read or typed, and a PKCS#10 request in PEM, signed by the key it is for. */
export type Enrolment = {
  readonly "code": string;
  readonly "request": string;
};
export const EnrolmentShape = { "type": "object", "properties": { "code": { "type": "string", "maxLength": 100 }, "request": { "type": "string", "maxLength": 16384 } }, "required": ["code","request"], "additionalProperties": false } as const satisfies Shape;

/** ledger.jsonl beside the certificate of a great poll: how many lines of the ledger it has, and its SHA-256. */
export type LedgerFile = {
  readonly "lines": number;
  readonly "sha256": string;
};
export const LedgerFileShape = { "type": "object", "properties": { "lines": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["lines","sha256"], "additionalProperties": false } as const satisfies Shape;

/** A run of a ledger, provable alone: the RFC 6962 tree of size `start` has the perfect subtrees `frontier` (largest first, base64url); `lines` follow, one entry each; `checkpoint` signs the tree after the last line. `file`: where the lines stand that are too many for a certificate; `lines` has none then. */
export type Extract = {
  readonly "origin": string;
  readonly "log_key": string;
  readonly "start": number;
  readonly "frontier": readonly (string)[];
  readonly "lines": readonly (string)[];
  readonly "checkpoint": string;
  readonly "file"?: LedgerFile;
};
export const ExtractShape = { "type": "object", "properties": { "origin": { "type": "string" }, "log_key": { "type": "string" }, "start": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "frontier": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "lines": { "type": "array", "items": { "type": "string" } }, "checkpoint": { "type": "string" }, "file": LedgerFileShape }, "required": ["origin","log_key","start","frontier","lines","checkpoint"], "additionalProperties": false } as const satisfies Shape;

/** Everything a stranger needs to count again: the roll's bytes, the voters' certificates, the ledger. */
export type Evidence = {
  readonly "roll": string;
  readonly "credentials": readonly (Credential)[];
  readonly "ledger": Extract;
};
export const EvidenceShape = { "type": "object", "properties": { "roll": { "type": "string" }, "credentials": { "type": "array", "items": CredentialShape }, "ledger": ExtractShape }, "required": ["roll","credentials","ledger"], "additionalProperties": false } as const satisfies Shape;

/** More time for a turn; needs a reason. */
export type ExtendTurn = {
  readonly "act": "extend";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "turn": string;
  readonly "seconds": number;
};
export const ExtendTurnShape = { "type": "object", "properties": { "act": { "enum": ["extend"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "turn": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seconds": { "type": "integer", "minimum": 1, "maximum": 864000 } }, "required": ["act","meeting","seen","turn","seconds"], "additionalProperties": false } as const satisfies Shape;

/** Take one's waiting request back. */
export type Withdraw = {
  readonly "act": "withdraw";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "request": string;
};
export const WithdrawShape = { "type": "object", "properties": { "act": { "enum": ["withdraw"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "request": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["act","meeting","request"], "additionalProperties": false } as const satisfies Shape;

/** The written opinion of somebody who was not reached when the item ended; the last one stands. */
export type WriteOpinion = {
  readonly "act": "write";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "item": string;
  readonly "text": string;
};
export const WriteOpinionShape = { "type": "object", "properties": { "act": { "enum": ["write"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "item": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "text": { "type": "string", "maxLength": 20000, "minLength": 1 } }, "required": ["act","meeting","item","text"], "additionalProperties": false } as const satisfies Shape;

/** Open a list of speakers, or open it again. Without `rules` the profile's, or those that it had; others need a reason. `closes_in_s`: by our clock. */
export type OpenLane = {
  readonly "act": "lane.open";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "item": string;
  readonly "lane": string;
  readonly "rules": LaneRules | null;
  readonly "closes_in_s": number | null;
};
export const OpenLaneShape = { "type": "object", "properties": { "act": { "enum": ["lane.open"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "item": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "lane": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "rules": { "anyOf": [LaneRulesShape, { "type": "null" }], "default": null }, "closes_in_s": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 864000 }, { "type": "null" }], "default": null } }, "required": ["act","meeting","seen","item","lane"], "additionalProperties": false } as const satisfies Shape;

/** Pass a waiting or called request over once: it comes after the next; needs a reason. */
export type Skip = {
  readonly "act": "skip";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "request": string;
};
export const SkipShape = { "type": "object", "properties": { "act": { "enum": ["skip"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "request": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["act","meeting","seen","request"], "additionalProperties": false } as const satisfies Shape;

/** Take a waiting or called request off the list; needs a reason. */
export type Remove = {
  readonly "act": "remove";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "request": string;
};
export const RemoveShape = { "type": "object", "properties": { "act": { "enum": ["remove"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "request": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["act","meeting","seen","request"], "additionalProperties": false } as const satisfies Shape;

/** Put the speaker whose turn was the last to end back at the top of the lane; needs a reason. What was used stays counted. */
export type ReturnLast = {
  readonly "act": "return";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "item": string;
  readonly "lane": string;
};
export const ReturnLastShape = { "type": "object", "properties": { "act": { "enum": ["return"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "item": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "lane": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["act","meeting","seen","item","lane"], "additionalProperties": false } as const satisfies Shape;

/** An interposed question to who speaks now, by a `member`, or anybody by `name`: their clock stands, the question's runs; when it ends, the speaker goes on. Only where the lane's rules say for how long. */
export type Interpose = {
  readonly "act": "interpose";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "turn": string;
  readonly "member": string;
  readonly "name": string;
};
export const InterposeShape = { "type": "object", "properties": { "act": { "enum": ["interpose"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "turn": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "member": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "name": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["act","meeting","seen","turn"], "additionalProperties": false } as const satisfies Shape;

/** Who was called speaks now: the clock runs. */
export type StartTurn = {
  readonly "act": "start";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "turn": string;
};
export const StartTurnShape = { "type": "object", "properties": { "act": { "enum": ["start"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "turn": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["act","meeting","seen","turn"], "additionalProperties": false } as const satisfies Shape;

/** The clock stands. */
export type PauseTurn = {
  readonly "act": "pause";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "turn": string;
};
export const PauseTurnShape = { "type": "object", "properties": { "act": { "enum": ["pause"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "turn": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["act","meeting","seen","turn"], "additionalProperties": false } as const satisfies Shape;

/** The clock runs on. */
export type ResumeTurn = {
  readonly "act": "resume";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
  readonly "turn": string;
};
export const ResumeTurnShape = { "type": "object", "properties": { "act": { "enum": ["resume"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "turn": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "required": ["act","meeting","seen","turn"], "additionalProperties": false } as const satisfies Shape;

/** Have the turn log of the meeting so far sealed by signing; again with nothing in between, it is the same. */
export type RecordFloor = {
  readonly "act": "record";
  readonly "v": 1;
  readonly "meeting": string;
  readonly "seen": number;
  readonly "reason": string;
};
export const RecordFloorShape = { "type": "object", "properties": { "act": { "enum": ["record"] }, "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "seen": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["act","meeting","seen"], "additionalProperties": false } as const satisfies Shape;

export type FloorAct = Ask | ChangeRequest | Withdraw | WriteOpinion | OpenLane | AdjustLane | CloseLane | EndItem | Arrange | Skip | Defer | Remove | ReturnLast | Call | CallAnswer | Interpose | StartTurn | PauseTurn | ResumeTurn | ExtendTurn | EndTurn | RecordFloor;
export const FloorActShape = { "anyOf": [AskShape, ChangeRequestShape, WithdrawShape, WriteOpinionShape, OpenLaneShape, AdjustLaneShape, CloseLaneShape, EndItemShape, ArrangeShape, SkipShape, DeferShape, RemoveShape, ReturnLastShape, CallShape, CallAnswerShape, InterposeShape, StartTurnShape, PauseTurnShape, ResumeTurnShape, ExtendTurnShape, EndTurnShape, RecordFloorShape] } as const satisfies Shape;

/** How the order of a lane's waiting requests changed: from place `start` on, `removed` go and `put` come. */
export type QueueChange = {
  readonly "item": string;
  readonly "lane": string;
  readonly "start": number;
  readonly "removed": number;
  readonly "put": readonly (string)[];
};
export const QueueChangeShape = { "type": "object", "properties": { "item": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "lane": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "start": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "removed": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "put": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } } }, "required": ["item","lane","start","removed","put"], "additionalProperties": false } as const satisfies Shape;

/** A TurnEvent as the live stream tells it: its exact bytes (`body`), and what a webhook has in its headers. The `timestamp` (seconds) is of when it happened, so whenever it is told, it is the same to the last byte. */
export type TurnSigned = {
  readonly "name": "turn.called" | "turn.dropped" | "turn.ended" | "turn.extended" | "turn.paused" | "turn.resumed" | "turn.started" | "turn.warned";
  readonly "id": string;
  readonly "timestamp": number;
  readonly "signature": string;
  readonly "body": string;
};
export const TurnSignedShape = { "type": "object", "properties": { "name": { "enum": ["turn.called","turn.dropped","turn.ended","turn.extended","turn.paused","turn.resumed","turn.started","turn.warned"] }, "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "timestamp": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "signature": { "type": "string" }, "body": { "type": "string" } }, "required": ["name","id","timestamp","signature","body"], "additionalProperties": false } as const satisfies Shape;

/** A line of the floor's ledger as it stands there (a roll's line without the roll), the new order of queues, and what happened to turns, in order. */
export type FloorChanged = {
  readonly "type": "floor.changed";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "meeting": string;
  readonly "revision": number;
  readonly "line": string;
  readonly "queues": readonly (QueueChange)[];
  readonly "turns": readonly (TurnSigned)[];
};
export const FloorChangedShape = { "type": "object", "properties": { "type": { "enum": ["floor.changed"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "revision": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "line": { "type": "string" }, "queues": { "type": "array", "items": QueueChangeShape, "default": [] }, "turns": { "type": "array", "items": TurnSignedShape, "default": [] } }, "required": ["type","index","meeting","revision","line"], "additionalProperties": false } as const satisfies Shape;

/** What somebody who acted keeps: the ledger line with their act, and a C2SP tlog-proof of its place. */
export type FloorReceipt = {
  readonly "v": 1;
  readonly "meeting": string;
  readonly "index": number;
  readonly "entry": string;
  readonly "proof": string;
};
export const FloorReceiptShape = { "type": "object", "properties": { "v": { "enum": [1], "default": 1 }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "entry": { "type": "string" }, "proof": { "type": "string" } }, "required": ["meeting","index","entry","proof"], "additionalProperties": false } as const satisfies Shape;

/** Somebody asks to speak. `number` is the ledger line that took it in: the order of registration. `member` is empty for a guest; `by` is who asked for them, if somebody else did. */
export type SpeakRequest = {
  readonly "id": string;
  readonly "item": string;
  readonly "lane": string;
  readonly "member": string;
  readonly "name": string;
  readonly "group": string;
  readonly "seat": string;
  readonly "stance": "against" | "for" | "other";
  readonly "note": string;
  readonly "number": number;
  readonly "at": number;
  readonly "by": string;
  readonly "state": "called" | "removed" | "spoken" | "unreached" | "waiting" | "withdrawn";
};
export const SpeakRequestShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "item": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "lane": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "member": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)" }, "name": { "type": "string", "maxLength": 500, "minLength": 1 }, "group": { "type": "string", "maxLength": 500, "default": "" }, "seat": { "type": "string", "maxLength": 500, "default": "" }, "stance": { "enum": ["against","for","other"], "default": "other" }, "note": { "type": "string", "maxLength": 20000, "default": "" }, "number": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "by": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "state": { "enum": ["called","removed","spoken","unreached","waiting","withdrawn"], "default": "waiting" } }, "required": ["id","item","lane","member","name","number","at"], "additionalProperties": false } as const satisfies Shape;

/** Where a waiting request stands: 1 is next. `before`: the requests ahead, next first. `wait_ms`: what is left of the turn that runs and the time granted to those ahead; None where there is no limit to add up. */
export type Place = {
  readonly "request": SpeakRequest;
  readonly "place": number;
  readonly "before": readonly (string)[];
  readonly "wait_ms": number | null;
};
export const PlaceShape = { "type": "object", "properties": { "request": SpeakRequestShape, "place": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "before": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "wait_ms": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }] } }, "required": ["request","place","before","wait_ms"], "additionalProperties": false } as const satisfies Shape;

/** The answer to an act: its receipt, the floor's revision after it, and the asker's place if they wait. */
export type FloorDone = {
  readonly "receipt": FloorReceipt;
  readonly "revision": number;
  readonly "place": Place | null;
};
export const FloorDoneShape = { "type": "object", "properties": { "receipt": FloorReceiptShape, "revision": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "place": { "anyOf": [PlaceShape, { "type": "null" }], "default": null } }, "required": ["receipt","revision"], "additionalProperties": false } as const satisfies Shape;

/** One list of speakers of an agenda item. `lane` names its kind in the profile (speech, debate, question, point_of_order, presentation). `arranged`: requests that the desk has put in order by hand; they come first, as they stand there, and the algorithm orders those who asked afterwards. `closes_at`: when the clock closes it. */
export type Lane = {
  readonly "item": string;
  readonly "lane": string;
  readonly "title": string;
  readonly "rules": LaneRules;
  readonly "state": "closed" | "ended" | "open";
  readonly "closes_at": number | null;
  readonly "arranged": readonly (string)[];
};
export const LaneShape = { "type": "object", "properties": { "item": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "lane": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "title": { "type": "string", "maxLength": 500 }, "rules": LaneRulesShape, "state": { "enum": ["closed","ended","open"], "default": "open" }, "closes_at": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }], "default": null }, "arranged": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "default": [] } }, "required": ["item","lane","title","rules"], "additionalProperties": false } as const satisfies Shape;

/** A turn to speak. Milliseconds: `planned_ms` granted (None: no limit), with what was `extended_ms`; `used_ms` up to the last stop; while it runs, since `running_since`. `deadline`: when the time is up if it runs on; `warned`: how many of the two warnings (before the limit, at it) were given. `in_turn`: it was next by the lane's order, else `next_was` is the request passed over. `interrupts`: the turn that waits for the end of this one. */
export type Turn = {
  readonly "id": string;
  readonly "item": string;
  readonly "lane": string;
  readonly "role": "answer" | "interposed" | "speech";
  readonly "request": string;
  readonly "answers": string;
  readonly "interrupts": string;
  readonly "member": string;
  readonly "name": string;
  readonly "group": string;
  readonly "seat": string;
  readonly "stance": "against" | "for" | "other";
  readonly "state": "called" | "dropped" | "ended" | "paused" | "running";
  readonly "planned_ms": number | null;
  readonly "extended_ms": number;
  readonly "used_ms": number;
  readonly "running_since": number | null;
  readonly "deadline": number | null;
  readonly "warn_at": number | null;
  readonly "warned": number;
  readonly "called_at": number;
  readonly "started_at": number | null;
  readonly "ended_at": number | null;
  readonly "in_turn": boolean;
  readonly "next_was": string;
};
export const TurnShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "item": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "lane": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "role": { "enum": ["answer","interposed","speech"], "default": "speech" }, "request": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "answers": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "interrupts": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "member": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)" }, "name": { "type": "string", "maxLength": 500, "minLength": 1 }, "group": { "type": "string", "maxLength": 500, "default": "" }, "seat": { "type": "string", "maxLength": 500, "default": "" }, "stance": { "enum": ["against","for","other"], "default": "other" }, "state": { "enum": ["called","dropped","ended","paused","running"], "default": "called" }, "planned_ms": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }] }, "extended_ms": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 }, "used_ms": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 }, "running_since": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }], "default": null }, "deadline": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }], "default": null }, "warn_at": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }], "default": null }, "warned": { "type": "integer", "minimum": 0, "maximum": 2, "default": 0 }, "called_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "started_at": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }], "default": null }, "ended_at": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }], "default": null }, "in_turn": { "type": "boolean", "default": true }, "next_was": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" } }, "required": ["id","item","lane","member","name","planned_ms","called_at"], "additionalProperties": false } as const satisfies Shape;

/** A turn was called, started, paused, resumed, extended, warned, ended or dropped (`what`). */
export type TurnNews = {
  readonly "news": "turn";
  readonly "cause": string;
  readonly "what": "called" | "dropped" | "ended" | "extended" | "paused" | "resumed" | "started" | "warned";
  readonly "turn": Turn;
};
export const TurnNewsShape = { "type": "object", "properties": { "news": { "enum": ["turn"] }, "cause": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "what": { "enum": ["called","dropped","ended","extended","paused","resumed","started","warned"] }, "turn": TurnShape }, "required": ["news","cause","what","turn"], "additionalProperties": false } as const satisfies Shape;

/** What changed on the floor, as small as it can be told; `revision`, after it. `requests`: who waits, new or changed; `left`: requests that wait no more, by id. `queues`: to be applied in this order to the ids of each lane's list, which are then looked up; who came or went since the last frame stands in a splice. `turns`: in the order in which it happened. `votes`: polls open now, None if that is as before. `acts`: what the desk did, in order. */
export type FloorNewsShown = {
  readonly "revision": number;
  readonly "lanes": readonly (Lane)[];
  readonly "requests": readonly (SpeakRequest)[];
  readonly "left": { readonly [name: string]: "called" | "removed" | "spoken" | "unreached" | "withdrawn" };
  readonly "queues": readonly (QueueChange)[];
  readonly "turns": readonly (TurnNews)[];
  readonly "votes": readonly (string)[] | null;
  readonly "acts": readonly (ActShown)[];
};
export const FloorNewsShownShape = { "type": "object", "properties": { "revision": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "lanes": { "type": "array", "items": LaneShape, "default": [] }, "requests": { "type": "array", "items": SpeakRequestShape, "default": [] }, "left": { "type": "object", "propertyNames": { "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "additionalProperties": { "enum": ["called","removed","spoken","unreached","withdrawn"] }, "default": {} }, "queues": { "type": "array", "items": QueueChangeShape, "default": [] }, "turns": { "type": "array", "items": TurnNewsShape, "default": [] }, "votes": { "anyOf": [{ "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, { "type": "null" }], "default": null }, "acts": { "type": "array", "items": ActShownShape, "default": [] } }, "required": ["revision"], "additionalProperties": false } as const satisfies Shape;

/** A body's rules of speaking: one LaneRules for each lane it has, by the lane's name, and where they are from. */
export type FloorProfile = {
  readonly "id": string;
  readonly "name": string;
  readonly "name_en": string;
  readonly "source": string;
  readonly "lanes": { readonly [name: string]: LaneRules };
};
export const FloorProfileShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "name": { "type": "string", "maxLength": 500, "minLength": 1 }, "name_en": { "type": "string", "maxLength": 500 }, "source": { "type": "string", "maxLength": 20000 }, "lanes": { "type": "object", "propertyNames": { "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "additionalProperties": LaneRulesShape } }, "required": ["id","name","name_en","source","lanes"], "additionalProperties": false } as const satisfies Shape;

/** A lane, with those who wait in the order in which they will be called. */
export type LaneShown = {
  readonly "lane": Lane;
  readonly "waiting": readonly (SpeakRequest)[];
};
export const LaneShownShape = { "type": "object", "properties": { "lane": LaneShape, "waiting": { "type": "array", "items": SpeakRequestShape, "default": [] } }, "required": ["lane"], "additionalProperties": false } as const satisfies Shape;

/** The floor as it stands. `revision`: what an act of the desk must have `seen`. `turns`: called, running or paused, in the order in which they were called. `last`: the turn that was the last to end. `votes`: polls open now. */
export type FloorShown = {
  readonly "revision": number;
  readonly "lanes": readonly (LaneShown)[];
  readonly "turns": readonly (Turn)[];
  readonly "last": Turn | null;
  readonly "votes": readonly (string)[];
};
export const FloorShownShape = { "type": "object", "properties": { "revision": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 }, "lanes": { "type": "array", "items": LaneShownShape, "default": [] }, "turns": { "type": "array", "items": TurnShape, "default": [] }, "last": { "anyOf": [TurnShape, { "type": "null" }], "default": null }, "votes": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "default": [] } }, "required": [], "additionalProperties": false } as const satisfies Shape;

/** The exact bytes of a frozen roll, as text, and their hash. */
export type FrozenRoll = {
  readonly "sha256": string;
  readonly "roll": string;
};
export const FrozenRollShape = { "type": "object", "properties": { "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "roll": { "type": "string" } }, "required": ["sha256","roll"], "additionalProperties": false } as const satisfies Shape;

/** A ballot that was begun, for its voter: the hash of its signing input, and how it stands; `why` it lapsed. */
export type IntentShown = {
  readonly "poll": string;
  readonly "input_sha256": string;
  readonly "provider": string;
  readonly "state": "cast" | "lapsed" | "pending" | "signed";
  readonly "at": number;
  readonly "why": "begun_anew" | "declined" | "expired" | "failed" | "late" | "overtaken" | null;
};
export const IntentShownShape = { "type": "object", "properties": { "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "input_sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "provider": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "state": { "enum": ["cast","lapsed","pending","signed"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "why": { "anyOf": [{ "enum": ["begun_anew","declined","expired","failed","late","overtaken"] }, { "type": "null" }], "default": null } }, "required": ["poll","input_sha256","provider","state","at"], "additionalProperties": false } as const satisfies Shape;

/** A code for one member, good once and until `expires_at`. It is shown here and never again. */
export type Invite = {
  readonly "member": string;
  readonly "code": string;
  readonly "expires_at": number;
};
export const InviteShape = { "type": "object", "properties": { "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "code": { "type": "string" }, "expires_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["member","code","expires_at"], "additionalProperties": false } as const satisfies Shape;

/** Invite these members of a body to enrol a key. */
export type InvitesAsked = {
  readonly "members": readonly (string)[];
};
export const InvitesAskedShape = { "type": "object", "properties": { "members": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "maxItems": 10000, "minItems": 1 } }, "required": ["members"], "additionalProperties": false } as const satisfies Shape;

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

/** The end of voting, while `begun` ballots are still with signing services: they may come `until` then, no other. `jws` and `present` are as in PollClosed, which follows when all have come or lapsed, or the time is up, and repeats both: who leaves while the others wait was there. */
export type PollClosing = {
  readonly "kind": "poll.closing";
  readonly "at": number;
  readonly "poll": string;
  readonly "jws": string;
  readonly "cause": "chair" | "deadline";
  readonly "present": readonly (string)[];
  readonly "until": number;
  readonly "begun": number;
};
export const PollClosingShape = { "type": "object", "properties": { "kind": { "enum": ["poll.closing"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "jws": { "type": "string", "maxLength": 65536 }, "cause": { "enum": ["chair","deadline"] }, "present": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } }, "until": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "begun": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["kind","at","poll","jws","cause","present","until","begun"], "additionalProperties": false } as const satisfies Shape;

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

/** What was found out after the cut of the certificate of another authority, `outside` by its thumbprint if anybody could tell it, behind the key of a credential that has cast ballots (`thumbprint`). `known_at`: what says so was true then; 0 if nothing does. `why` it was revoked, or why that is unknown. `evidence`: the SHA-256 of each list and answer, DER, that says so. */
export type Rechecked = {
  readonly "thumbprint": string;
  readonly "outside": string;
  readonly "kind": "good" | "revoked" | "unknown";
  readonly "why": string;
  readonly "revoked_at": number;
  readonly "known_at": number;
  readonly "checked_at": number;
  readonly "evidence": readonly (string)[];
};
export const RecheckedShape = { "type": "object", "properties": { "thumbprint": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "outside": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)", "default": "" }, "kind": { "enum": ["good","revoked","unknown"] }, "why": { "type": "string", "maxLength": 500, "default": "" }, "revoked_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 }, "known_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 }, "checked_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "evidence": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "maxItems": 32, "default": [] } }, "required": ["thumbprint","kind","checked_at"], "additionalProperties": false } as const satisfies Shape;

/** After the cut, before the count: whether the certificates of other authorities behind ballots were good. One for each credential whose own certificate says that it is a link, in order of thumbprint; there is no such line where no ballot was cast with a link. */
export type PollRechecked = {
  readonly "kind": "poll.rechecked";
  readonly "at": number;
  readonly "poll": string;
  readonly "found": readonly (Rechecked)[];
};
export const PollRecheckedShape = { "type": "object", "properties": { "kind": { "enum": ["poll.rechecked"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "found": { "type": "array", "items": RecheckedShape } }, "required": ["kind","at","poll","found"], "additionalProperties": false } as const satisfies Shape;

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

/** Annulled, with a reason and a second person: both sign the same payload bytes. `ballots`: how many lines were cast, if the vote was under way; of one that was over its cut says so. */
export type PollVoided = {
  readonly "kind": "poll.voided";
  readonly "at": number;
  readonly "poll": string;
  readonly "jws": string;
  readonly "second": string;
  readonly "ballots"?: number;
};
export const PollVoidedShape = { "type": "object", "properties": { "kind": { "enum": ["poll.voided"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "jws": { "type": "string", "maxLength": 65536 }, "second": { "type": "string", "maxLength": 65536 }, "ballots": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["kind","at","poll","jws","second"], "additionalProperties": false } as const satisfies Shape;

export type LedgerEntry = PollAnnounced | PollOpened | BallotCast | BallotBegun | BallotLapsed | PollHeld | PollResumed | PollExtended | PollClosing | PollClosed | PollRechecked | PollCounted | PollAlarmed | PollDeclared | PollCertified | PollVoided;
export const LedgerEntryShape = { "anyOf": [PollAnnouncedShape, PollOpenedShape, BallotCastShape, BallotBegunShape, BallotLapsedShape, PollHeldShape, PollResumedShape, PollExtendedShape, PollClosingShape, PollClosedShape, PollRecheckedShape, PollCountedShape, PollAlarmedShape, PollDeclaredShape, PollCertifiedShape, PollVoidedShape] } as const satisfies Shape;

/** What was found. `sealed`: a Rechecked for each credential (a list, as JSON), which only voting can open: who writes on a stream must not say whose ballot counts. */
export type LinksRechecked = {
  readonly "type": "links.rechecked";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "meeting": string;
  readonly "poll": string;
  readonly "definition": string;
  readonly "cut": number;
  readonly "sealed": string;
};
export const LinksRecheckedShape = { "type": "object", "properties": { "type": { "enum": ["links.rechecked"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "definition": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "cut": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "sealed": { "type": "string" } }, "required": ["type","index","meeting","poll","definition","cut","sealed"], "additionalProperties": false } as const satisfies Shape;

/** The name of a meeting's ledger and its public key, as in an Extract: for phones to pin and others to compare. */
export type LogKey = {
  readonly "origin": string;
  readonly "log_key": string;
};
export const LogKeyShape = { "type": "object", "properties": { "origin": { "type": "string" }, "log_key": { "type": "string" } }, "required": ["origin","log_key"], "additionalProperties": false } as const satisfies Shape;

/** Proof of possession of an enrolled key (JWS typ `plenary-login+jws`) over a challenge of the server. */
export type LoginPayload = {
  readonly "v": 1;
  readonly "challenge": string;
  readonly "audience": string;
};
export const LoginPayloadShape = { "type": "object", "properties": { "v": { "enum": [1], "default": 1 }, "challenge": { "type": "string" }, "audience": { "type": "string" } }, "required": ["challenge","audience"], "additionalProperties": false } as const satisfies Shape;

/** A sitting of a body. */
export type Meeting = {
  readonly "id": string;
  readonly "body": string;
  readonly "title": string;
  readonly "place": string;
  readonly "starts_at": number;
  readonly "state": "ended" | "open" | "planned";
};
export const MeetingShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "body": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "title": { "type": "string", "maxLength": 500, "minLength": 1 }, "place": { "type": "string", "maxLength": 500, "default": "" }, "starts_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 }, "state": { "enum": ["ended","open","planned"], "default": "planned" } }, "required": ["id","body","title"], "additionalProperties": false } as const satisfies Shape;

/** A meeting was planned, opened or ended. */
export type MeetingChanged = {
  readonly "type": "meeting.changed";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "meeting": Meeting;
};
export const MeetingChangedShape = { "type": "object", "properties": { "type": { "enum": ["meeting.changed"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "meeting": MeetingShape }, "required": ["type","index","meeting"], "additionalProperties": false } as const satisfies Shape;

/** A meeting to plan. Give an `id` to be able to ask again after a lost answer; `body` is the address's. */
export type MeetingPlan = {
  readonly "title": string;
  readonly "id": string | null;
  readonly "body": string | null;
  readonly "place": string;
  readonly "starts_at": number;
};
export const MeetingPlanShape = { "type": "object", "properties": { "title": { "type": "string", "maxLength": 500, "minLength": 1 }, "id": { "anyOf": [{ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, { "type": "null" }], "default": null }, "body": { "anyOf": [{ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, { "type": "null" }], "default": null }, "place": { "type": "string", "maxLength": 500, "default": "" }, "starts_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 } }, "required": ["title"], "additionalProperties": false } as const satisfies Shape;

/** A person of a body, with the roles they hold in it. `attributes`: what else is said of them, by name (giới tính, dân tộc, khối). */
export type Member = {
  readonly "id": string;
  readonly "name": string;
  readonly "group": string;
  readonly "title": string;
  readonly "roles": readonly ("chair" | "delegate" | "observer" | "operator" | "secretary")[];
  readonly "attributes": { readonly [name: string]: string };
};
export const MemberShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "name": { "type": "string", "maxLength": 500, "minLength": 1 }, "group": { "type": "string", "maxLength": 500, "default": "" }, "title": { "type": "string", "maxLength": 500, "default": "" }, "roles": { "type": "array", "items": { "enum": ["chair","delegate","observer","operator","secretary"] }, "default": ["delegate"] }, "attributes": { "type": "object", "propertyNames": { "maxLength": 64, "minLength": 1 }, "additionalProperties": { "type": "string", "maxLength": 200, "minLength": 1 }, "maxProperties": 20, "default": {} } }, "required": ["id","name"], "additionalProperties": false } as const satisfies Shape;

/** Members were added or changed. */
export type MemberChanged = {
  readonly "type": "member.changed";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "body": string;
  readonly "members": readonly (Member)[];
};
export const MemberChangedShape = { "type": "object", "properties": { "type": { "enum": ["member.changed"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "body": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "members": { "type": "array", "items": MemberShape } }, "required": ["type","index","body","members"], "additionalProperties": false } as const satisfies Shape;

/** The secretary asks for minutes; `sealed`: a SittingRecord in an envelope, for voting alone. */
export type MinutesAsked = {
  readonly "type": "minutes.asked";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "body": string;
  readonly "meeting": string;
  readonly "edition": number;
  readonly "sealed": string;
};
export const MinutesAskedShape = { "type": "object", "properties": { "type": { "enum": ["minutes.asked"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "body": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "edition": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "sealed": { "type": "string" } }, "required": ["type","index","body","meeting","edition","sealed"], "additionalProperties": false } as const satisfies Shape;

/** The edition that this one follows: its id and the SHA-256 of its minutes.json. */
export type MinutesBefore = {
  readonly "minutes": string;
  readonly "sha256": string;
};
export const MinutesBeforeShape = { "type": "object", "properties": { "minutes": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["minutes","sha256"], "additionalProperties": false } as const satisfies Shape;

/** What it takes to make the list of polls again: the roll's bytes, who signed, the ledger with ballots withheld. */
export type MinutesEvidence = {
  readonly "roll": string;
  readonly "credentials": readonly (Credential)[];
  readonly "ledger": Extract;
};
export const MinutesEvidenceShape = { "type": "object", "properties": { "roll": { "type": "string" }, "credentials": { "type": "array", "items": CredentialShape }, "ledger": ExtractShape }, "required": ["roll","credentials","ledger"], "additionalProperties": false } as const satisfies Shape;

/** An edition of the minutes exists. `sha256` is of minutes.json. */
export type MinutesIssued = {
  readonly "type": "minutes.issued";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "body": string;
  readonly "meeting": string;
  readonly "edition": number;
  readonly "minutes": string;
  readonly "sha256": string;
};
export const MinutesIssuedShape = { "type": "object", "properties": { "type": { "enum": ["minutes.issued"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "body": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "edition": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "minutes": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["type","index","body","meeting","edition","minutes","sha256"], "additionalProperties": false } as const satisfies Shape;

/** An edition of the minutes of a sitting: where to find it, and the hash to compare. */
export type MinutesNotice = {
  readonly "id": string;
  readonly "edition": number;
  readonly "sha256": string;
  readonly "issued_at": number;
};
export const MinutesNoticeShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "edition": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "issued_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["id","edition","sha256","issued_at"], "additionalProperties": false } as const satisfies Shape;

/** An edition of the sitting's minutes: where to find it, the hash to compare. `signed`: as of a certificate. */
export type MinutesShown = {
  readonly "edition": number;
  readonly "minutes": string;
  readonly "sha256": string;
  readonly "signed": string;
};
export const MinutesShownShape = { "type": "object", "properties": { "edition": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "minutes": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "signed": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)", "default": "" } }, "required": ["edition","minutes","sha256"], "additionalProperties": false } as const satisfies Shape;

/** Secretary and chair have signed the minutes, and the body's seal is under both. `sha256` is of the signed PDF. */
export type MinutesSigned = {
  readonly "type": "minutes.signed";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "body": string;
  readonly "meeting": string;
  readonly "minutes": string;
  readonly "secretary": string;
  readonly "chair": string;
  readonly "sha256": string;
};
export const MinutesSignedShape = { "type": "object", "properties": { "type": { "enum": ["minutes.signed"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "body": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "minutes": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "secretary": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "chair": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["type","index","body","meeting","minutes","secretary","chair","sha256"], "additionalProperties": false } as const satisfies Shape;

/** A member of the body's desk, with the roles they held when the minutes were asked for. */
export type Officer = {
  readonly "member": string;
  readonly "name": string;
  readonly "title": string;
  readonly "roles": readonly ("chair" | "delegate" | "observer" | "operator" | "secretary")[];
};
export const OfficerShape = { "type": "object", "properties": { "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "name": { "type": "string", "maxLength": 500, "minLength": 1 }, "title": { "type": "string", "maxLength": 500, "default": "" }, "roles": { "type": "array", "items": { "enum": ["chair","delegate","observer","operator","secretary"] } } }, "required": ["member","name","roles"], "additionalProperties": false } as const satisfies Shape;

/** A poll of the sitting, as the ledger tells it. Times and `decision` are None of what did not happen; `certificate` and `sha256` (of certificate.json) are empty of a poll that has none: practice, or never declared. */
export type Voted = {
  readonly "poll": string;
  readonly "title": string;
  readonly "item": string;
  readonly "state": "announced" | "certified" | "closed" | "closing" | "declared" | "draft" | "held" | "open" | "voided";
  readonly "practice": boolean;
  readonly "reruns": string;
  readonly "definition": string;
  readonly "presiding": string;
  readonly "opened_at": number | null;
  readonly "closed_at": number | null;
  readonly "declared_at": number | null;
  readonly "present": number;
  readonly "ballots": number;
  readonly "decision": Decision | null;
  readonly "annulled": Annulled | null;
  readonly "certificate": string;
  readonly "sha256": string;
};
export const VotedShape = { "type": "object", "properties": { "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "title": { "type": "string", "maxLength": 500, "minLength": 1 }, "item": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "state": { "enum": ["announced","certified","closed","closing","declared","draft","held","open","voided"] }, "practice": { "type": "boolean" }, "reruns": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)" }, "definition": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)" }, "presiding": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)" }, "opened_at": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }] }, "closed_at": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }] }, "declared_at": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }] }, "present": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "ballots": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "decision": { "anyOf": [DecisionShape, { "type": "null" }] }, "annulled": { "anyOf": [AnnulledShape, { "type": "null" }] }, "certificate": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)" }, "sha256": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)" } }, "required": ["poll","title","state","practice","reruns","definition","presiding","opened_at","closed_at","declared_at","present","ballots","decision","annulled","certificate","sha256"], "additionalProperties": false } as const satisfies Shape;

/** Who spoke on an agenda item: turns, and how long altogether (milliseconds). */
export type Spoken = {
  readonly "item": string;
  readonly "title": string;
  readonly "member": string;
  readonly "name": string;
  readonly "group": string;
  readonly "turns": number;
  readonly "used_ms": number;
};
export const SpokenShape = { "type": "object", "properties": { "item": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "title": { "type": "string", "maxLength": 500 }, "member": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)" }, "name": { "type": "string", "maxLength": 500 }, "group": { "type": "string", "maxLength": 500 }, "turns": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "used_ms": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["item","title","member","name","group","turns","used_ms"], "additionalProperties": false } as const satisfies Shape;

/** What the newest sealed turn log says, in short: its id, the SHA-256 of turns.json, the line that asked for it. */
export type TurnsMinuted = {
  readonly "record": string;
  readonly "sha256": string;
  readonly "line": number;
  readonly "spoken": readonly (Spoken)[];
  readonly "out_of_turn": number;
  readonly "unreached": number;
  readonly "opinions": number;
};
export const TurnsMinutedShape = { "type": "object", "properties": { "record": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "line": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "spoken": { "type": "array", "items": SpokenShape }, "out_of_turn": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "unreached": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "opinions": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["record","sha256","line","spoken","out_of_turn","unreached","opinions"], "additionalProperties": false } as const satisfies Shape;

/** What the seal signs of a whole sitting: the payload of minutes.json (JWS typ `plenary-minutes+jws`). `presiding`: who presided over the last poll; empty if none was opened. */
export type MinutesStatement = {
  readonly "format": "plenary-minutes/1";
  readonly "id": string;
  readonly "issued_at": number;
  readonly "software": string;
  readonly "edition": number;
  readonly "before": MinutesBefore | null;
  readonly "body": Body;
  readonly "meeting": string;
  readonly "title": string;
  readonly "place": string;
  readonly "starts_at": number;
  readonly "opened_at": number;
  readonly "ended_at": number | null;
  readonly "asked_at": number;
  readonly "asked_by": Officer;
  readonly "presiding": string;
  readonly "desk": readonly (Officer)[];
  readonly "attendance": readonly (Attendee)[];
  readonly "agenda": readonly (AgendaItem)[];
  readonly "polls": readonly (Voted)[];
  readonly "turns": TurnsMinuted | null;
  readonly "evidence": MinutesEvidence;
};
export const MinutesStatementShape = { "type": "object", "properties": { "format": { "enum": ["plenary-minutes/1"], "default": "plenary-minutes/1" }, "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "issued_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "software": { "type": "string" }, "edition": { "type": "integer", "minimum": 1, "maximum": 1000 }, "before": { "anyOf": [MinutesBeforeShape, { "type": "null" }] }, "body": BodyShape, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "title": { "type": "string", "maxLength": 500, "minLength": 1 }, "place": { "type": "string", "maxLength": 500 }, "starts_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "opened_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "ended_at": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }] }, "asked_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "asked_by": OfficerShape, "presiding": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)" }, "desk": { "type": "array", "items": OfficerShape }, "attendance": { "type": "array", "items": AttendeeShape }, "agenda": { "type": "array", "items": AgendaItemShape }, "polls": { "type": "array", "items": VotedShape }, "turns": { "anyOf": [TurnsMinutedShape, { "type": "null" }] }, "evidence": MinutesEvidenceShape }, "required": ["id","issued_at","software","edition","before","body","meeting","title","place","starts_at","opened_at","ended_at","asked_at","asked_by","presiding","desk","attendance","agenda","polls","turns","evidence"], "additionalProperties": false } as const satisfies Shape;

/** Asking for the minutes of a sitting: the edition wanted, one more than the last. The same again is answered as before. */
export type MinutesWanted = {
  readonly "edition": number;
};
export const MinutesWantedShape = { "type": "object", "properties": { "edition": { "type": "integer", "minimum": 1, "maximum": 1000 } }, "required": ["edition"], "additionalProperties": false } as const satisfies Shape;

/** What somebody who was not reached wrote instead. */
export type Opinion = {
  readonly "item": string;
  readonly "member": string;
  readonly "name": string;
  readonly "group": string;
  readonly "text": string;
  readonly "at": number;
};
export const OpinionShape = { "type": "object", "properties": { "item": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "name": { "type": "string", "maxLength": 500, "minLength": 1 }, "group": { "type": "string", "maxLength": 500, "default": "" }, "text": { "type": "string", "maxLength": 20000 }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["item","member","name","text","at"], "additionalProperties": false } as const satisfies Shape;

/** What was `written` by those who were not reached, and the requests of all who are `invited` to write. */
export type Opinions = {
  readonly "written": readonly (Opinion)[];
  readonly "invited": readonly (SpeakRequest)[];
};
export const OpinionsShape = { "type": "object", "properties": { "written": { "type": "array", "items": OpinionShape, "default": [] }, "invited": { "type": "array", "items": SpeakRequestShape, "default": [] } }, "required": [], "additionalProperties": false } as const satisfies Shape;

/** A passkey of a member; `id` is the SHA-256 of its credential id. Times are 0 for what did not happen. `replayed_at`: when it counted backwards last, and was refused. */
export type Passkey = {
  readonly "id": string;
  readonly "member": string;
  readonly "name": string;
  readonly "transports": readonly (string)[];
  readonly "backup_eligible": boolean;
  readonly "backed_up": boolean;
  readonly "created_at": number;
  readonly "used_at": number;
  readonly "replayed_at": number;
};
export const PasskeyShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "name": { "type": "string" }, "transports": { "type": "array", "items": { "type": "string" } }, "backup_eligible": { "type": "boolean" }, "backed_up": { "type": "boolean" }, "created_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "used_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "replayed_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["id","member","name","transports","backup_eligible","backed_up","created_at","used_at","replayed_at"], "additionalProperties": false } as const satisfies Shape;

/** A passkey's answer to a challenge; `id` is its credential id, `person` the handle that it keeps. */
export type PasskeyAsserted = {
  readonly "id": string;
  readonly "client_data": string;
  readonly "authenticator_data": string;
  readonly "signature": string;
  readonly "person": string;
};
export const PasskeyAssertedShape = { "type": "object", "properties": { "id": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" }, "client_data": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" }, "authenticator_data": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" }, "signature": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" }, "person": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" } }, "required": ["id","client_data","authenticator_data","signature","person"], "additionalProperties": false } as const satisfies Shape;

/** What a passkey is to sign: the bytes of this text; `site` is the name that passkeys of this house belong to. */
export type PasskeyChallenge = {
  readonly "challenge": string;
  readonly "site": string;
  readonly "expires_at": number;
};
export const PasskeyChallengeShape = { "type": "object", "properties": { "challenge": { "type": "string", "maxLength": 200 }, "site": { "type": "string" }, "expires_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["challenge","site","expires_at"], "additionalProperties": false } as const satisfies Shape;

/** What happened to a passkey: added, used to sign in, refused because it counted backwards, removed by somebody (`by`), or ended together with its member's keys (`by` empty). */
export type PasskeyLogged = {
  readonly "passkey": string;
  readonly "member": string;
  readonly "what": "added" | "ended" | "entered" | "removed" | "replayed";
  readonly "at": number;
  readonly "by": string;
};
export const PasskeyLoggedShape = { "type": "object", "properties": { "passkey": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "what": { "enum": ["added","ended","entered","removed","replayed"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "by": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" } }, "required": ["passkey","member","what","at"], "additionalProperties": false } as const satisfies Shape;

/** A passkey that was made, as the browser tells of it, and what its owner calls it. */
export type PasskeyMade = {
  readonly "client_data": string;
  readonly "attestation": string;
  readonly "transports": readonly (string)[];
  readonly "name": string;
};
export const PasskeyMadeShape = { "type": "object", "properties": { "client_data": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" }, "attestation": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" }, "transports": { "type": "array", "items": { "type": "string", "pattern": "^[a-z0-9-]{1,32}$(?!\\n)" }, "maxItems": 8, "default": [] }, "name": { "type": "string", "maxLength": 100, "minLength": 1 } }, "required": ["client_data","attestation","name"], "additionalProperties": false } as const satisfies Shape;

/** A passkey of one's own that may confirm ballots: its credential id, its public key (COSE), and the voucher. */
export type PasskeyVouched = {
  readonly "id": string;
  readonly "transports": readonly (string)[];
  readonly "public_key": string;
  readonly "voucher": string;
};
export const PasskeyVouchedShape = { "type": "object", "properties": { "id": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" }, "transports": { "type": "array", "items": { "type": "string" } }, "public_key": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" }, "voucher": { "type": "string", "maxLength": 65536 } }, "required": ["id","transports","public_key","voucher"], "additionalProperties": false } as const satisfies Shape;

/** What a new passkey is to be made with: the challenge, for whom (`person`, their handle), and those they have. */
export type PasskeyWanted = {
  readonly "challenge": PasskeyChallenge;
  readonly "person": string;
  readonly "member": string;
  readonly "name": string;
  readonly "house": string;
  readonly "known": readonly (string)[];
};
export const PasskeyWantedShape = { "type": "object", "properties": { "challenge": PasskeyChallengeShape, "person": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" }, "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "name": { "type": "string", "maxLength": 500, "minLength": 1 }, "house": { "type": "string", "maxLength": 500, "minLength": 1 }, "known": { "type": "array", "items": { "type": "string", "maxLength": 8192, "pattern": "^[A-Za-z0-9_-]*$(?!\\n)" } } }, "required": ["challenge","person","member","name","house","known"], "additionalProperties": false } as const satisfies Shape;

/** A poll as anybody of the body may see it: never a choice or a total before it is closed, unless its definition says so (`interim`). `rechecking`: it is cut, and not counted before others have told of certificates. */
export type Poll = {
  readonly "id": string;
  readonly "meeting": string;
  readonly "state": "announced" | "certified" | "closed" | "closing" | "declared" | "draft" | "held" | "open" | "voided";
  readonly "title": string;
  readonly "presiding": string;
  readonly "options": readonly (Option)[];
  readonly "rule": Rule;
  readonly "changes": boolean;
  readonly "reruns": string | null;
  readonly "definition": string;
  readonly "jws": string;
  readonly "deadline": number | null;
  readonly "opened_at": number | null;
  readonly "closed_at": number | null;
  readonly "received": number;
  readonly "counted": string;
  readonly "decision": Decision | null;
  readonly "interim": Counts | null;
  readonly "practice": boolean;
  readonly "item": string;
  readonly "grace_s": number;
  readonly "pending": number;
  readonly "grace_ends_at": number | null;
  readonly "unknown_status": "count" | "exclude";
  readonly "rechecking": boolean;
};
export const PollShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "state": { "enum": ["announced","certified","closed","closing","declared","draft","held","open","voided"] }, "title": { "type": "string", "maxLength": 500, "minLength": 1 }, "presiding": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "options": { "type": "array", "items": OptionShape }, "rule": RuleShape, "changes": { "type": "boolean" }, "reruns": { "anyOf": [{ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, { "type": "null" }] }, "definition": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)" }, "jws": { "type": "string", "maxLength": 65536 }, "deadline": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }] }, "opened_at": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }] }, "closed_at": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }] }, "received": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "counted": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)" }, "decision": { "anyOf": [DecisionShape, { "type": "null" }] }, "interim": { "anyOf": [CountsShape, { "type": "null" }] }, "practice": { "type": "boolean", "default": false }, "item": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "grace_s": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 }, "pending": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 }, "grace_ends_at": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }], "default": null }, "unknown_status": { "enum": ["count","exclude"], "default": "count" }, "rechecking": { "type": "boolean", "default": false } }, "required": ["id","meeting","state","title","presiding","options","rule","changes","reruns","definition","jws","deadline","opened_at","closed_at","received","counted","decision","interim"], "additionalProperties": false } as const satisfies Shape;

/** A line of the voting ledger other than a ballot, as it stands there; who presides, whether it is a practice vote, and the agenda item, of the draft: what screens show before the definition is signed. `rechecking`: with the cut, of how many certificates of other authorities is asked now, and until when the count waits at most. */
export type PollChanged = {
  readonly "type": "poll.changed";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "meeting": string;
  readonly "poll": string;
  readonly "state": "announced" | "certified" | "closed" | "closing" | "declared" | "draft" | "held" | "open" | "voided";
  readonly "line": string;
  readonly "presiding": string;
  readonly "practice": boolean;
  readonly "item": string;
  readonly "rechecking": number;
  readonly "recheck_until": number | null;
};
export const PollChangedShape = { "type": "object", "properties": { "type": { "enum": ["poll.changed"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "state": { "enum": ["announced","certified","closed","closing","declared","draft","held","open","voided"] }, "line": { "type": "string" }, "presiding": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "practice": { "type": "boolean", "default": false }, "item": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "rechecking": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 }, "recheck_until": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }], "default": null } }, "required": ["type","index","meeting","poll","state","line"], "additionalProperties": false } as const satisfies Shape;

/** That voters confirm their ballots with a passkey: where they have one, or else the ballot is not taken. `origin`: the pages on which they do so, exactly (RFC 6454). A ballot that a signing service signs has none. */
export type StepUpDemand = {
  readonly "when": "optional" | "required";
  readonly "origin": string;
};
export const StepUpDemandShape = { "type": "object", "properties": { "when": { "enum": ["optional","required"] }, "origin": { "type": "string", "maxLength": 300, "pattern": "^https?://[a-z0-9.-]+(:[0-9]{1,5})?$(?!\\n)" } }, "required": ["when","origin"], "additionalProperties": false } as const satisfies Shape;

/** The exact question. The chair signs it to open the vote (JWS typ `plenary-poll+jws`); the SHA-256 of that compact JWS is the `poll` of every ballot, so nothing on a screen can change under a signature. A `practice` vote is counted and declared like any other, says so in its result, and never has a certificate. `grace_s`: how long after the end a ballot may still come that was begun with a signing service before it. `unknown_status`: what becomes of ballots whose outside certificates nobody could tell about at close; left out, they count. */
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
  readonly "practice": boolean;
  readonly "grace_s": number;
  readonly "unknown_status"?: "count" | "exclude";
  readonly "step_up"?: StepUpDemand;
};
export const PollDefinitionShape = { "type": "object", "properties": { "v": { "enum": [1], "default": 1 }, "origin": { "type": "string" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "meeting_title": { "type": "string", "maxLength": 500, "default": "" }, "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "body": BodyShape, "title": { "type": "string", "maxLength": 500, "minLength": 1 }, "title_en": { "type": "string", "maxLength": 500, "default": "" }, "text": { "type": "string", "maxLength": 20000, "default": "" }, "documents": { "type": "array", "items": DocumentShape, "default": [] }, "options": { "type": "array", "items": OptionShape }, "secrecy": { "enum": ["named"], "default": "named" }, "rule": RuleShape, "roll": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "presiding": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "duration_s": { "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 864000 }, { "type": "null" }], "default": null }, "changes": { "type": "boolean", "default": false }, "interim": { "enum": ["hidden","totals"], "default": "hidden" }, "reruns": { "anyOf": [{ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, { "type": "null" }], "default": null }, "without_quorum": { "type": "string", "maxLength": 500, "default": "" }, "practice": { "type": "boolean", "default": false }, "grace_s": { "type": "integer", "minimum": 0, "maximum": 60, "default": 0 }, "unknown_status": { "enum": ["count","exclude"] }, "step_up": StepUpDemandShape }, "required": ["origin","meeting","id","body","title","options","rule","roll","presiding"], "additionalProperties": false } as const satisfies Shape;

/** A poll as it stands. `at`: its last act. `definition`: the chair's signed question while one can vote, or could again (open, held), else empty; `definition_sha256` stays. `deadline`: when the clock closes it, None while it stands. `present`: checked in when it opened. `received`: voters so far. `decision`: once counted. `alarm`: the two counts differ. `presiding`, `practice`, `item`: of the draft; once it is open, the signed definition says them. `pending`: ballots that are with signing services; while it is closing they may come until `grace_ends_at`. `rechecking`: certificates of other authorities that are asked about, before it is counted, `recheck_until` then. */
export type PollShown = {
  readonly "meeting": string;
  readonly "poll": string;
  readonly "state": "announced" | "certified" | "closed" | "closing" | "declared" | "draft" | "held" | "open" | "voided";
  readonly "at": number;
  readonly "title": string;
  readonly "definition": string;
  readonly "definition_sha256": string;
  readonly "deadline": number | null;
  readonly "present": number;
  readonly "received": number;
  readonly "decision": Decision | null;
  readonly "alarm": boolean;
  readonly "presiding": string;
  readonly "practice": boolean;
  readonly "item": string;
  readonly "pending": number;
  readonly "grace_ends_at": number | null;
  readonly "rechecking": number;
  readonly "recheck_until": number | null;
};
export const PollShownShape = { "type": "object", "properties": { "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "state": { "enum": ["announced","certified","closed","closing","declared","draft","held","open","voided"] }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "title": { "type": "string", "default": "" }, "definition": { "type": "string", "default": "" }, "definition_sha256": { "type": "string", "default": "" }, "deadline": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }], "default": null }, "present": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 }, "received": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 }, "decision": { "anyOf": [DecisionShape, { "type": "null" }], "default": null }, "alarm": { "type": "boolean", "default": false }, "presiding": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "practice": { "type": "boolean", "default": false }, "item": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "pending": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 }, "grace_ends_at": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }], "default": null }, "rechecking": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 }, "recheck_until": { "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, { "type": "null" }], "default": null } }, "required": ["meeting","poll","state","at"], "additionalProperties": false } as const satisfies Shape;

/** Whether a member is there, since when, and the reason of an absence. */
export type Presence = {
  readonly "member": string;
  readonly "present": boolean;
  readonly "at": number;
  readonly "reason": string;
};
export const PresenceShape = { "type": "object", "properties": { "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "present": { "type": "boolean" }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["member","present","at"], "additionalProperties": false } as const satisfies Shape;

/** Members came or left. */
export type PresenceChanged = {
  readonly "type": "presence.changed";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "meeting": string;
  readonly "presence": readonly (Presence)[];
};
export const PresenceChangedShape = { "type": "object", "properties": { "type": { "enum": ["presence.changed"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "presence": { "type": "array", "items": PresenceShape } }, "required": ["type","index","meeting","presence"], "additionalProperties": false } as const satisfies Shape;

/** The secretary marks one member: `reason` of an absence, and `why` the desk does it for them. */
export type PresenceCorrected = {
  readonly "present": boolean;
  readonly "reason": string;
  readonly "why": string;
};
export const PresenceCorrectedShape = { "type": "object", "properties": { "present": { "type": "boolean" }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "why": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["present"], "additionalProperties": false } as const satisfies Shape;

/** One change of presence as it was kept: what, by whom (the member, or the secretary for them), and why. */
export type PresenceLogged = {
  readonly "member": string;
  readonly "present": boolean;
  readonly "at": number;
  readonly "reason": string;
  readonly "by": string;
  readonly "why": string;
};
export const PresenceLoggedShape = { "type": "object", "properties": { "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "present": { "type": "boolean" }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "by": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "why": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["member","present","at","by"], "additionalProperties": false } as const satisfies Shape;

/** The secretary marks one member of several; the time is the server's. `why`: as in PresenceCorrected. */
export type PresenceMark = {
  readonly "member": string;
  readonly "present": boolean;
  readonly "reason": string;
  readonly "why": string;
};
export const PresenceMarkShape = { "type": "object", "properties": { "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "present": { "type": "boolean" }, "reason": { "type": "string", "maxLength": 500, "default": "" }, "why": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["member","present"], "additionalProperties": false } as const satisfies Shape;

/** One comes, or leaves with a reason; the time is the server's. */
export type PresenceOwn = {
  readonly "present": boolean;
  readonly "reason": string;
};
export const PresenceOwnShape = { "type": "object", "properties": { "present": { "type": "boolean" }, "reason": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["present"], "additionalProperties": false } as const satisfies Shape;

/** A preset. `noun` names the body's members in results; `duration_s` is how long a poll stays open (seconds). */
export type Profile = {
  readonly "id": string;
  readonly "name": string;
  readonly "name_en": string;
  readonly "noun": string;
  readonly "noun_en": string;
  readonly "rule": Rule;
  readonly "options": readonly (Option)[];
  readonly "duration_s": number;
  readonly "changes": boolean;
};
export const ProfileShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "name": { "type": "string", "maxLength": 500, "minLength": 1 }, "name_en": { "type": "string", "maxLength": 500 }, "noun": { "type": "string", "maxLength": 500, "minLength": 1 }, "noun_en": { "type": "string", "maxLength": 500 }, "rule": RuleShape, "options": { "type": "array", "items": OptionShape }, "duration_s": { "type": "integer" }, "changes": { "type": "boolean" } }, "required": ["id","name","name_en","noun","noun_en","rule","options","duration_s","changes"], "additionalProperties": false } as const satisfies Shape;

/** How many voters' ballots have been received; how many are `pending` with signing services. */
export type Progress = {
  readonly "poll": string;
  readonly "received": number;
  readonly "pending": number;
};
export const ProgressShape = { "type": "object", "properties": { "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "received": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "pending": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 } }, "required": ["poll","received"], "additionalProperties": false } as const satisfies Shape;

/** What a voter keeps: the ledger line with their ballot, and a C2SP tlog-proof of its place. */
export type Receipt = {
  readonly "v": 1;
  readonly "poll": string;
  readonly "index": number;
  readonly "entry": string;
  readonly "proof": string;
};
export const ReceiptShape = { "type": "object", "properties": { "v": { "enum": [1], "default": 1 }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "entry": { "type": "string" }, "proof": { "type": "string" } }, "required": ["poll","index","entry","proof"], "additionalProperties": false } as const satisfies Shape;

/** Whose ballot is in the ledger, not how they voted: told to screens of the desk and of observers; all when they join, later who is new, with every `progress`. */
export type ReceivedFrom = {
  readonly "poll": string;
  readonly "voters": readonly (string)[];
};
export const ReceivedFromShape = { "type": "object", "properties": { "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "voters": { "type": "array", "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" } } }, "required": ["poll","voters"], "additionalProperties": false } as const satisfies Shape;

/** A sealed turn log exists: of which line of the floor's ledger, and the SHA-256 of turns.json. */
export type RecordIssued = {
  readonly "type": "record.issued";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "body": string;
  readonly "meeting": string;
  readonly "line": number;
  readonly "record": string;
  readonly "sha256": string;
};
export const RecordIssuedShape = { "type": "object", "properties": { "type": { "enum": ["record.issued"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "body": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "line": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "record": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["type","index","body","meeting","line","record","sha256"], "additionalProperties": false } as const satisfies Shape;

/** A sealed turn log: its id, the line of the floor's ledger that asked for it, the SHA-256 of turns.json, when it was issued. */
export type RecordNotice = {
  readonly "id": string;
  readonly "line": number;
  readonly "sha256": string;
  readonly "issued_at": number;
};
export const RecordNoticeShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "line": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "issued_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["id","line","sha256","issued_at"], "additionalProperties": false } as const satisfies Shape;

/** A sealed turn log: the line of the floor's ledger that asked for it, where to find it, the hash to compare. */
export type RecordShown = {
  readonly "line": number;
  readonly "record": string;
  readonly "sha256": string;
};
export const RecordShownShape = { "type": "object", "properties": { "line": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "record": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["line","record","sha256"], "additionalProperties": false } as const satisfies Shape;

/** A lost key was renewed by a login with a passkey: the new key, and the good one that it took the place of. */
export type Recovery = {
  readonly "member": string;
  readonly "thumbprint": string;
  readonly "replaces": string;
  readonly "passkey": string;
  readonly "at": number;
};
export const RecoveryShape = { "type": "object", "properties": { "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "thumbprint": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "replaces": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)" }, "passkey": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["member","thumbprint","replaces","passkey","at"], "additionalProperties": false } as const satisfies Shape;

/** A key at a signing service: what the service calls it, whom its certificate names, when that ends. */
export type RemoteKeyShown = {
  readonly "id": string;
  readonly "name": string;
  readonly "not_after": number;
};
export const RemoteKeyShownShape = { "type": "object", "properties": { "id": { "type": "string", "maxLength": 500, "minLength": 1 }, "name": { "type": "string", "maxLength": 500 }, "not_after": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["id","name","not_after"], "additionalProperties": false } as const satisfies Shape;

/** How linking a key at a signing service stands; the code is to be compared with the one in the service's app. `input`: what is signed there, the JWS signing input of a LinkPayload, so that who waits can look at it. `confirm_at`: as of a RemoteRequestShown. */
export type RemoteLinkShown = {
  readonly "state": "declined" | "expired" | "failed" | "linked" | "pending";
  readonly "verification_code": string;
  readonly "expires_at": number;
  readonly "enrolled": Enrolled | null;
  readonly "input": string;
  readonly "confirm_at": string;
};
export const RemoteLinkShownShape = { "type": "object", "properties": { "state": { "enum": ["declined","expired","failed","linked","pending"] }, "verification_code": { "type": "string", "pattern": "^[0-9]{4}$(?!\\n)" }, "expires_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "enrolled": { "anyOf": [EnrolledShape, { "type": "null" }], "default": null }, "input": { "type": "string", "maxLength": 65536, "default": "" }, "confirm_at": { "type": "string", "maxLength": 4096, "default": "" } }, "required": ["state","verification_code","expires_at"], "additionalProperties": false } as const satisfies Shape;

/** A key at a signing service that is linked to who asks: our certificate of it, whom the outside one names, until when it may be used, by which algorithm it signs. */
export type RemoteOwnKey = {
  readonly "provider": string;
  readonly "service": string;
  readonly "thumbprint": string;
  readonly "name": string;
  readonly "alg": "ES256" | "RS256";
  readonly "not_after": number;
};
export const RemoteOwnKeyShape = { "type": "object", "properties": { "provider": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "service": { "type": "string", "maxLength": 500, "minLength": 1 }, "thumbprint": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "name": { "type": "string", "maxLength": 500 }, "alg": { "enum": ["ES256","RS256"] }, "not_after": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["provider","service","thumbprint","name","alg","not_after"], "additionalProperties": false } as const satisfies Shape;

/** How two signatures at a service stand; the codes are to be compared with those in the service's app. `trouble`: the code of what is in the way just now; it is tried again. `signed`: both are kept, or neither is. */
export type RemotePairShown = {
  readonly "prepared": string;
  readonly "state": "declined" | "expired" | "failed" | "pending" | "signed";
  readonly "page_code": string;
  readonly "statement_code": string;
  readonly "expires_at": number;
  readonly "trouble": string;
};
export const RemotePairShownShape = { "type": "object", "properties": { "prepared": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "state": { "enum": ["declined","expired","failed","pending","signed"] }, "page_code": { "type": "string", "pattern": "^[0-9]{4}$(?!\\n)" }, "statement_code": { "type": "string", "pattern": "^[0-9]{4}$(?!\\n)" }, "expires_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "trouble": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["prepared","state","page_code","statement_code","expires_at"], "additionalProperties": false } as const satisfies Shape;

/** How a ballot stands with the service that is to sign it, for its voter: `wanted` before the service has taken it. `trouble`: the code of what is in the way just now; it is tried again until `expires_at`. `confirm_at`: the page of the service where it is to be confirmed; empty if the service asks in its own app, and once the person is back. */
export type RemoteRequestShown = {
  readonly "state": "asked" | "declined" | "expired" | "failed" | "signed" | "wanted";
  readonly "expires_at": number;
  readonly "trouble": string;
  readonly "confirm_at": string;
};
export const RemoteRequestShownShape = { "type": "object", "properties": { "state": { "enum": ["asked","declined","expired","failed","signed","wanted"] }, "expires_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "trouble": { "type": "string", "maxLength": 500, "default": "" }, "confirm_at": { "type": "string", "maxLength": 4096, "default": "" } }, "required": ["state","expires_at"], "additionalProperties": false } as const satisfies Shape;

/** A signing service that a body may use, by the name that people know it by. */
export type RemoteServiceShown = {
  readonly "id": string;
  readonly "name": string;
};
export const RemoteServiceShownShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "name": { "type": "string", "maxLength": 500, "minLength": 1 } }, "required": ["id","name"], "additionalProperties": false } as const satisfies Shape;

/** A PKCS#10 request in PEM for the key that takes the place of the one signed in with. */
export type Renewal = {
  readonly "request": string;
};
export const RenewalShape = { "type": "object", "properties": { "request": { "type": "string", "maxLength": 16384 } }, "required": ["request"], "additionalProperties": false } as const satisfies Shape;

/** Why a key must be refused from now on. */
export type Revocation = {
  readonly "reason": "compromised" | "left" | "lost";
};
export const RevocationShape = { "type": "object", "properties": { "reason": { "enum": ["compromised","left","lost"] } }, "required": ["reason"], "additionalProperties": false } as const satisfies Shape;

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

/** A roll in force: its exact bytes and their hash. */
export type RollFrozen = {
  readonly "type": "roll.frozen";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "meeting": string;
  readonly "sha256": string;
  readonly "roll": string;
};
export const RollFrozenShape = { "type": "object", "properties": { "type": { "enum": ["roll.frozen"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "roll": { "type": "string" } }, "required": ["type","index","meeting","sha256","roll"], "additionalProperties": false } as const satisfies Shape;

/** The roll in force: its hash, revision and size; the names are read from `meeting`. */
export type RollShown = {
  readonly "sha256": string;
  readonly "revision": number;
  readonly "entries": number;
};
export const RollShownShape = { "type": "object", "properties": { "sha256": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "revision": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "entries": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["sha256","revision","entries"], "additionalProperties": false } as const satisfies Shape;

/** A place in the hall, whose it is, and whether they are there (None: never marked). */
export type Seat = {
  readonly "seat": string;
  readonly "member": string;
  readonly "name": string;
  readonly "group": string;
  readonly "presence": Presence | null;
};
export const SeatShape = { "type": "object", "properties": { "seat": { "type": "string", "maxLength": 500 }, "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "name": { "type": "string", "maxLength": 500, "minLength": 1 }, "group": { "type": "string", "maxLength": 500, "default": "" }, "presence": { "anyOf": [PresenceShape, { "type": "null" }], "default": null } }, "required": ["seat","member","name"], "additionalProperties": false } as const satisfies Shape;

/** Where a seat stands: its centre, on a grid on which a seat takes 10 by 10; x to the right as delegates look at the desk, y away from it. A seat without a name is known by its `member`; an empty `member` is an empty chair. */
export type SeatPlace = {
  readonly "seat": string;
  readonly "member": string;
  readonly "x": number;
  readonly "y": number;
  readonly "row": string;
};
export const SeatPlaceShape = { "type": "object", "properties": { "seat": { "type": "string", "maxLength": 500, "default": "" }, "member": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "x": { "type": "integer", "minimum": 0, "maximum": 4095 }, "y": { "type": "integer", "minimum": 0, "maximum": 4095 }, "row": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["x","y"], "additionalProperties": false } as const satisfies Shape;

/** Every seat of the roll in its place, in the order of the roll, then empty chairs; all within `width` by `height`. `revision` counts what was drawn or chosen; 0: nothing yet, a hemicycle is laid out. */
export type SeatPlan = {
  readonly "revision": number;
  readonly "layout": "drawn" | "hemicycle" | "rows";
  readonly "width": number;
  readonly "height": number;
  readonly "places": readonly (SeatPlace)[];
};
export const SeatPlanShape = { "type": "object", "properties": { "revision": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "layout": { "enum": ["drawn","hemicycle","rows"] }, "width": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "height": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "places": { "type": "array", "items": SeatPlaceShape } }, "required": ["revision","layout","width","height","places"], "additionalProperties": false } as const satisfies Shape;

/** How the seats stand: laid out by the server, or drawn. Only a drawn plan has `places`. */
export type SeatPlanWanted = {
  readonly "layout": "drawn" | "hemicycle" | "rows";
  readonly "places": readonly (SeatPlace)[];
};
export const SeatPlanWantedShape = { "type": "object", "properties": { "layout": { "enum": ["drawn","hemicycle","rows"] }, "places": { "type": "array", "items": SeatPlaceShape, "default": [] } }, "required": ["layout"], "additionalProperties": false } as const satisfies Shape;

/** The seats stand otherwise; the plan itself is asked for (`GET …/seats/plan`). */
export type SeatsChanged = {
  readonly "type": "seats.changed";
  readonly "index": number;
  readonly "request": string;
  readonly "key": string;
  readonly "meeting": string;
  readonly "revision": number;
};
export const SeatsChangedShape = { "type": "object", "properties": { "type": { "enum": ["seats.changed"] }, "index": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "request": { "type": "string", "default": "" }, "key": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)", "default": "" }, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "revision": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["type","index","meeting","revision"], "additionalProperties": false } as const satisfies Shape;

/** The server's clock, for countdowns. */
export type ServerTime = {
  readonly "now": number;
};
export const ServerTimeShape = { "type": "object", "properties": { "now": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 } }, "required": ["now"], "additionalProperties": false } as const satisfies Shape;

/** Who signs as what. `instead`: why another chair signs, and not the one who declared the result. `credential`: one's own at a signing service, by its thumbprint; empty: the one signed in with. */
export type SignatureBegun = {
  readonly "role": "chair" | "secretary";
  readonly "instead": string;
  readonly "credential": string;
};
export const SignatureBegunShape = { "type": "object", "properties": { "role": { "enum": ["chair","secretary"] }, "instead": { "type": "string", "maxLength": 500, "default": "" }, "credential": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)", "default": "" } }, "required": ["role"], "additionalProperties": false } as const satisfies Shape;

/** Both signatures to what was prepared, base64url: `page` as CMS has it (ECDSA: DER), `statement` as JWS has it (ECDSA: r and s, 64 bytes). */
export type SignatureGiven = {
  readonly "prepared": string;
  readonly "page": string;
  readonly "statement": string;
};
export const SignatureGivenShape = { "type": "object", "properties": { "prepared": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "page": { "type": "string", "maxLength": 1024 }, "statement": { "type": "string", "maxLength": 1024 } }, "required": ["prepared","page","statement"], "additionalProperties": false } as const satisfies Shape;

/** What a person is to sign, twice. First the page, at `…/signatures/{id}/page.pdf`, with the SHA-256 `page`: of its bytes [a, a+b) and [c, c+d) by `byte_range` (a, b, c, d) the SHA-256 is in `attributes`, the signed attributes of RFC 5652 (DER, base64url), and those are signed. Then the statement, as it stands in certificate.json: the signing input is `protected`, a full stop, its base64url. */
export type SignaturePrepared = {
  readonly "id": string;
  readonly "certificate": string;
  readonly "role": "chair" | "secretary";
  readonly "member": string;
  readonly "page": string;
  readonly "byte_range": readonly (number)[];
  readonly "attributes": string;
  readonly "protected": string;
};
export const SignaturePreparedShape = { "type": "object", "properties": { "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "certificate": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "role": { "enum": ["chair","secretary"] }, "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "page": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "byte_range": { "type": "array", "items": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "maxItems": 4, "minItems": 4 }, "attributes": { "type": "string", "maxLength": 4096 }, "protected": { "type": "string", "maxLength": 65536 } }, "required": ["id","certificate","role","member","page","byte_range","attributes","protected"], "additionalProperties": false } as const satisfies Shape;

/** A person who signed. `level` is empty while the time-stamp is still to come; `instead` as in SignatureBegun. */
export type SignerShown = {
  readonly "role": "chair" | "secretary";
  readonly "member": string;
  readonly "name": string;
  readonly "at": number;
  readonly "level": "" | "B-B" | "B-LT";
  readonly "instead": string;
};
export const SignerShownShape = { "type": "object", "properties": { "role": { "enum": ["chair","secretary"] }, "member": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "name": { "type": "string", "maxLength": 500 }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "level": { "enum": ["","B-B","B-LT"] }, "instead": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["role","member","name","at","level"], "additionalProperties": false } as const satisfies Shape;

/** Who signed a certificate or minutes (its id in `certificate`), and what is awaited. `presiding`: who is to sign as chair, of a certificate who declared the result; empty for any chair. `level`: of the signed edition, empty until there is one; `json_sha256`, `pdf_sha256`: of its files. `test_time`: the time is stamped by an authority for trials only. `trouble`: the code of why it does not go on by itself, `fault` if it is ours; it is tried again. */
export type SignaturesShown = {
  readonly "certificate": string;
  readonly "presiding": string;
  readonly "signed": readonly (SignerShown)[];
  readonly "awaited": "" | "chair" | "seal" | "secretary" | "stamp";
  readonly "level": "" | "B-B" | "B-LT" | "B-LTA" | "B-T";
  readonly "json_sha256": string;
  readonly "pdf_sha256": string;
  readonly "test_time": boolean;
  readonly "trouble": string;
};
export const SignaturesShownShape = { "type": "object", "properties": { "certificate": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "presiding": { "type": "string", "pattern": "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\\n)" }, "signed": { "type": "array", "items": SignerShownShape }, "awaited": { "enum": ["","chair","seal","secretary","stamp"] }, "level": { "enum": ["","B-B","B-LT","B-LTA","B-T"], "default": "" }, "json_sha256": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)", "default": "" }, "pdf_sha256": { "type": "string", "pattern": "^([A-Za-z0-9_-]{43})?$(?!\\n)", "default": "" }, "test_time": { "type": "boolean", "default": false }, "trouble": { "type": "string", "maxLength": 500, "default": "" } }, "required": ["certificate","presiding","signed","awaited"], "additionalProperties": false } as const satisfies Shape;

/** All that a screen shows of a meeting; presence by member, polls and certificates by poll; sealed turn logs and minutes as they came. `seats`: the revision of the plan of the seats. */
export type Snapshot = {
  readonly "meeting": Meeting | null;
  readonly "agenda": readonly (AgendaItem)[];
  readonly "roll": RollShown | null;
  readonly "seats": number;
  readonly "presence": { readonly [name: string]: Presence };
  readonly "polls": { readonly [name: string]: PollShown };
  readonly "certificates": { readonly [name: string]: CertificateShown };
  readonly "records": readonly (RecordShown)[];
  readonly "minutes": readonly (MinutesShown)[];
  readonly "floor": FloorShown | null;
};
export const SnapshotShape = { "type": "object", "properties": { "meeting": { "anyOf": [MeetingShape, { "type": "null" }], "default": null }, "agenda": { "type": "array", "items": AgendaItemShape, "default": [] }, "roll": { "anyOf": [RollShownShape, { "type": "null" }], "default": null }, "seats": { "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 0 }, "presence": { "type": "object", "additionalProperties": PresenceShape, "default": {} }, "polls": { "type": "object", "additionalProperties": PollShownShape, "default": {} }, "certificates": { "type": "object", "additionalProperties": CertificateShownShape, "default": {} }, "records": { "type": "array", "items": RecordShownShape, "default": [] }, "minutes": { "type": "array", "items": MinutesShownShape, "default": [] }, "floor": { "anyOf": [FloorShownShape, { "type": "null" }], "default": null } }, "required": [], "additionalProperties": false } as const satisfies Shape;

/** What the seal signs: the payload of certificate.json (JWS typ `plenary-certificate+jws`). `outside`: the SHA-256 of certificate.evidence.json, where anybody outside had a part in the vote. */
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
  readonly "outside"?: string;
};
export const StatementShape = { "type": "object", "properties": { "format": { "enum": ["plenary-certificate/1"], "default": "plenary-certificate/1" }, "id": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "issued_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "software": { "type": "string" }, "body": BodyShape, "meeting": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "definition": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "title": { "type": "string", "maxLength": 500, "minLength": 1 }, "decision": DecisionShape, "evidence": EvidenceShape, "outside": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["id","issued_at","software","body","meeting","poll","definition","title","decision","evidence"], "additionalProperties": false } as const satisfies Shape;

export type StreamEvent = BodyChanged | MemberChanged | MeetingChanged | RollFrozen | PresenceChanged | AgendaChanged | SeatsChanged | CredentialIssued | CredentialRevoked | CertificateIssued | CertificateSigned | RecordIssued | MinutesAsked | MinutesIssued | MinutesSigned | PollChanged | BallotsReceived | BallotSigned | BallotUnsigned | LinksRechecked | CountAlarm | FloorChanged;
export const StreamEventShape = { "anyOf": [BodyChangedShape, MemberChangedShape, MeetingChangedShape, RollFrozenShape, PresenceChangedShape, AgendaChangedShape, SeatsChangedShape, CredentialIssuedShape, CredentialRevokedShape, CertificateIssuedShape, CertificateSignedShape, RecordIssuedShape, MinutesAskedShape, MinutesIssuedShape, MinutesSignedShape, PollChangedShape, BallotsReceivedShape, BallotSignedShape, BallotUnsignedShape, LinksRecheckedShape, CountAlarmShape, FloorChangedShape] } as const satisfies Shape;

/** One person of the desk has signed that a poll be annulled: a second one annuls it by signing the same `payload` (its SHA-256; the bytes are the middle part of `act`). It stands until `expires_at` if nobody does. */
export type VoidWish = {
  readonly "poll": string;
  readonly "by": string;
  readonly "reason": string;
  readonly "at": number;
  readonly "expires_at": number;
  readonly "payload": string;
  readonly "act": string;
};
export const VoidWishShape = { "type": "object", "properties": { "poll": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "by": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)" }, "reason": { "type": "string", "maxLength": 500 }, "at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "expires_at": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "payload": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" }, "act": { "type": "string", "maxLength": 65536 } }, "required": ["poll","by","reason","at","expires_at","payload","act"], "additionalProperties": false } as const satisfies Shape;

/** All wishes of a meeting that stand now; told to screens of the desk. */
export type VoidWishes = {
  readonly "wishes": readonly (VoidWish)[];
};
export const VoidWishesShape = { "type": "object", "properties": { "wishes": { "type": "array", "items": VoidWishShape, "default": [] } }, "required": [], "additionalProperties": false } as const satisfies Shape;

/** Two signatures over the same payload bytes: the chair or secretary, and a second person. */
export type Voiding = {
  readonly "act": string;
  readonly "second": string;
};
export const VoidingShape = { "type": "object", "properties": { "act": { "type": "string", "maxLength": 65536 }, "second": { "type": "string", "maxLength": 65536 } }, "required": ["act","second"], "additionalProperties": false } as const satisfies Shape;

/** In an extract, the place of a line that belongs to another poll: only its leaf hash (base64url). */
export type Withheld = {
  readonly "kind": "withheld";
  readonly "leaf": string;
};
export const WithheldShape = { "type": "object", "properties": { "kind": { "enum": ["withheld"] }, "leaf": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$(?!\\n)" } }, "required": ["kind","leaf"], "additionalProperties": false } as const satisfies Shape;
