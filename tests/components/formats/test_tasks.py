"""Tasks with their definition and examples."""

import pitchpipe as pp
from pitchpipe_components.formats import FORMATS
from tests.components.formats.published import CASES, user


def test_a_task_shows_its_definition_and_examples():
    task = next(row for name, row, _ in CASES if name == "super_ni")
    super_ni = FORMATS["super_ni"]

    def prompts(**options):
        return [made.messages[0] for made in super_ni(**options)(task)]

    assert prompts(definition=False) == [user("2, 2"), user("3, 3")]
    assert prompts(examples=1)[0] == user("Add.\n\nInput: 1, 1\nOutput: 2", "2, 2")
    assert prompts(definition=False, examples=3)[0] == user("Input: 1, 1\nOutput: 2", "2, 2")
    assert super_ni()(task | {"Definition": "Sum."})[0].messages[0] == user("Sum.", "2, 2")
    many = super_ni()(task | {"Categories": ["Sums", "Maths"]})[0]
    assert (many.category, many.meta["Categories"]) == ("Sums", ["Sums", "Maths"])
    assert super_ni()(task | {"Instances": [1]}) == [pp.drop("an instance is not an object")]
