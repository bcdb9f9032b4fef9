import { PasskeyDoor } from "../passkey/door.tsx";
import { Entering } from "../views/entering.tsx";
import { mount } from "../views/failure.tsx";
import { useLang } from "../words/language.ts";
import { Console } from "./console.tsx";
import { WORDS } from "./words.ts";

function Page() {
  useLang(WORDS.pageTitle);
  return <Entering title={WORDS.title} needs={["chair", "secretary"]} lost={(enter) => <PasskeyDoor enter={enter} />}>{(entered) => <Console {...entered} />}</Entering>;
}

mount(<Page />);
