"""How a lesson should speak: short sentences, no foreign words. Advice, never a refusal. Pure."""

import re
from dataclasses import dataclass

MAX_WORDS = 12
# What learners do not understand, and what to say instead (learner-screens, rule 12).
BANNED = {
    "click": "bấm",
    "kích chuột": "bấm",
    "nhấp chuột": "bấm",
    "upload": "gửi lên",
    "download": "tải về",
    "login": "đăng nhập",
    "log in": "đăng nhập",
    "logout": "đăng xuất",
    "password": "mật khẩu",
    "otp": "mã xác nhận",
    "link": "đường dẫn",
    "app": "ứng dụng",
    "online": "trên mạng",
    "offline": "không có mạng",
    "website": "trang mạng",
    "web": "trang mạng",
    "email": "thư điện tử",
    "menu": "danh mục",
    "icon": "hình nhỏ",
    "scan": "quét",
    "setting": "cài đặt",
    "settings": "cài đặt",
    "user": "người dùng",
    "tab": "ô",
    "scroll": "vuốt lên xuống",
    "smartphone": "điện thoại thông minh",
    "internet": "mạng",
    "video call": "gọi thấy mặt",
    "livestream": "bán hàng trực tiếp",
}
_SENTENCE_END = re.compile(r"(?<=[.!?…])[”\"']?\s+|\n+")
_WORD = re.compile(r"[^\W_]+(?:[-'’/.,:][^\W_]+)*")


@dataclass(frozen=True)
class Complaint:
    """One thing that a reader may stumble over."""

    # long, banned, no_words, narrow, stale_audio, no_audio, heavy or few_questions
    kind: str
    text: str
    better: str = ""
    # How many words, pixels, parts or kilobytes.
    words: int = 0
    # The id of the screen or question.
    block: str = ""


def complaints_about(text: str, language: str = "vi") -> list[Complaint]:
    """Return what in ``text`` is too long, or too foreign, for somebody of eighty."""
    found = []
    for sentence in _SENTENCE_END.split(text):
        count = len(_WORD.findall(sentence))
        if count > MAX_WORDS:
            found.append(Complaint("long", sentence.strip(), words=count))
    if language == "vi":
        words = " ".join(_WORD.findall(text.lower()))
        found += [
            Complaint("banned", word, better)
            for word, better in BANNED.items()
            if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", words)
        ]
    return found
