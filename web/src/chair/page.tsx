import { render } from "preact";
import { Entering } from "../views/entering.tsx";
import { useLang } from "../words/language.ts";
import { Console } from "./console.tsx";
import { WORDS } from "./words.ts";

function Page() {
  useLang(WORDS.pageTitle);
  return <Entering title={WORDS.title} needs={["chair", "secretary"]}>{(entered) => <Console {...entered} />}</Entering>;
}

const place = document.getElementById("page");
if (place) render(<Page />, place);
