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

// Where a cell may begin for some program, and a formula with it, as in `services/floor/turn_sheet.py`: where commas are for
// decimals Excel separates by semicolons, and knows no quotes within a line.
const FORMULA = /^(?=[\t\r\n])|(?:^|(?<=[;\t\r\n]))(?=[ \u00a0"]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

/** A table as CSV that any office program opens: UTF-8 with a mark, CRLF, quotes where they are needed; no cell is taken for a formula. */
export function csvOf(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number) => {
    const text = String(value).replace(FORMULA, "'");
    return /[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}
