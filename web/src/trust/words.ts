import { words, type Catalogue, type Words } from "../words/language.ts";

export const WORDS = {
  pageTitle: words("Cài chứng thư của phòng họp – Plenary", "Trust this meeting room – Plenary"),
  title: words("Cài chứng thư của phòng họp", "Install the certificate of this meeting room"),
  lead: words(
    "Làm một lần trên mỗi máy, khoảng hai phút. Từ đó máy nhận ra đúng máy chủ của phòng họp và mới tạo được khóa ký phiếu.",
    "Once on each device, about two minutes. From then on the device knows the server of this room, and can make a key that signs ballots.",
  ),
  plain: words("Kết nối này không dùng để biểu quyết được", "No one can vote over this connection"),
  plainWhy: words(
    "Địa chỉ bắt đầu bằng http:// không được mã hóa: ai trong mạng cũng đọc và sửa được, và trình duyệt không cho tạo khóa ký. Hãy cài chứng thư theo các bước dưới đây rồi mở địa chỉ https.",
    "An address that begins with http:// is not encrypted: anyone on the network can read and change it, and browsers make no signing keys there. Install the certificate as below, then open the https address.",
  ),
  plainGo: words("Địa chỉ này bắt đầu bằng http:// và không được mã hóa. Hãy vào bằng địa chỉ https.", "This address begins with http:// and is not encrypted. Come in by the https address."),
  enter: words("Vào {address}", "Go to {address}"),
  nothing: words("Không phải cài gì", "There is nothing to install"),
  nothingWhy: words("Máy chủ này có chứng thư của cơ quan, được trình duyệt nhận ra.", "This server has a certificate of its own body, which browsers know."),
  download: words("Tải và cài chứng thư", "Download and install the certificate"),
  compare: words("So dấu vân tay", "Compare the fingerprint"),
  compareWhy: words(
    "Máy đang cài phải hiện đúng 32 cặp này. Hãy so với tờ giấy của thư ký hoặc màn hình hội trường, không chỉ so với trang này: kẻ giả mạo mạng cũng giả được trang này. Khác dù một cặp: dừng lại và báo thư ký.",
    "Your device must show these 32 pairs. Compare with the secretary’s paper or the hall’s screen, not with this page alone: who forges the network forges this page too. If one pair differs, stop and tell the secretary.",
  ),
  fingerprint: words("Dấu vân tay SHA-256", "SHA-256 fingerprint"),
  system: words("Máy này là", "Your device"),
  done: words("Xong thì vào phòng họp", "Then enter the meeting room"),
  doneWhy: words("Trình duyệt không được cảnh báo gì. Nếu còn cảnh báo, đừng bấm bỏ qua: chứng thư chưa được tin, hoặc đây không phải máy chủ của phòng họp.", "The browser must not warn you. If it does, do not go past the warning: the certificate is not trusted yet, or this is not the room’s server."),
  about: words("Chứng thư này làm được gì", "What this certificate can do"),
  aboutWhy: words(
    "Nó chỉ xác nhận các địa chỉ của mạng nội bộ, không xác nhận trang nào khác trên Internet. Phiếu và khóa ký không dựa vào nó. Sau nhiệm kỳ có thể gỡ ở đúng nơi đã cài.",
    "It vouches for addresses of the local network only, for no other site on the Internet. Ballots and keys do not rest on it. When it is no longer needed, remove it where it was installed.",
  ),
} as const satisfies Catalogue;

export type System = "ios" | "android" | "windows" | "macos";

export const SYSTEM_WORDS = {
  ios: words("iPhone, iPad", "iPhone, iPad"),
  android: words("Android", "Android"),
  windows: words("Windows", "Windows"),
  macos: words("macOS", "macOS"),
} as const satisfies Catalogue;

export const FILE_WORDS = {
  ios: words("Tải hồ sơ (.mobileconfig)", "Download the profile (.mobileconfig)"),
  android: words("Tải tệp plenary-ca.crt", "Download plenary-ca.crt"),
  windows: words("Tải tệp plenary-ca.crt", "Download plenary-ca.crt"),
  macos: words("Tải tệp plenary-ca.crt", "Download plenary-ca.crt"),
} as const satisfies Catalogue;

/** What is done after the file is there, step by step. */
export const STEPS: { readonly [system in System]: readonly Words[] } = {
  ios: [
    words("Mở trang này bằng Safari, bấm nút tải ở trên, chọn “Cho phép”.", "Open this page in Safari, tap the download above, choose “Allow”."),
    words("Mở Cài đặt, chọn “Đã tải về hồ sơ” ở trên cùng.", "Open Settings and tap “Profile Downloaded” at the top."),
    words("Chọn “Thông tin khác”, mở chứng thư và so dấu vân tay SHA-256.", "Tap “More Details”, open the certificate and compare the SHA-256 fingerprint."),
    words("Quay lại, chọn “Cài đặt” và nhập mật mã của máy.", "Go back, tap “Install” and enter the device’s passcode."),
    words("Vào Cài đặt › Cài đặt chung › Giới thiệu › Cài đặt tin cậy chứng nhận, bật công tắc cạnh tên “Plenary – …”.", "Go to Settings › General › About › Certificate Trust Settings and switch on “Plenary – …”."),
  ],
  android: [
    words("Bấm nút tải ở trên và giữ tệp lại.", "Tap the download above and keep the file."),
    words("Mở Cài đặt và tìm “Chứng chỉ CA” (thường ở Bảo mật và quyền riêng tư › Cài đặt bảo mật khác › Cài đặt từ bộ nhớ của thiết bị).", "Open Settings and search “CA certificate” (mostly in Security & privacy › More security settings › Install from device storage)."),
    words("Chọn “Chứng chỉ CA”, rồi “Vẫn cài đặt”, nhập mã khóa màn hình và chọn tệp plenary-ca.crt.", "Choose “CA certificate”, then “Install anyway”, enter the screen lock and pick plenary-ca.crt."),
    words("Vào Thông tin xác thực đáng tin cậy › Người dùng, mở “Plenary – …” và so dấu vân tay SHA-256.", "Go to Trusted credentials › User, open “Plenary – …” and compare the SHA-256 fingerprint."),
    words("Dùng Chrome. Android sẽ nhắc “Mạng có thể bị theo dõi”: đó là lời nhắc chung cho mọi chứng thư tự cài.", "Use Chrome. Android will say “Network may be monitored”: it says so of every certificate that is installed by hand."),
  ],
  windows: [
    words("Bấm nút tải ở trên.", "Click the download above."),
    words("Trong thư mục có tệp, mở cửa sổ lệnh, gõ: certutil -hashfile plenary-ca.crt SHA256, rồi so dấu vân tay.", "In the file’s folder open a command window, type: certutil -hashfile plenary-ca.crt SHA256, and compare the fingerprint."),
    words("Bấm đúp vào tệp, chọn “Install Certificate…”, “Current User”, “Next”.", "Double-click the file, choose “Install Certificate…”, “Current User”, “Next”."),
    words("Chọn “Place all certificates in the following store”, bấm “Browse…”, chọn “Trusted Root Certification Authorities”.", "Choose “Place all certificates in the following store”, “Browse…”, “Trusted Root Certification Authorities”."),
    words("Bấm “Next”, “Finish”, “Yes”, rồi mở lại trình duyệt.", "Click “Next”, “Finish”, “Yes”, and restart the browser."),
  ],
  macos: [
    words("Bấm nút tải ở trên và mở tệp: Truy cập chuỗi khóa (Keychain Access) hiện ra.", "Click the download above and open the file: Keychain Access appears."),
    words("Thêm vào chuỗi khóa “đăng nhập” (login).", "Add it to the “login” keychain."),
    words("Bấm đúp vào “Plenary – …”, mở phần chi tiết và so dấu vân tay SHA-256.", "Double-click “Plenary – …”, open the details and compare the SHA-256 fingerprint."),
    words("Mở phần “Tin cậy” (Trust), chọn “Luôn tin cậy” (Always Trust), đóng cửa sổ và nhập mật khẩu.", "Open “Trust”, choose “Always Trust”, close the window and enter your password."),
  ],
};
