import { PasskeyDoor } from "../passkey/door.tsx";
import { Entering } from "../views/entering.tsx";
import { mount } from "../views/failure.tsx";
import { useLang } from "../words/language.ts";
import { Desk } from "./desk.tsx";
import { Planning } from "./planning.tsx";
import { WORDS } from "./words.ts";

const NEEDS = ["secretary"] as const;

function Page() {
  useLang(WORDS.documentTitle);
  return (
    <Entering title={WORDS.title} needs={NEEDS} more={(session, chosen) => <Planning session={session} planned={chosen} />} lost={(enter) => <PasskeyDoor enter={enter} />}>
      {(entered) => <Desk key={entered.meeting.id} {...entered} />}
    </Entering>
  );
}

mount(<Page />);
