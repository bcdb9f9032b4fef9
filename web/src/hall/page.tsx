import { useEffect } from "preact/hooks";
import { Entering } from "../views/entering.tsx";
import { mount } from "../views/failure.tsx";
import { say, useLang } from "../words/language.ts";
import { lettersSettled } from "./letters.ts";
import { Stage } from "./stage.tsx";
import { WORDS } from "./words.ts";

function Page() {
  const lang = useLang();
  useEffect(() => { document.title = say(WORDS.pageTitle); }, [lang]);
  return <Entering title={WORDS.title} needs={["observer", "secretary", "chair"]}>{(entered) => <Stage {...entered} />}</Entering>;
}

void lettersSettled().then(() => mount(<Page />));
