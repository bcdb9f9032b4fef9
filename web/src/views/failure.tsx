import { render, type ComponentChildren } from "preact";
import { useErrorBoundary } from "preact/hooks";
import { say, useLang } from "../words/language.ts";
import { WORDS } from "./words.ts";

/** Put a page in its place. Whatever fails while it is drawn, it is never a white screen. */
export function mount(page: ComponentChildren): void {
  const place = document.getElementById("page");
  if (place) render(<Standing>{page}</Standing>, place);
}

/** Its children; once one of them has thrown, a calm page in their place: what it is, what is safe, and one button. */
function Standing({ children }: { children: ComponentChildren }) {
  const [error] = useErrorBoundary((thrown: unknown) => console.error(thrown));
  return error === undefined ? <>{children}</> : <Failure />;
}

function Failure() {
  useLang();
  return (
    <main class="entry" id="failure">
      <section class="sheet" role="alert">
        <h1>{say(WORDS.failed)}</h1>
        <p>{say(WORDS.failedSafe)}</p>
        <div class="acts"><button type="button" class="primary" onClick={() => location.reload()}>{say(WORDS.reload)}</button></div>
      </section>
    </main>
  );
}
