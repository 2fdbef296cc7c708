"""Personal data is masked; numbers and names that are none stay."""

import pytest

import pitchpipe as pp
from pitchpipe_components import filters
from tests.components.filters.talks import ORDINARY, dropped, reply, score

AWS = "AKIA" + "QWERTYUIOP123456"
GITHUB = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
KEY = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\nabc\n-----END RSA " + "PRIVATE KEY-----"

CUT_KEY = (
    "-----BEGIN " + "PRIVATE KEY-----\n" + "MIIEowIBAAKCAQEA7bq0\n" * 2 + "MIIEowIBAAKCAQEA7bq0, and so on."
)


@pytest.mark.parametrize(
    ("text", "masked", "kind"),
    [
        ("Write to jo.smith+x@mail.acme.de.", "Write to [EMAIL].", "email"),
        ("Write to jo@notexample.com", "Write to [EMAIL]", "email"),
        ("Call +49 (30) 1234-5678 now", "Call [PHONE] now", "phone"),
        ("Call 212-736-5000.", "Call [PHONE].", "phone"),
        ("Call (212) 736-5000", "Call [PHONE]", "phone"),
        ("It came from 93.184.216.34, I think", "It came from [IP], I think", "ip"),
        ("host 2a00:1450:4001:82b::200e up", "host [IP] up", "ip"),
        ("IBAN DE89 3704 0044 0532 0130 00!", "IBAN [IBAN]!", "iban"),
        ("GB82WEST12345698765432", "[IBAN]", "iban"),
        ("card 4539 1488 0343 6467 ok", "card [CARD] ok", "card"),
        ("SSN 536-22-8726", "SSN [SSN]", "ssn"),
        (f"key={AWS}", "key=[SECRET]", "secret"),
        (f"token {GITHUB}", "token [SECRET]", "secret"),
        ("sk-" + "abc123DEF456ghi789JKL0", "[SECRET]", "secret"),
        (KEY, "[SECRET]", "secret"),
        (CUT_KEY, "[SECRET], and so on.", "secret"),
    ],
)
def test_personal_data_is_masked(text, masked, kind):
    for role in ("system", "user", "assistant"):
        chat = pp.Conversation((pp.Message(role, text), pp.Message("assistant", "Fine.", learn=False)))
        verdict = filters.pii(chat)
        assert verdict.conversation.messages == (pp.Message(role, masked), chat.messages[1])
        assert verdict.notes == (f"{kind} masked",)
        assert filters.pii(verdict.conversation).conversation is verdict.conversation
        assert dropped(filters.pii(chat, do="drop")) == pp.Drop("pii too high", 1, 0)
        assert dropped(filters.pii(chat, do="drop", max_pii=1)) is None
        others = tuple(
            name for name in ("email", "phone", "ip", "iban", "card", "ssn", "secret") if name != kind
        )
        assert filters.pii(chat, kinds=others).conversation is chat


@pytest.mark.parametrize(
    "text",
    [
        "Write to joe@example.com, jo@mail.example.com, me@localhost.local or a@b.test.", "git clone git@github.com:a/b.git", "@user on 2024-05-17 at 12:30:45", "127.0.0.1 and 192.168.1.20",
        "version 1.2.3.4 of it", "v2.10.3.1", "3.14159265358979", "2024-01-31 to 2024-12-31", "DE00 3704 0044 0532 0130 00", "4539 1488 0343 6468", "4111 1111 1111 1111",
        "555-0134 and 212-555-0134", "123-45-6789", "AKIAIOSFODNN7EXAMPLE", "10.5281/zenodo.1234567", "1,234,567,890", "std::vector<a::b>",
        "ISBN 978-3-16-148410-0", "x = 1234567890123456", "8.8.8.8", "task-list_of_things-to-do-for-us", "00:1A:2B:3C:4D:5E", "call 911", "111-111-1111",
        "a@b", "2001:db8::1", "1 000 000 000", *ORDINARY,
    ],
)  # fmt: skip
def test_what_names_nobody_stays(text):
    chat = reply(text)
    verdict = filters.pii(chat)
    assert verdict.conversation is chat and score(verdict, "pii") == 0


def test_tool_calls_are_masked_in_depth():
    calls = ({"name": "send", "arguments": {"to": ["jo@acme.de"], "n": 1}},)
    chat = pp.Conversation(
        (pp.Message("user", "a"), pp.Message("assistant", "", tool_calls=calls, reasoning="r"))
    )
    edited = filters.pii(chat).conversation.messages[1]
    assert edited.tool_calls == ({"name": "send", "arguments": {"to": ["[EMAIL]"], "n": 1}},)
    assert edited.reasoning == "r" and calls[0]["arguments"]["to"] == ["jo@acme.de"]
