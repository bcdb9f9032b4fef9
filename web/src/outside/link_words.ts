import { words, type Catalogue } from "../words/language.ts";

/** What came of linking a key. */
export const STATE_WORDS = {
  declined: words("Yêu cầu đã bị từ chối tại {service}. Chưa liên kết.", "It was refused at {service}. Nothing is linked."),
  expired: words("Đã quá hạn xác nhận với {service}. Chưa liên kết.", "It was not confirmed with {service} in time. Nothing is linked."),
  failed: words("{service} không ký được. Chưa liên kết.", "{service} could not sign it. Nothing is linked."),
} as const satisfies Catalogue;

/** Of linking a key at a signing service. */
export const LINK_WORDS = {
  what: words(
    "Nếu có chứng thư số tại một dịch vụ ký từ xa, đại biểu có thể liên kết để ký phiếu bằng dịch vụ đó. Khóa trên máy này vẫn dùng để đăng nhập và phát biểu; khi khóa này hết hiệu lực, liên kết cũng hết.",
    "Whoever has a certificate at a remote signing service can link it, and sign ballots with that service. The key on this device is still used to sign in and to speak; when it ends, the link ends with it.",
  ),
  none: words("Cơ quan chưa thiết lập dịch vụ ký số nào.", "This house has no signing service set up."),
  linked: words("Đã liên kết. Từ lần biểu quyết tới có thể ký bằng dịch vụ này.", "Linked. From the next vote on you can sign with this service."),
  link: words("Liên kết chứng thư số", "Link a certificate"),
  linkAnother: words("Liên kết chứng thư số khác", "Link another certificate"),
  keyOf: words("Chứng thư số của {name}, dùng được đến {day}.", "Certificate of {name}, good until {day}."),
  remove: words("Thôi liên kết", "Unlink"),
  removeTitle: words("Thôi ký bằng {service}?", "Sign no more with {service}?"),
  removeMeans: words("Phiếu đã ghi nhận vẫn giữ nguyên hiệu lực. Có thể liên kết lại sau.", "Ballots that are recorded stand. It can be linked again later."),
  which: words("Dịch vụ ký số", "Signing service"),
  user: words("Số CCCD hoặc số điện thoại đã đăng ký với {service}", "Identity or telephone number registered with {service}"),
  userHint: words("Chỉ dùng để hỏi dịch vụ; không hiện cho người khác.", "Only used to ask the service; shown to nobody else."),
  find: words("Tìm chứng thư số", "Find my certificates"),
  finding: words("Đang hỏi dịch vụ…", "Asking the service…"),
  chooseKey: words("Chọn chứng thư số", "Choose the certificate"),
  noKeys: words("{service} không có chứng thư số nào dùng được cho số này.", "{service} has no certificate of this number that can be used."),
  serial: words("Số {id}, đến {day}", "No. {id}, until {day}"),
  chooseMeans: words("Dịch vụ sẽ hỏi chủ chứng thư số, trong ứng dụng hoặc trên trang của dịch vụ.", "The service will ask the holder of the certificate to confirm, in its app or on its page."),
  sending: words("Đang gửi yêu cầu tới {service}…", "Sending the request to {service}…"),
  waiting: words("Đang chờ xác nhận với {service}.", "Waiting for it to be confirmed with {service}."),
  until: words("Còn lại để xác nhận:", "Left to confirm:"),
  again: words("Thử lại", "Try again"),
  back: words("Nhập số khác", "Another number"),
  cancel: words("Hủy", "Cancel"),
} as const satisfies Catalogue;
