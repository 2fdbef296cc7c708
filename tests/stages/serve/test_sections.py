"""Mistakes in the sections about serving are told before anything is loaded."""

import pytest

RECIPE = """\
serve: {model: runs/one}
upstreams:
  small: {model: {path: runs/small}}
"""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("serve.name=small",), "gives the name 'small' to a model of its own"),
        (("serve.adapters={one: runs/two}",), "two models are called 'one'"),
        (("serve.model=null", "serve.base=plain"), "need the model that they belong to"),
        (("serve.prot=80",), "no such option of this section. Did you mean 'port'?"),
        (("serve.port=80000",), "of at least 0 and of at most 65535"),
        (("upstreams.small={modell: {}}",), "Did you mean 'model'?"),
        (("upstreams.small={model: {}}",), "needs the option 'path'"),
        (("guards=[harmfull]",), "Did you mean 'harmful'?"),
        (("middlewares=[{cache: {dais: 1}}]",), "Did you mean 'days'?"),
    ],
)
def test_mistakes(project, change, words):
    here = project({"recipe.yaml": RECIPE})
    here.run("check", "recipe.yaml").assert_success()
    sets = [part for one in change for part in ("--set", one)]
    assert words in here.run("check", "recipe.yaml", *sets).err


def test_a_key_that_is_not_set_is_a_hint(project):
    here = project({"recipe.yaml": RECIPE})
    told = here.run("check", "recipe.yaml", "--set", "serve.key=NO_SUCH_KEYS").assert_success().out
    assert "hint: --set: serve.key: NO_SUCH_KEYS is not set" in told


def test_what_only_serves_is_not_run(project):
    here = project({"recipe.yaml": RECIPE})
    told = here.run("run", "recipe.yaml")
    assert "makes none: pitchpipe serve recipe.yaml" in told.err and not (here.folder / "runs").exists()
