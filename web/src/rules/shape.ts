/** What a message may look like: the part of JSON Schema 2020-12 that `proto/` uses. `src/wire.ts` has one for each. */
export interface Shape {
  readonly type?: "object" | "array" | "string" | "integer" | "boolean" | "null";
  readonly properties?: { readonly [name: string]: Shape };
  readonly required?: readonly string[];
  readonly additionalProperties?: false | Shape;
  readonly propertyNames?: Shape;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Shape;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Shape[];
  readonly default?: unknown;
}

/** The value does not have its shape. */
export class Unshapely extends Error {}

/**
 * The value with its members in the shape's order and defaults filled in, but for members that may be left out: written
 * as JSON without spaces, it is the message in its one form. Throws Unshapely for an unknown member, a missing one, or one that is not as it must be.
 */
export function shaped(shape: Shape, value: unknown): unknown {
  if (shape.anyOf) return oneOf(shape.anyOf, value);
  if (shape.enum) return must(shape.enum.includes(value as string), value);
  switch (shape.type) {
    case "object": return shape.properties ? record(shape, shape.properties, value) : map(shape, value);
    case "array": return list(shape, value);
    case "string": return must(isString(shape, value), value);
    case "integer": return must(isInteger(shape, value), value);
    case "boolean": return must(typeof value === "boolean", value);
    case "null": return must(value === null, value);
    default: return value;
  }
}

function must(right: boolean, value: unknown): unknown {
  if (!right) throw new Unshapely();
  return value;
}

function oneOf(shapes: readonly Shape[], value: unknown): unknown {
  const tag = tagOf(value);
  for (const shape of shapes) {
    const named = shape.properties?.["kind"] ?? shape.properties?.["type"];
    // Of messages told apart by a tag, only the one with this tag is tried.
    if (tag !== undefined && named?.enum && !named.enum.includes(tag)) continue;
    try {
      return shaped(shape, value);
    } catch (error) {
      if (!(error instanceof Unshapely)) throw error;
    }
  }
  throw new Unshapely();
}

function tagOf(value: unknown): string | undefined {
  if (value === null || typeof value !== "object") return undefined;
  const { kind, type } = value as { kind?: unknown; type?: unknown };
  const tag = kind ?? type;
  return typeof tag === "string" ? tag : undefined;
}

function members(value: unknown): Map<string, unknown> {
  must(value !== null && typeof value === "object" && !Array.isArray(value), value);
  return new Map(Object.entries(value as object));
}

function record(shape: Shape, properties: { readonly [name: string]: Shape }, value: unknown): unknown {
  const given = members(value);
  const made: [string, unknown][] = [];
  for (const [name, each] of Object.entries(properties)) {
    if (given.has(name)) made.push([name, shaped(each, given.get(name))]);
    else if (shape.required?.includes(name)) throw new Unshapely();
    else if ("default" in each) made.push([name, each.default]);
    given.delete(name);
  }
  must(given.size === 0, value);
  return Object.fromEntries(made);
}

function map(shape: Shape, value: unknown): unknown {
  const given = [...members(value)];
  must(given.length <= (shape.maxProperties ?? Infinity) && given.length >= (shape.minProperties ?? 0), value);
  const { propertyNames, additionalProperties } = shape;
  return Object.fromEntries(
    given.map(([name, each]) => {
      if (propertyNames) shaped({ type: "string", ...propertyNames }, name);
      return [name, additionalProperties ? shaped(additionalProperties, each) : each];
    }),
  );
}

function list(shape: Shape, value: unknown): unknown {
  if (!Array.isArray(value)) throw new Unshapely();
  must(value.length >= (shape.minItems ?? 0) && value.length <= (shape.maxItems ?? Infinity), value);
  const { items } = shape;
  return items ? value.map((each) => shaped(items, each)) : value;
}

const patterns = new Map<string, RegExp>();

function isString({ minLength, maxLength, pattern }: Shape, value: unknown): boolean {
  // A lone surrogate is no Unicode text: it has no UTF-8.
  if (typeof value !== "string" || /\p{Cs}/u.test(value)) return false;
  const length = minLength === undefined && maxLength === undefined ? 0 : codePoints(value, maxLength ?? 0);
  if (length < (minLength ?? 0) || length > (maxLength ?? Infinity)) return false;
  if (pattern === undefined) return true;
  const kept = patterns.get(pattern) ?? new RegExp(pattern, "u");
  patterns.set(pattern, kept);
  return kept.test(value);
}

function codePoints(text: string, enough: number): number {
  return text.length <= enough ? text.length : [...text].length;
}

function isInteger({ minimum, maximum }: Shape, value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= (minimum ?? -Infinity) && (value as number) <= (maximum ?? Infinity);
}
