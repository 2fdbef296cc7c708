"""Finds personal data and secrets in a text: patterns find candidates, checks rule out look-alikes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

Check = Callable[[re.Match[str]], bool]


@dataclass(frozen=True)
class Kind:
    """One kind of personal data: `pattern` finds it, `real` rules out look-alikes.

    Only texts with one of `marks` are searched; without marks, all texts are.
    """

    name: str
    marks: tuple[str, ...]
    pattern: re.Pattern[str]
    real: Check = lambda found: True

    @property
    def mask(self) -> str:
        return f"[{self.name.upper()}]"

    def sub(self, text: str) -> tuple[str, int]:
        """Masks the finds in a text and counts them."""
        if self.marks and not any(mark in text for mark in self.marks):
            return text, 0
        finds = 0

        def masked(found: re.Match[str]) -> str:
            nonlocal finds
            if not self.real(found):
                return found[0]
            finds += 1
            return self.mask

        return self.pattern.sub(masked, text), finds


def _digits(found: re.Match[str]) -> str:
    return "".join(c for c in found[0] if c.isdecimal())


# Domains for examples, and all that are below them.
_RESERVED = (
    ".example.com", ".example.org", ".example.net", ".example", ".test", ".invalid", ".local", ".localhost",
)  # fmt: skip


def _is_mailbox(found: re.Match[str]) -> bool:
    """Rules out domains for examples (RFC 2606) and local networks (RFC 6762), and git@ of repositories."""
    domain = "." + found[0].lower().rpartition("@")[2]
    return not domain.endswith(_RESERVED) and found["who"].lower() != "git"


_KNOWN_SERVERS = {"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "2001:4860:4860::8888"}


def _is_public_address(found: re.Match[str]) -> bool:
    """Rules out versions, well-known name servers, and addresses that are not public."""
    before = found.string[max(0, found.start() - 12) : found.start()].lower()
    if found[0] in _KNOWN_SERVERS or re.search(r"(?:\bv|version|release|§) ?$", before):
        return False
    try:
        return ip_address(found[0]).is_global
    except ValueError:
        return False


def _is_iban(found: re.Match[str]) -> bool:
    """Tests the check digits of ISO 13616: with the first four characters last, the number is 1 modulo 97."""
    account = found[0].replace(" ", "")
    moved = account[4:] + account[:4]
    return 15 <= len(account) <= 34 and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


_TEST_CARDS = {"4111111111111111", "4242424242424242", "5555555555554444", "378282246310005"}
_ISSUERS = re.compile(r"(?:4\d{12}|4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12})\Z")


def _is_card(found: re.Match[str]) -> bool:
    """Tests for an issuer's prefix and length and for Luhn's check digit; rules out numbers for tests."""
    digits = _digits(found)
    if digits in _TEST_CARDS or not _ISSUERS.match(digits):
        return False
    doubled = [sum(divmod(2 * int(d), 10)) for d in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _is_phone(found: re.Match[str]) -> bool:
    """Tests for 8 to 15 digits (15 is E.164's most); rules out 555-01xx, which is reserved for fiction."""
    digits = _digits(found)
    return 8 <= len(digits) <= 15 and not re.search(r"55501\d\d\Z", digits) and len(set(digits)) > 2


def _is_secret(found: re.Match[str]) -> bool:
    """Rules out keys that are marked as examples, and words without a digit unless they open a key block."""
    key = found[0]
    return "EXAMPLE" not in key.upper() and (any(c.isdecimal() for c in key) or key.startswith("-----"))


# Only texts with a match are searched for the kinds that consist of digits.
has_number = re.compile(r"\d[ .()A-Za-z:-]?[0-9A-Fa-f(:.][0-9A-F .():-]{3}").search

KINDS = (
    Kind("secret", ("sk-", "AKIA", "_", "xox", "AIza", "glpat-", "-----BEGIN"), re.compile(
        r"(?<![\w-])(?:sk-[\w-]{20,200}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,80}|github_pat_\w{22,100}"
        r"|xox[abprs]-[\w-]{10,100}|AIza[\w-]{35}|hf_[A-Za-z0-9]{30,60}|glpat-[\w-]{20,40})(?![\w-])"
        r"|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:.{1,8000}?-----END [A-Z ]{0,20}PRIVATE KEY-----"
        # one that is cut off, or whose last line is still being written
        r"|(?:\s{0,4}[A-Z][\w-]{1,20}: [^\n]{1,100}){0,4}(?:(?:\s|\\n){1,4}[A-Za-z0-9+/=]{20,}){1,400}"
        r"(?:(?:\s|\\n){0,4}[A-Za-z0-9+/=]{0,19}\s?-{0,5}[A-Z ]{0,30}-{0,5}\Z)?)", re.DOTALL,
    ), _is_secret),
    Kind("email", ("@",), re.compile(
        r"(?<![\w.+%-])(?P<who>[A-Za-z0-9][\w.+%-]{0,63})@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}(?![\w@])"
    ), _is_mailbox),
    Kind("iban", (), re.compile(
        r"(?<!\w)[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)"
    ), _is_iban),
    Kind("card", (), re.compile(r"(?<![\w.,-])[2-6]\d{3}(?:[ -]?\d){9,12}(?![\w-]|[.,]\d)"), _is_card),
    Kind("ssn", ("-",), re.compile(
        r"(?<![\w-])(?!000|666|9|123-45-6789|078-05-1120)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])"
    )),
    Kind("ip", (".",), re.compile(r"(?<![\w.:])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)"), _is_public_address),
    Kind("ip", (":",), re.compile(
        r"(?<![\w.:])[0-9A-Fa-f]{1,4}(?:::?[0-9A-Fa-f]{1,4}){2,7}(?![\w:]|\.\d)"
    ), _is_public_address),
    Kind("phone", (), re.compile(
        r"(?<![\w.+/-])(?:\+\d[\d ().-]{6,18}\d|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}[.-]\d{3}[.-]\d{4})"
        r"(?![\w-]|[.,]\d)"
    ), _is_phone),
)  # fmt: skip
