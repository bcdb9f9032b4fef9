import type { Role } from "../keys/identity.ts";
import { words, type Catalogue, type Words } from "../words/language.ts";
import type { Meeting, Poll, SpeakRequest } from "../wire.ts";
import type { Sign } from "./glyphs.ts";

export const CHOICE_WORDS: { readonly [choice in "approve" | "reject" | "abstain"]: Words } = {
  approve: words("Tán thành", "In favour"),
  reject: words("Không tán thành", "Against"),
  abstain: words("Không biểu quyết", "Abstaining"),
};

export const LINE_WORDS: { readonly [state in "good" | "weak" | "lost"]: Words } = {
  good: words("Tốt", "Good"),
  weak: words("Yếu", "Weak"),
  lost: words("Mất", "Lost"),
};

export const ROLE_WORDS: { readonly [role in Role]: Words } = {
  chair: words("Chủ tọa", "Chair"),
  secretary: words("Thư ký", "Secretary"),
  delegate: words("Đại biểu", "Delegate"),
  observer: words("Màn hình, quan sát", "Screen, observer"),
  operator: words("Người vận hành", "Operator"),
};

export const MEETING_WORDS: { readonly [state in Meeting["state"]]: Words } = {
  planned: words("Chưa khai mạc", "Not open yet"),
  open: words("Đang họp", "In session"),
  ended: words("Đã bế mạc", "Over"),
};

/** How a poll stands, to those who prepare and preside. */
export const POLL_WORDS: { readonly [state in Poll["state"]]: Words } = {
  draft: words("Đã chuẩn bị", "Prepared"),
  announced: words("Đã công bố", "Announced"),
  open: words("Đang biểu quyết", "Voting now"),
  held: words("Đang tạm dừng", "On hold"),
  closing: words("Đang chờ chữ ký", "Awaiting signatures"),
  closed: words("Đã đóng", "Closed"),
  declared: words("Đã tuyên bố", "Declared"),
  certified: words("Đã chứng nhận", "Certified"),
  voided: words("Đã hủy", "Annulled"),
};

/** What a person's sign says, in plans and figures. */
export const SIGN_WORDS: { readonly [sign in Sign]: Words } = {
  ...CHOICE_WORDS,
  none: words("Không tham gia biểu quyết", "No ballot"),
  speaking: words("Đang phát biểu", "Speaking"),
  asking: words("Đăng ký phát biểu", "Asks to speak"),
  received: words("Đã nhận phiếu", "Ballot received"),
  present: words("Có mặt", "Present"),
  lost: words("Không có kết nối", "Not connected"),
  absent: words("Vắng mặt", "Absent"),
};

export const LANE_WORDS = {
  speech: words("Phát biểu", "Speeches"),
  debate: words("Tranh luận", "Debate"),
  explanation: words("Giải trình", "Explanations"),
  presentation: words("Trình bày", "Presentations"),
  question: words("Chất vấn", "Questions"),
  question_debate: words("Tranh luận khi chất vấn", "Debate on answers"),
  point_of_order: words("Ý kiến về thủ tục", "Points of order"),
} as const satisfies Catalogue;

export const STANCE_WORDS: { readonly [stance in SpeakRequest["stance"]]: Words } = {
  for: words("Tán thành", "For"),
  against: words("Không tán thành", "Against"),
  other: words("Ý kiến khác", "Other"),
};

/** What chair and secretary both say. */
export const DESK_WORDS = {
  practice: words("Biểu quyết thử", "Practice vote"),
  sealLog: words("Niêm phong nhật ký phát biểu", "Seal the turn log"),
  sealLogMeans: words(
    "Nhật ký đến lúc này được ký và cấp thành tệp để ai cũng kiểm tra được. Phát biểu tiếp theo vẫn được ghi và niêm phong sau.",
    "The log so far is signed and issued as files that anybody can check. What is said later is logged too and can be sealed then.",
  ),
} as const satisfies Catalogue;

export const WORDS = {
  seats: words("Các ghế trong hội trường", "The seats of the hall"),
  neededMark: words("Cần {n}", "{n} needed"),
  minutes: words("{n} phút", "{n} min"),
  seconds: words("{n} giây", "{n} s"),
  line: words("Kết nối:", "Connection:"),
  timeUp: words("Hết giờ", "Time is up"),
  secondsLeft: words("Còn {n} giây", "{n} seconds left"),
  minutesLeft: words("Còn {n} phút", "{n} minutes left"),
  cancel: words("Quay lại", "Go back"),
  working: words("Đang thực hiện…", "Working…"),
  unreachable: words("Máy chủ chưa trả lời. Kiểm tra kết nối rồi thử lại.", "The server has not answered. Check the connection and try again."),
  nothingKept: words(
    "Trình duyệt này không lưu được gì (cửa sổ ẩn danh, hoặc hết chỗ), nên không giữ được khóa. Hãy mở lại trang trong cửa sổ thường, hoặc dọn bớt bộ nhớ của máy.",
    "This browser keeps nothing (a private window, or no space), so it cannot keep a key. Open the page in an ordinary window, or free some space on this device.",
  ),
  fileUnread: words("Không đọc được tệp này: tệp đã bị chuyển, bị sửa, hoặc không được phép đọc. Hãy chọn lại.", "This file cannot be read: it was moved or changed, or may not be read. Choose it again."),
  fault: words("Trang này gặp lỗi. Hãy tải lại trang.", "This page has failed. Load it again."),
  failed: words("Trang này gặp lỗi và đã dừng lại", "This page has failed, and has stopped"),
  failedSafe: words(
    "Những gì đã gửi vẫn được ghi nhận. Phiếu đã ký mà chưa gửi xong được giữ trong máy và sẽ tự gửi tiếp sau khi tải lại.",
    "What was sent stands. A ballot that was signed and is still on its way is kept on this device, and goes on by itself once the page is loaded again.",
  ),
  reload: words("Tải lại", "Load again"),
  join: words("Tham gia bằng mã mời", "Join with an invite"),
  code: words("Mã mời", "Code of the invite"),
  codeHint: words("28 ký tự, in dưới mã QR. Chữ hoa hay thường, có hay không có gạch nối đều được.", "28 characters, printed below the QR code. Capitals and dashes do not matter."),
  codeWrong: words("Mã mời có đúng 28 ký tự. Hãy xem lại mã.", "A code has exactly 28 characters. Look at it again."),
  makeKey: words("Tạo khóa trên máy này", "Make my key on this device"),
  joining: words("Đang tạo khóa…", "Making the key…"),
  keyStays: words("Khóa ký được tạo trong trình duyệt này và không bao giờ rời khỏi đây.", "The signing key is made in this browser and never leaves it."),
  who: words("Ai đang sử dụng máy này?", "Who is using this device?"),
  joinAsOther: words("Tham gia bằng mã mời khác", "Join with another invite"),
  chooseHere: words("Chọn người đã có khóa trên máy này", "Choose somebody who has a key here"),
  signingIn: words("Đang đăng nhập…", "Signing in…"),
  notReached: words("Mất kết nối với máy chủ. Máy này đang tự kết nối lại.", "The server cannot be reached. This device keeps trying by itself."),
  again: words("Thử lại", "Try again"),
  chooseOther: words("Chọn người khác", "Choose somebody else"),
  wrongRole: words("Trang này dành cho: {needed}", "This page is for: {needed}"),
  wrongRoleHas: words("{name} có vai trò: {roles}.", "{name} has the role: {roles}."),
  wrongRoleDo: words("Hãy chọn khóa khác trên máy này, hoặc xin thư ký một mã mời cho đúng vai trò.", "Choose another key on this device, or ask the secretary for an invite with the right role."),
  whichMeeting: words("Phiên họp nào?", "Which meeting?"),
  noMeeting: words("Chưa có phiên họp nào", "There is no meeting yet"),
  reasonMissing: words("Hãy ghi lý do.", "Please give the reason."),
  insecure: words("Không thể dùng ở địa chỉ này", "This cannot work at this address"),
  insecureWhy: words(
    "Trình duyệt chỉ tạo và giữ khóa ký trên kết nối an toàn (https). Trên kết nối này, phiếu và hành vi không thể được ký.",
    "A browser makes and keeps signing keys on a secure connection (https) only. On this one, no ballot and no act can be signed.",
  ),
  insecureDo: words("Hãy mở {address}. Nếu trình duyệt cảnh báo, hãy cài chứng thư gốc của cơ quan trước.", "Open {address}. If the browser warns you, install the authority of this house first."),
  toTrust: words("Cách cài chứng thư gốc", "How to install the authority"),
} as const satisfies Catalogue;
