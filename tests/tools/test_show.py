"""A component is explained with its options."""


def test_show_explains_a_component(project):
    out = project().run("show", "trainer", "sft").assert_success().out
    for words in (
        "trainer 'sft' of plugin 'trainers' (pitchpipe 0.1.0)",
        "trainers/sft.py:",
        "learning_rate",
        "a number above 0",
        "0.0002",
    ):
        assert words in out
    project().run("show", "trainer", "stf").assert_failed("no trainer 'stf'. Did you mean 'sft'?")
    project().run("show", "trainers", "sft").assert_failed("Invalid value for 'KIND'")
