import { useEffect, useId, useRef, useState } from "preact/hooks";
import { say } from "../words/language.ts";
import { Outcome, useDoing } from "./doing.tsx";
import { saveText } from "./files.ts";
import { lineAt, lineOf, peopleIn } from "./sheet.ts";
import { WORDS } from "./words.ts";

interface SheetImportOf {
  /** An empty sheet with its header, and one line as an example. */
  readonly template: string;
  readonly templateName: string;
  /** Gives the sheet to the server, which reads it strictly or refuses it whole; how many persons it took. */
  readonly send: (csv: string) => Promise<number>;
  readonly holdsUnsaved: (unsaved: boolean) => void;
}

/** A sheet of people: dropped, chosen or pasted; what is wrong is shown at its line, to be put right in place. */
export function SheetImport({ template, templateName, send, holdsUnsaved }: SheetImportOf) {
  const [text, setText] = useState("");
  const [taken, setTaken] = useState(0);
  const [over, setOver] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const doing = useDoing();
  const id = useId();
  const isLoaded = doing.done !== undefined;
  useEffect(() => holdsUnsaved(text.trim() !== "" && !isLoaded), [text, isLoaded]);
  const read = async (file: File | undefined) => { if (file) { doing.clear(); setText((await file.text()).replace(/^\ufeff/, "").replaceAll("\r\n", "\n")); } };
  const load = () => doing.run(() => send(text).then(setTaken, (problem: unknown) => { point(field.current, text, lineOf(problem)); throw problem; }), WORDS.sheetTaken);
  const drop = (event: DragEvent) => { event.preventDefault(); setOver(false); void read(event.dataTransfer?.files[0]); };
  const line = lineOf(doing.problem);
  const wrong = line === undefined ? undefined : lineAt(text, line);
  return (
    <div class={`import ${over ? "over" : ""}`} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
      <div class="acts">
        <label class="button" for={`${id}-file`}>{say(WORDS.chooseFile)}</label>
        <input id={`${id}-file`} class="unseen" type="file" accept=".csv,.txt,text/csv" onChange={(event) => { void read(event.currentTarget.files?.[0]); event.currentTarget.value = ""; }} />
        <button type="button" class="plain" onClick={() => saveText(templateName, template, "text/csv")}>{say(WORDS.template)}</button>
      </div>
      <div class="field">
        <label for={id}>{say(WORDS.sheet)} <span class="hint">{say(WORDS.sheetHint)}</span></label>
        <textarea
          id={id} ref={field} class="csv" rows={10} spellcheck={false} wrap="off" value={text} aria-invalid={wrong !== undefined} aria-describedby={`${id}-wrong`}
          placeholder={template} onInput={(event) => { setText(event.currentTarget.value); doing.clear(); }}
        />
      </div>
      <div id={`${id}-wrong`}>
        {wrong && <p class="wrong-line"><strong>{say(WORDS.wrongLine, { n: line ?? 0 })}</strong> <code>{wrong.line || say(WORDS.emptyLine)}</code></p>}
      </div>
      {isLoaded ? <div role="status"><p class="notice good">{say(WORDS.sheetTaken, { n: taken })}</p></div> : <Outcome of={doing} />}
      <div class="acts">
        <button type="button" class="primary" onClick={load} disabled={!peopleIn(text)} aria-disabled={doing.busy || !peopleIn(text)}>{say(WORDS.loadSheet, { n: peopleIn(text) })}</button>
      </div>
    </div>
  );
}

/** The cursor goes to the line that is wrong, which is selected. */
function point(field: HTMLTextAreaElement | null, text: string, line: number | undefined): void {
  const at = line === undefined ? undefined : lineAt(text, line);
  if (!field || !at) return;
  field.focus();
  field.setSelectionRange(at.start, at.end);
  // A text field does not go to its selection by itself: two lines before it stay in sight.
  field.scrollTop = Math.max(0, (line ?? 1) - 3) * parseFloat(getComputedStyle(field).lineHeight);
}
