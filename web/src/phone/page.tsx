import { ServicesHint } from "../outside/door.tsx";
import { PasskeyDoor } from "../passkey/door.tsx";
import { Entering } from "../views/entering.tsx";
import { mount } from "../views/failure.tsx";
import { useLang } from "../words/language.ts";
import { IphoneFirst } from "./iphone.tsx";
import { keepForOffline } from "./offline.ts";
import { Screen } from "./screen.tsx";
import { WORDS } from "./words.ts";

function Page() {
  useLang(WORDS.pageTitle);
  return <IphoneFirst><Entering title={WORDS.title} needs={["delegate", "chair"]} lost={(enter) => <><ServicesHint /><PasskeyDoor enter={enter} /></>}>{(entered) => <Screen {...entered} />}</Entering></IphoneFirst>;
}

mount(<Page />);
void keepForOffline();
