import { useState } from "preact/hooks";
import type { Role } from "../keys/identity.ts";
import { SeenPasskeys } from "../passkey/seen.tsx";
import { Asking } from "../views/asking.tsx";
import { matches } from "../views/search.ts";
import { rolesText } from "../views/who.tsx";
import { ROLE_WORDS } from "../views/words.ts";
import type { Member } from "../wire.ts";
import { say } from "../words/language.ts";
import type { Work } from "./desk.tsx";
import { Outcome, useDoing } from "./doing.tsx";
import { KeyMark } from "./key_mark.tsx";
import { keyOf } from "./records.ts";
import { Search } from "./search.tsx";
import { SheetImport } from "./sheet_import.tsx";
import { WORDS } from "./words.ts";

const TEMPLATE = "mã,họ tên,tổ,chức vụ,vai trò\nDB001,Nguyễn Văn An,Tổ 1,Chủ tịch,chủ tọa;đại biểu\n";
const GIVEN = ["secretary", "chair", "delegate", "observer"] as const;
const NOBODY: Member = { id: "", name: "", group: "", title: "", roles: ["delegate"], attributes: {} };

/** The body's members and what each may do. */
export function Members({ session, records, holdsUnsaved }: Work) {
  const [edited, setEdited] = useState<Member>();
  const [typed, setTyped] = useState("");
  const doing = useDoing();
  const path = `/meeting/bodies/${encodeURIComponent(session.body)}/members`;
  const members = records.members.value ?? [];
  const found = typed.trim() ? members.filter(({ name, id, group, title }) => matches(`${name} ${id} ${group} ${title}`, typed)) : members;
  const keep = (member: Member) => {
    setEdited(undefined);
    doing.run(() => session.ask("POST", path, { json: [member] }).then(records.members.again), WORDS.memberKept, { name: member.name });
  };
  const send = async (csv: string) => {
    const taken = await session.ask<Member[]>("POST", path, { csv });
    records.members.again();
    return taken.length;
  };
  return (
    <>
      <section class="sheet">
        <div class="acts spread">
          <Search value={typed} onInput={setTyped} found={found.length} all={members.length} />
          <button type="button" onClick={() => setEdited(NOBODY)}>{say(WORDS.addMember)}</button>
        </div>
        <Outcome of={doing} />
        <div class="scroll" role="region" aria-label={say(WORDS.members)} tabIndex={0}>
          <table>
            <thead><tr><th scope="col">{say(WORDS.name)}</th><th scope="col">{say(WORDS.memberId)}</th><th scope="col">{say(WORDS.group)}</th><th scope="col">{say(WORDS.jobTitle)}</th><th scope="col">{say(WORDS.roles)}</th><th scope="col">{say(WORDS.key)}</th><th scope="col"><span class="unseen">{say(WORDS.edit)}</span></th></tr></thead>
            <tbody>
              {found.map((member) => (
                <tr key={member.id}>
                  <th scope="row">{member.name}</th><td><code>{member.id}</code></td><td>{member.group}</td><td>{member.title}</td>
                  <td>{rolesText(member.roles)}</td><td><KeyMark state={keyOf(records.keys, member.id)} /></td>
                  <td><button type="button" class="small" onClick={() => setEdited(member)} aria-label={`${say(WORDS.edit)}: ${member.name}`}>{say(WORDS.edit)}</button></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <details class="sheet">
        <summary>{say(WORDS.sheetOfMembers)}</summary>
        <SheetImport template={TEMPLATE} templateName="thanh-vien.csv" {...{ send, holdsUnsaved }} />
      </details>
      <SeenPasskeys session={session} name={(id) => members.find((one) => one.id === id)?.name ?? id} />
      {edited && <Editing member={edited} keep={keep} leave={() => setEdited(undefined)} />}
    </>
  );
}

/** One member in a dialog; attributes stay as they are. */
function Editing({ member, keep, leave }: { member: Member; keep: (member: Member) => void; leave: () => void }) {
  const [wrong, setWrong] = useState(false);
  const confirm = (_: string, form: FormData) => {
    const text = (name: string) => String(form.get(name) ?? "").normalize("NFC").trim();
    const id = member.id || text("id");
    if (!text("name") || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) return setWrong(true);
    keep({ ...member, id, name: text("name"), group: text("group"), title: text("title"), roles: form.getAll("role") as Role[] });
  };
  return (
    <Asking title={member.id ? say(WORDS.editMember) : say(WORDS.addMember)} confirm={say(WORDS.save)} onConfirm={confirm} onCancel={leave}>
      <div class="pair">
        <Field name="name" label={say(WORDS.name)} value={member.name} required />
        <Field name="id" label={say(WORDS.memberId)} value={member.id} required disabled={Boolean(member.id)} />
        <Field name="group" label={say(WORDS.group)} value={member.group} />
        <Field name="title" label={say(WORDS.jobTitle)} value={member.title} />
      </div>
      <fieldset class="checks">
        <legend>{say(WORDS.roles)}</legend>
        {GIVEN.map((role) => <label key={role} class="check"><input type="checkbox" name="role" value={role} defaultChecked={member.roles.includes(role)} /><span>{say(ROLE_WORDS[role])}</span></label>)}
      </fieldset>
      <p class="wrong" role="alert">{wrong ? say(WORDS.memberWrong) : ""}</p>
    </Asking>
  );
}

function Field({ name, label, value, required = false, disabled = false }: { name: string; label: string; value: string; required?: boolean; disabled?: boolean }) {
  return <div class="field"><label for={`member-${name}`}>{label}</label><input id={`member-${name}`} name={name} defaultValue={value} required={required} disabled={disabled} maxLength={500} autocomplete="off" /></div>;
}
