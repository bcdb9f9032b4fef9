import { words, type Catalogue } from "../words/language.ts";

/** On the phone before anybody wants a signing service. */
export const DOOR_WORDS = {
  joining: words("Có chứng thư số tại VNPT SmartCA, MySign…? Tạo khóa trên máy trước, rồi liên kết ở mục Phiếu của tôi để ký phiếu bằng ứng dụng đó.", "A certificate at VNPT SmartCA, MySign…? Make the key first, then link it under My votes to sign ballots in that app."),
  own: words("Dịch vụ ký số", "Signing services"),
  ownShow: words("Ký bằng dịch vụ ký số (VNPT SmartCA, MySign…)", "Sign with a signing service (VNPT SmartCA, MySign…)"),
} as const satisfies Catalogue;
