import { words, type Catalogue } from "../words/language.ts";

/** On the phone before anybody wants a signing service. */
export const DOOR_WORDS = {
  own: words("Dịch vụ ký số", "Signing services"),
  ownShow: words("Ký bằng dịch vụ ký số (VNPT SmartCA, MySign…)", "Sign with a signing service (VNPT SmartCA, MySign…)"),
} as const satisfies Catalogue;
