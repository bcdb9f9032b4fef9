import { words, type Catalogue } from "../words/language.ts";

/** Of persons who sign a certificate, or minutes. */
export const WORDS = {
  heading: words("Chữ ký trên giấy chứng nhận", "Signatures on the certificate"),
  headingMinutes: words("Chữ ký trên biên bản phiên họp", "Signatures on the minutes"),
  minutes: words("Biên bản phiên họp, lần {n}", "Minutes of the sitting, edition {n}"),
  signedBy: words("{name}, {time}", "{name}, {time}"),
  insteadOf: words("ký thay {name}: {reason}", "instead of {name}: {reason}"),
  notYet: words("chưa ký", "not yet"),
  stampAwaited: words("Đã nhận chữ ký; đang chờ dấu thời gian.", "The signature is kept; its time-stamp is awaited."),
  sealAwaited: words("Đủ chữ ký; hệ thống đang đóng dấu số của cơ quan.", "Both have signed; the body’s seal follows by itself."),
  trouble: words("Chưa tiếp tục được, hệ thống sẽ tự thử lại ({code}).", "It does not go on just now and is tried again ({code})."),
  done: words("Bản có chữ ký đã hoàn tất ({level}).", "The signed edition is complete ({level})."),
  testTime: words(
    "THỬ NGHIỆM: dấu thời gian do hệ thống tự cấp để thử, không có giá trị chứng minh.",
    "TRIAL: the time-stamps are our own, for trying it out; they prove nothing.",
  ),
  signedPdf: words("Bản có chữ ký (PDF)", "Signed edition (PDF)"),
  lookAndSign: words("Xem và ký", "Look and sign"),
  lookAndSignWith: words("Xem và ký bằng {service}", "Look and sign with {service}"),
  signWith: words("Ký bằng {service}", "Sign with {service}"),
  thePage: words("Trang ký", "Page"),
  theStatement: words("Nội dung số", "Statement"),
  confirming: words("Đang chờ xác nhận trong ứng dụng {service}: một lần cho cả hai.", "Waiting for it to be confirmed in the {service} app, once for both."),
  silent: words("{service} chưa trả lời; hệ thống tự hỏi lại.", "{service} does not answer; it is asked again by itself."),
  mayLeave: words("Có thể rời trang này: chữ ký sẽ tự được nhận khi đã xác nhận. Còn lại:", "You may leave this page: the signatures are taken by themselves once confirmed. Left:"),
  insteadTitle: words("Ký thay người đã công bố kết quả", "Sign instead of who declared the result"),
  insteadWhy: words("Vì sao ký thay {name} (được ghi lại)", "Why instead of {name} (it is recorded)"),
  goOn: words("Tiếp tục", "Go on"),
  signTitle: words("Ký giấy chứng nhận kết quả", "Sign the certificate of a result"),
  signMinutesTitle: words("Ký biên bản phiên họp", "Sign the minutes of the sitting"),
  checking: words("Đang kiểm tra nội dung và trang sẽ ký…", "Checking the content and the page to be signed…"),
  checked: words("Máy này đã tự kiểm tra:", "This device has checked for itself:"),
  checkedCertificate: words("Giấy chứng nhận: dấu số, mọi phiếu, số kiểm và kết luận.", "The certificate: seal, every ballot, count and decision."),
  checkedPage: words("Trang sẽ ký mang đúng giấy chứng nhận đó; toàn bộ trang được ký.", "The page carries that very certificate; all of it is signed."),
  checkedMinutes: words("Biên bản: dấu số; mọi cuộc biểu quyết trong sổ phiếu đều được nêu, đúng chữ ký; danh sách đại biểu.", "The minutes: seal; every poll of the ledger is named, genuinely signed; the roll."),
  checkedPageOfMinutes: words("Trang sẽ ký mang đúng biên bản đó; toàn bộ trang được ký.", "The page carries those very minutes; all of it is signed."),
  editionOf: words("lần {n}", "edition {n}"),
  attended: words("Có mặt {n}/{all} đại biểu.", "{n} of {all} attended."),
  spoken: words("{n} lượt phát biểu.", "{n} turns."),
  practice: words("Biểu quyết thử.", "Practice."),
  annulled: words("đã hủy: {reason}", "annulled: {reason}"),
  undecided: words("chưa có kết quả.", "no result."),
  checkedNothingElse: words("Ngoài trang và nội dung này, không ký thêm gì.", "Nothing is signed beside this page and this content."),
  counts: words("Tán thành {approve}; không tán thành {reject}; không biểu quyết {abstain}.", "In favour {approve}; against {reject}; not voting {abstain}."),
  openPage: words("Mở trang sẽ ký (PDF)", "Open the page to be signed (PDF)"),
  again: words("Bắt đầu lại", "Begin again"),
  sign: words("Ký bằng khóa trên máy này", "Sign with the key on this device"),
} as const satisfies Catalogue;

/** Why a service gave no signatures. */
export const PAIR_WORDS = {
  declined: words("Yêu cầu ký đã bị từ chối trong ứng dụng {service}. Chưa ký gì.", "It was refused in the {service} app. Nothing is signed."),
  expired: words("Đã quá hạn xác nhận trong ứng dụng {service}. Chưa ký gì.", "It was not confirmed in the {service} app in time. Nothing is signed."),
  failed: words("{service} không ký được. Chưa ký gì.", "{service} could not sign. Nothing is signed."),
} as const satisfies Catalogue;

export const PLACES = {
  secretary: words("Thư ký", "Secretary"),
  chair: words("Chủ tọa", "Chair"),
} as const satisfies Catalogue;
