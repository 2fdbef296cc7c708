"""Every name of a role that data sets use is known."""

from pitchpipe_components.repair import ROLES


def test_every_name_of_a_role_is_known():
    assert set(ROLES.values()) == {"system", "user", "assistant", "tool"}
    assert all(name == name.strip().lower() for name in ROLES)
    assert {
        "human",
        "gpt",
        "bing",
        "bard",
        "prompter",
        "observation",
        "function_call",
        "developer",
    } <= ROLES.keys()
