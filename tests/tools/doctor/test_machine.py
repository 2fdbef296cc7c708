"""The doctor looks at the machine."""


def test_doctor_looks_at_everything(project):
    out = project().run("doctor").assert_success().out
    for words in ("Python", "cores", "torch", "trl", "lm-eval", "templates", "ready"):
        assert words in out
