// Server-sent events (WHATWG HTML, section 9.2) out of a response, piece by piece.

/** One event as it came; `id` is the last one that was given. */
export interface Sent {
  readonly name: string;
  readonly data: string;
  readonly id: string;
}

/** A reader of one response: give it the text as it comes, get the events that are whole; comments are passed over. */
export function eventReader(): (text: string) => Sent[] {
  let rest = "";
  let id = "";
  return (text) => {
    const blocks = (rest + text).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => {
      const fields = block.split("\n").map(field);
      // A copy: it may stay for hours, and a slice keeps the whole text that it was cut from.
      id = [...(last(fields, "id") ?? id)].join("");
      const data = fields.filter(([name]) => name === "data").map(([, value]) => value);
      return data.length ? [{ name: last(fields, "event") ?? "message", data: data.join("\n"), id }] : [];
    });
  };
}

function field(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  return colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}

function last(fields: readonly (readonly [string, string])[], wanted: string): string | undefined {
  return fields.findLast(([name]) => name === wanted)?.[1];
}
