import { useState } from "preact/hooks";
import type { Bytes } from "../rules/bytes.ts";
import { say, type Words } from "../words/language.ts";
import { WORDS } from "./words.ts";

/** A file that was chosen, or fetched from this server. */
export interface Given {
  readonly name: string;
  readonly bytes: Bytes;
  readonly fromHere?: true;
}

interface Field {
  readonly id: string;
  readonly title: Words;
  readonly hint: Words;
  readonly how: Words;
  readonly accept: string;
  readonly multiple?: true;
  readonly shown: string;
  readonly take: (given: readonly Given[]) => void;
}

// Ten times as many bytes are held while a file is checked; a browser gives a page no more than a few gigabytes.
const LARGEST_BYTES = 250_000_000;

/** Why a file was not taken; undefined if its bytes may be read. */
function tooLarge({ name, size }: File): string | undefined {
  return size > LARGEST_BYTES ? say(WORDS.tooLarge, { name, size: Math.ceil(size / 1e6) }) : undefined;
}

async function readAll(files: readonly File[], unread: (why: string) => void): Promise<readonly Given[]> {
  // A file that was moved or taken away since it was chosen.
  const read = (file: File) => {
    const why = tooLarge(file);
    if (why) return unread(why);
    return file.arrayBuffer().then((bytes) => ({ name: file.name, bytes: new Uint8Array(bytes) }), () => unread(say(WORDS.unread, { name: file.name })));
  };
  return (await Promise.all(files.map(read))).flatMap((one) => one ?? []);
}

function Choosing({ id, title, hint, how, accept, multiple, shown, take }: Field) {
  const [over, setOver] = useState(false);
  const [unread, setUnread] = useState("");
  const read = (files: FileList | null | undefined) => {
    const chosen = [...(files ?? [])].slice(0, multiple ? undefined : 1);
    if (!chosen.length) return;
    setUnread("");
    void readAll(chosen, setUnread).then((given) => given.length && take(given));
  };
  return (
    <label
      class={`drop ${over ? "over" : ""} ${shown ? "given" : ""}`} for={id}
      onDragOver={(event) => { event.preventDefault(); setOver(true); }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => { event.preventDefault(); setOver(false); read(event.dataTransfer?.files); }}
    >
      <strong>{say(title)}</strong>
      <span>{say(hint)}</span>
      {shown ? <span class="name">{shown}</span> : <span class="quiet">{say(how)}</span>}
      {unread && <span class="unread" role="alert">{unread}</span>}
      <input id={id} type="file" accept={accept} multiple={multiple} onChange={(event) => read(event.currentTarget.files)} />
    </label>
  );
}

/** A place for one file. */
export function Drop({ given, take, ...field }: Omit<Field, "shown" | "take" | "multiple"> & { given: Given | undefined; take: (given: Given) => void }) {
  const shown = given ? (given.fromHere ? say(WORDS.fromHere, { name: given.name }) : given.name) : "";
  return <Choosing {...field} shown={shown} take={([one]) => one && take(one)} />;
}

/** A place for all that lies beside minutes; what is chosen again takes the place of what was. */
export function DropMany({ given, take }: { given: readonly Given[]; take: (given: readonly Given[]) => void }) {
  const names = given.map(({ name }) => name).join(", ");
  const shown = given.length > 3 ? say(WORDS.chosen, { n: given.length }) : names;
  return <Choosing id="beside" title={WORDS.beside} hint={WORDS.besideHint} how={WORDS.chooseMany} accept=".pdf,.json" multiple shown={shown} take={take} />;
}
