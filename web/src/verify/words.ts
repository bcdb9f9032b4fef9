import type { Check } from "../rules/certificate.ts";
import { words, type Catalogue, type Words } from "../words/language.ts";

export type CheckName = "trust" | "file" | "qr" | "page" | "signatures" | Check;

export const CHECK_WORDS: { readonly [name in CheckName]: Words } = {
  trust: words("Chứng thư gốc đọc được và tự ký đúng", "The trust anchor is well formed and signed by itself"),
  file: words("Đọc được certificate.json", "certificate.json was read"),
  qr: words("Đúng là tệp mà mã QR nêu", "It is the file that the QR code names"),
  seal: words("Con dấu số của cơ quan, dẫn tới chứng thư gốc", "The body's seal, up to the trust anchor"),
  signatures: words("Chữ ký của thư ký, của chủ tọa và con dấu số phủ cả hai, mỗi chữ ký dẫn tới chứng thư gốc", "The secretary's and the chair's signatures, and the seal over both, each up to the trust anchor"),
  ledger: words("Mọi dòng sổ phiếu khớp với mốc đã ký", "Every ledger line is under the signed checkpoint"),
  order: words("Công bố, mở, đóng, kiểm, tuyên bố: đúng trình tự, đúng giờ", "Announced, opened, closed, counted, declared: in order and in time"),
  credentials: words("Mọi chứng thư số dẫn tới chứng thư gốc", "Every person's key leads to the trust anchor"),
  question: words("Nội dung biểu quyết do người chủ trì ký", "The question is signed by the person presiding"),
  roll: words("Danh sách đại biểu là danh sách đã chốt", "The roll is the frozen one"),
  acts: words("Mỗi thao tác có chữ ký của người có quyền", "Each act is signed by who may do it"),
  ballots: words("Mỗi phiếu có chữ ký của chính đại biểu", "Each ballot is signed by its own voter"),
  count: words("Kiểm lại phiếu bằng hai cách: số phiếu đúng", "Counted again by two roads: the counts are right"),
  page: words("Con dấu số phủ từng byte của tệp PDF; sổ phiếu đính kèm là sổ đã chứng minh", "The seal covers every byte of the PDF; the ledger attached is the one proven"),
  decision: words("Kết luận và lời công bố đúng với quy tắc", "Decision and sentence follow from the rule"),
};

export type CheckState = "passed" | "failed" | "waiting";

export const STATE_WORDS: { readonly [state in CheckState]: Words } = {
  passed: words("Đạt", "Passed"),
  failed: words("Không đạt", "Failed"),
  waiting: words("Chưa kiểm tra", "Not checked"),
};

export const WORDS = {
  title: words("Kiểm tra giấy chứng nhận kết quả", "Verify a certificate of results"),
  lead: words(
    "Mọi phép kiểm tra được tính ngay trong trình duyệt này. Không tệp nào rời khỏi thiết bị; máy chủ không được hỏi.",
    "Every check is computed in this browser. No file leaves this device; no server is asked.",
  ),
  certificate: words("Giấy chứng nhận", "Certificate"),
  certificateHint: words("certificate.pdf, certificate.json hoặc certificate.signed.json", "certificate.pdf, certificate.json or certificate.signed.json"),
  anchor: words("Chứng thư gốc tin cậy", "Trust anchor"),
  anchorHint: words("trust.pem, nhận bằng đường khác với giấy chứng nhận", "trust.pem, obtained by another way than the certificate"),
  openIt: words("Mở giấy chứng nhận để kiểm tra, hoặc thả tệp vào đây", "Open a certificate to check it, or drop the file here"),
  choose: words("Chọn tệp hoặc thả vào đây", "Choose a file or drop it here"),
  unread: words("Không đọc được tệp {name}. Xin chọn lại.", "The file {name} could not be read. Please choose it again."),
  fetchIt: words("Lấy giấy chứng nhận của mã QR này từ máy chủ", "Fetch the certificate of this QR code from the server"),
  fromHere: words("{name}, lấy từ máy chủ này", "{name}, fetched from this server"),
  anchorFromHere: words(
    "Chứng thư gốc này do chính máy chủ đưa ra. Ai không tin máy chủ thì so vân tay SHA-256 dưới đây với vân tay cơ quan đã công bố, hoặc chọn trust.pem của mình.",
    "This trust anchor was shown by the server itself. Whoever does not trust it compares the SHA-256 fingerprint below with the one that the body has made public, or chooses a trust.pem of their own.",
  ),
  working: words("Đang kiểm tra…", "Checking…"),
  valid: words("HỢP LỆ: mọi điều trong đó đã được chứng minh", "VALID: everything in it is proven"),
  validSigned: words("HỢP LỆ: kết quả và các chữ ký đã được chứng minh", "VALID: the result and the signatures are proven"),
  invalid: words("KHÔNG HỢP LỆ", "NOT VALID"),
  fault: words("Trang này gặp lỗi và không kết luận được.", "This page failed and can conclude nothing."),
  checks: words("Các phép kiểm tra", "Checks"),
  counts: words("Số phiếu", "Counts"),
  needed: words("Cần để thông qua", "Needed to carry"),
  took: words("Tham gia biểu quyết", "Took part"),
  about: words("Giấy chứng nhận này", "This certificate"),
  body: words("Cơ quan", "Body"),
  question: words("Nội dung", "Question"),
  presiding: words("Người chủ trì", "Presiding"),
  issued: words("Cấp lúc", "Issued at"),
  hash: words("SHA-256 của certificate.json", "SHA-256 of certificate.json"),
  own: words("Phiếu của tôi", "My ballot"),
  ownHint: words("Họ tên, mã đại biểu, số ghế hoặc mã phiếu", "Name, member id, seat or ballot code"),
  ownNone: words("Không có ai như vậy trong danh sách đại biểu.", "Nobody on the roll is meant by this."),
  ownSeveral: words("{n} đại biểu khớp. Chọn một:", "{n} members match. Choose one:"),
  ownMore: words("và {n} đại biểu nữa: xin gõ thêm", "and {n} more: please type on"),
  ownReplaced: words("Mã này là của phiếu trước khi đại biểu đổi lựa chọn. Phiếu được tính:", "This code is of a ballot that the member changed later. The one that counts:"),
  ownNoBallot: words("Có trong danh sách, không có phiếu.", "On the roll, without a ballot."),
  pageUnchecked: words("CHƯA KẾT LUẬN VỀ CHỮ KÝ: chỉ giấy chứng nhận đính kèm đã được chứng minh", "NOT CONCLUDED: only the attached certificate is proven"),
  pageUncheckedHow: words(
    "Trang này không kiểm được chữ ký của người trên tệp PDF, cũng không kiểm được những gì được thêm vào sau khi ký. Xin thả certificate.signed.json vào đây, hoặc chạy: plenary verify certificate.signed.pdf --trust trust.pem --tsa-trust tsa.pem",
    "This page cannot check who signed the pages of the PDF, nor what was added to it after they signed. Drop certificate.signed.json here, or run: plenary verify certificate.signed.pdf --trust trust.pem --tsa-trust tsa.pem",
  ),
  signers: words("Người đã ký", "Who signed"),
  signedAt: words("{at}, theo giờ của thiết bị người ký", "{at}, by the signer's own clock"),
  stampsUnchecked: words(
    "Trang này không kiểm dấu thời gian và tình trạng thu hồi của các chứng thư số đã ký. Muốn kiểm, xin chạy: plenary verify certificate.signed.json --trust trust.pem --tsa-trust tsa.pem",
    "This page does not check time-stamps, nor whether a signing certificate was revoked. To check these, run: plenary verify certificate.signed.json --trust trust.pem --tsa-trust tsa.pem",
  ),
  unstamped: words("Không có dấu thời gian đứng sau các chữ ký này.", "No time-stamp stands behind these signatures."),
  otherChair: words("Người ký ở vị trí chủ tọa không phải người đã công bố kết quả.", "Who signed as chair is not who declared the result."),
  ownRevoked: words(
    "Phiếu không được tính: chứng thư số của tổ chức chứng thực khác đã bị thu hồi từ {at}, trước khi bỏ phiếu.",
    "The ballot does not count: the certificate of the other authority was revoked at {at}, before it was cast.",
  ),
  ownUnknown: words("Chưa rõ trạng thái chứng thư số của tổ chức chứng thực khác; phiếu vẫn được tính.", "Nobody could tell about the certificate of the other authority; the ballot counts."),
  ownExcluded: words("Phiếu không được tính: chưa rõ trạng thái chứng thư số của tổ chức chứng thực khác.", "The ballot does not count: nobody could tell about the certificate of the other authority."),
  neededOf: words("{needed}/{whole} {base}", "{needed}/{whole} of {base}"),
  ownBallot: words("{choice}, dòng {line} của sổ phiếu, mã phiếu {code}", "{choice}, line {line} of the ledger, ballot code {code}"),
  pageTitle: words("Kiểm tra giấy chứng nhận kết quả – Plenary", "Verify a certificate of results – Plenary"),
} as const satisfies Catalogue;
