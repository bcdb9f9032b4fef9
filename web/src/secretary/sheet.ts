// A sheet of people as text: its lines, for pointing at the one that the server names.
import { Declined } from "../line/server.ts";

/** Where line `number` (the first is 1) begins and ends in the text, as a text field counts. */
export function lineAt(text: string, number: number): { readonly start: number; readonly end: number; readonly line: string } | undefined {
  const lines = text.split("\n");
  const line = lines[number - 1];
  if (line === undefined) return undefined;
  const start = lines.slice(0, number - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return { start, end: start + line.length, line: line.replace(/\r$/, "") };
}

/** The line that a refusal names, if it names one. */
export function lineOf(problem: unknown): number | undefined {
  const facts = problem instanceof Declined ? (problem.fields["facts"] as { readonly line?: unknown } | undefined) : undefined;
  const line = facts?.line;
  return typeof line === "number" && Number.isInteger(line) && line > 0 ? line : undefined;
}

/** How many lines hold anything, the header left out. */
export function peopleIn(text: string): number {
  return Math.max(0, text.split("\n").filter((line) => line.trim()).length - 1);
}

/** A table as CSV that any office program opens: UTF-8 with a mark, CRLF, quotes where they are needed; no cell is taken for a formula. */
export function csvOf(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number) => {
    const text = String(value).replace(/^[=+\-@\t\r]/, "'$&");
    return /[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}
