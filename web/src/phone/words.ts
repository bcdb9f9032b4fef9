import type { Choice } from "../rules/ballot.ts";
import { words, type Catalogue, type Words } from "../words/language.ts";

/** One line of what each choice means; the words on the button itself are the chair's, signed. */
export const MEANING_WORDS: { readonly [choice in Choice]: Words } = {
  approve: words("Đồng ý thông qua.", "You want this to be adopted."),
  reject: words("Không đồng ý thông qua.", "You do not want this to be adopted."),
  abstain: words("Tham gia, không chọn bên nào.", "You take part, without taking a side."),
};

/** What is wrong with what the server says, in plain words; what to do is said below it. */
export const ALARM_WORDS = {
  changed: words("Nội dung biểu quyết đã bị sửa sau khi chủ tọa ký: tiêu đề, các lựa chọn hoặc thứ tự của chúng.", "The question was changed after the chair signed it: its text, its choices, or their order."),
  title: words("Tiêu đề máy chủ gửi tới khác với tiêu đề chủ tọa đã ký.", "The title that the server shows is not the one that the chair signed."),
  signer: words("Nội dung này do người khác ký, không phải chủ tọa điều hành.", "This question was signed by somebody else than the person presiding."),
  stranger: words("Khóa của người ký không thuộc cơ quan mà máy này đã đăng ký.", "The signer's key is not of the body with which this phone enrolled."),
  elsewhere: words("Nội dung này thuộc cuộc biểu quyết hoặc phiên họp khác.", "This question belongs to another vote or meeting."),
  oldReceipt: words("Máy chủ gửi lại một xác nhận cũ, không phải của phiếu vừa gửi.", "The server sent an old receipt again, not one of the ballot just sent."),
  otherReceipt: words("Xác nhận này là của một phiếu khác, không phải phiếu vừa gửi.", "This receipt is of another ballot than the one just sent."),
  ledgerKey: words("Sổ phiếu có khóa khác với khóa mà máy này đã ghi nhớ, hoặc sổ không do khóa ấy ký.", "The ledger shows another key than the one this phone holds fast, or was not signed by it."),
  proof: words("Xác nhận không chứng minh được phiếu nằm trong sổ.", "The receipt does not prove that the ballot stands in the ledger."),
  result: words("Kết quả máy chủ gửi tới không khớp với nội dung biểu quyết chủ tọa đã ký hoặc với chính số phiếu của nó.", "The result that the server shows does not follow from the question that the chair signed, or from its own figures."),
  other: words("Điều máy chủ gửi tới không kiểm chứng được.", "What the server sent cannot be proven."),
} as const satisfies Catalogue;

export const STATE_WORDS = {
  absent: words("Chưa điểm danh", "Not checked in"),
  present: words("Đã điểm danh", "Checked in"),
} as const satisfies Catalogue;

export const LEAVE_WORDS = {
  meeting: words("Chọn phiên họp khác", "Another meeting"),
  person: words("Đổi người dùng", "Somebody else"),
} as const satisfies Catalogue;

export const TAB_WORDS = {
  vote: words("Biểu quyết", "Vote"),
  agenda: words("Chương trình", "Agenda"),
  speak: words("Phát biểu", "Speak"),
  mine: words("Phiếu của tôi", "My votes"),
} as const satisfies Catalogue;

export const WORDS = {
  pageTitle: words("Biểu quyết – Plenary", "Vote – Plenary"),
  title: words("Biểu quyết", "Vote"),
  tabs: words("Các phần", "Sections"),
  away: words("Đang kết nối tới phiên họp…", "Connecting to the meeting…"),

  // The way out.
  leaveKeeps: words("Khóa ký và các phiếu vẫn được giữ trên máy này.", "The signing key and the ballots stay on this phone."),
  leaveSending: words("Có phiếu đang được gửi", "A ballot is on its way"),
  leaveSendingWhat: words(
    "Nếu rời đi bây giờ, phiếu được giữ trên máy này nhưng chỉ được gửi tiếp khi chính người này vào lại. Nếu biểu quyết đóng trước lúc đó, phiếu có thể không được ghi nhận.",
    "If you leave now, the ballot is kept on this phone, but goes on only when this very person comes back. Should the vote close before, it may not be recorded.",
  ),
  stay: words("Ở lại", "Stay here"),

  // The way in on an iPhone.
  iphone: words("Trên iPhone, hãy thêm vào Màn hình chính trước", "On an iPhone, add this to the Home Screen first"),
  iphoneWhy: words(
    "Safari xóa khóa của trang không mở trong 7 ngày. Ứng dụng trên Màn hình chính giữ khóa lâu dài, và có kho riêng: vì vậy hãy thêm trước, rồi mới nhập mã mời ở đó.",
    "Safari forgets the keys of pages not opened for 7 days. The app on the Home Screen keeps them, in a store of its own: so add it first, and give the invite there.",
  ),
  iphoneCopy: words("Chép mã mời", "Copy the invite"),
  iphoneCopied: words("Đã chép mã mời", "The invite is copied"),
  iphoneAdd: words("Bấm nút Chia sẻ của Safari, chọn “Thêm vào MH chính”.", "Press Safari's Share button, choose “Add to Home Screen”."),
  iphonePaste: words("Mở biểu tượng Biểu quyết, dán mã mời.", "Open the new icon and paste the invite."),
  iphoneHere: words("Tiếp tục ngay tại đây", "Go on here all the same"),

  // Checking in.
  checkIn: words("Điểm danh", "Check in"),
  checkInWhat: words("Báo với phiên họp rằng đại biểu đang có mặt.", "Tell the meeting that you are here."),
  checkInDo: words("Tôi có mặt", "I am here"),
  checkingIn: words("Đang báo có mặt…", "Checking in…"),
  notOpen: words("Phiên họp chưa khai mạc.", "The meeting has not begun."),
  ended: words("Phiên họp đã bế mạc.", "The meeting is over."),

  // Whether one votes.
  none: words("Hiện không có cuộc biểu quyết nào đang mở", "No vote is open now"),
  noneWhat: words("Khi chủ tọa mở biểu quyết, nội dung sẽ hiện ngay tại đây.", "When the chair opens a vote, it will be here at once."),
  unknown: words("Chưa biết có cuộc biểu quyết nào đang mở hay không", "It is not known whether a vote is open"),
  unknownWhat: words("Máy này đang mất liên lạc với phiên họp và đang tự kết nối lại.", "This phone has lost touch with the meeting, and is coming back by itself."),
  mayBeOld: words("Kết nối đang gián đoạn: điều hiện ở đây có thể đã cũ.", "The connection is interrupted: what is shown may be old."),
  announced: words("Sắp biểu quyết", "About to be voted on"),
  announcedWhat: words("Chủ tọa đã công bố; chưa thể biểu quyết.", "Announced by the chair; one cannot vote yet."),
  opened: words("Đang mở biểu quyết", "Voting is open"),
  held: words("Chủ tọa đang tạm dừng biểu quyết", "The chair has put the vote on hold"),
  heldWhat: words("Đồng hồ tạm dừng. Có thể biểu quyết khi chủ tọa cho tiếp tục.", "The clock stands. You can vote when the chair goes on."),
  closed: words("Đã đóng biểu quyết", "Voting is closed"),
  closingWhat: words(
    "Đã kết thúc biểu quyết. Còn chờ {n} phiếu đã gửi ký từ trước; sau đó mới kiểm phiếu.",
    "Voting has ended. Ballots that were sent for signing before are awaited ({n}); then the votes are counted.",
  ),
  closedWhat: words("Đang kiểm phiếu, chờ chủ tọa tuyên bố kết quả.", "The votes are being counted; the chair will declare the result."),
  alarmed: words("Hai lần kiểm phiếu không khớp: không công bố kết quả.", "The two counts differ: no result is declared."),
  result: words("Kết quả biểu quyết", "Result of the vote"),
  voided: words("Cuộc biểu quyết đã bị hủy", "The vote was annulled"),
  practice: words("BIỂU QUYẾT THỬ: kết quả không có giá trị.", "PRACTICE VOTE: its result counts for nothing."),
  noClock: words("Không giới hạn thời gian", "No time limit"),
  left: words("Còn lại", "Time left"),

  // The question and the choice.
  figuresTold: words("Số phiếu theo máy chủ. Khi có giấy chứng nhận, máy này kiểm tra được đến từng phiếu.", "The figures are the server's. Once there is a certificate, this phone can check them to the last ballot."),
  figuresPractice: words("Số phiếu theo máy chủ; biểu quyết thử không có giấy chứng nhận.", "The figures are the server's; a practice vote has no certificate."),
  figuresCheck: words("Kiểm tra số phiếu từ giấy chứng nhận", "Check the figures, from the certificate"),
  figuresProven: words("Đúng: giấy chứng nhận chứng minh kết quả này đến từng phiếu.", "Right: the certificate proves this result to the last ballot."),
  checkingResult: words("Đang kiểm tra kết quả…", "Checking the result…"),
  checking: words("Đang kiểm tra chữ ký của chủ tọa…", "Checking the chair's signature…"),
  presiding: words("Chủ tọa {name} đã ký nội dung này", "Signed by the chair, {name}"),
  newcomer: words(
    "Người điều hành là {name}, khác với trước đó ({before}). Chỉ biểu quyết nếu đúng là {name} đang chủ tọa.",
    "{name} presides, not {before} as before. Vote only if it is {name} who sits in the chair.",
  ),
  papers: words("Tài liệu", "Papers"),
  wholeText: words("Đọc toàn văn", "Read the whole text"),
  choose: words("Lựa chọn của tôi", "Your choice"),
  review: words("Xem lại trước khi ký", "Look again before you sign"),
  yourChoice: words("Tôi chọn", "You choose"),
  sign: words("Ký và gửi phiếu", "Sign and send"),
  back: words("Chọn lại", "Choose again"),
  mayChange: words("Có thể đổi lựa chọn cho đến khi đóng biểu quyết.", "You may change it until the vote is closed."),
  mayNotChange: words("Sau khi gửi, không đổi được nữa.", "Once sent, it cannot be changed."),

  // On its way.
  signing: words("Đang ký", "Signing"),
  signed: words("Đã ký", "Signed"),
  send: words("Gửi đi", "Send"),
  sending: words("Đang gửi", "Sending"),
  sendingAgain: words("Chưa có trả lời, đang tự gửi lại (lần {n}). Phiếu đã được giữ trong máy: có thể khóa màn hình.", "No answer yet, sending again (try {n}). The ballot is kept on this phone: you may lock the screen."),
  waitingHeld: words("Biểu quyết đang tạm dừng: phiếu sẽ tự gửi khi tiếp tục.", "The vote is on hold: the ballot will go by itself when it goes on."),
  elsewhere: words("Phiếu đang được gửi ở một cửa sổ khác trên máy này. Cửa sổ này đang theo dõi.", "The ballot is being sent in another window on this phone. This one follows it."),
  sent: words("Đã gửi", "Sent"),
  recorded: words("ĐÃ GHI NHẬN", "RECORDED"),
  recordedStep: words("Ghi nhận", "Recorded"),
  at: words("Lúc", "At"),
  code: words("Mã phiếu", "Ballot code"),
  line: words("Dòng của sổ phiếu", "Line of the ledger"),
  change: words("Đổi lựa chọn", "Change my vote"),
  keep: words("Giữ nguyên lựa chọn cũ", "Keep it as it is"),
  notTaken: words("Phiếu KHÔNG được ghi nhận", "The ballot was NOT recorded"),
  sendAgain: words("Gửi lại cùng phiếu này", "Send the same ballot again"),
  chooseAgain: words("Chọn lại", "Choose again"),
  notRecorded: words("Chưa thể coi là đã ghi nhận", "This cannot be called recorded"),
  lost: words("Máy chủ đã mất phiếu này; đã gửi lại.", "Lost by the server; sent again."),
  already: words("Đã biểu quyết bằng khóa khác; phiếu ấy hiện dưới đây.", "You have voted with another key; that ballot is shown below."),

  // Something is wrong.
  alarm: words("Dừng lại: có điều không đúng", "Stop: something is not right"),
  alarmDo: words("Đừng biểu quyết trên máy này. Hãy báo ngay cho chủ tọa hoặc thư ký, và đưa họ xem màn hình này.", "Do not vote on this phone. Tell the chair or the secretary at once, and show them this screen."),
  alarmAgain: words("Kiểm tra lại", "Check again"),

  // Agenda.
  noAgenda: words("Chưa có chương trình", "There is no agenda yet"),

  // One's own turn.
  called: words("Mời đại biểu phát biểu", "You have the floor"),
  calledWhat: words("Đồng hồ chạy khi chủ tọa cho bắt đầu.", "The clock runs when the chair starts it."),
  yourTurn: words("Lượt phát biểu của tôi", "You are speaking"),
  paused: words("Đồng hồ tạm dừng", "The clock stands"),
  noLimit: words("Không giới hạn thời gian", "No time limit"),
  half: words("Còn dưới 30 giây", "Less than 30 seconds left"),
  quarter: words("Còn dưới 15 giây", "Less than 15 seconds left"),
  over: words("Hết giờ", "Time is up"),

  // One's own votes.
  ownId: words("Mã đại biểu:", "Delegate id:"),
  noVotes: words("Chưa có phiếu nào trên máy này", "No ballots on this phone yet"),
  underWay: words("Đang gửi", "On its way"),
  superseded: words("Đã thay bằng phiếu sau", "Replaced by a later one"),
  recheck: words("Kiểm tra lại từ giấy chứng nhận", "Check again, from the certificate"),
  rechecking: words("Đang kiểm tra toàn bộ giấy chứng nhận…", "Checking the whole certificate…"),
  rechecked: words("Đúng: phiếu này nằm ở dòng {n} và được tính trong kết quả.", "Right: this ballot stands in line {n} and was counted."),
  noCertificate: words("Chưa có giấy chứng nhận kết quả.", "There is no certificate yet."),
} as const satisfies Catalogue;
