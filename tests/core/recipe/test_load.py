"""Every mistake in a recipe at once, each with its line and the nearest name."""

SOUND = """\
loaders:
  - files: {path: rows.jsonl}
filters:
  - length: {min_reply_chars: 2}
"""


def check(project, recipe, *arguments, rows=({"instruction": "a", "output": "b"},)):
    here = project({"recipe.yaml": recipe, "rows.jsonl": list(rows)})
    return here.run("check", "recipe.yaml", *arguments)


def test_five_mistakes_are_five_lines(project):
    recipe = """\
loaders:
  - files: {path: rows.jsonl}
fliters:
  - length
model: tinny
template: alpaca
filters:
  - length:
      min_reply_word: 3
      max_reply_chars: many
  - exact_duplicates
trainer:
  sft: {learning_rate: 0}
"""
    outcome = check(project, recipe).assert_failed(code=2)
    assert outcome.err.splitlines() == [
        "pitchpipe: recipe.yaml:3: fliters: no such section. Did you mean 'filters'?",
        "recipe.yaml:5: model: no model 'tinny'. Did you mean 'tiny'?",
        "recipe.yaml:9: filters.1.length.min_reply_word: no such option of filter 'length'."
        " Did you mean 'min_reply_words'?",
        "recipe.yaml:10: filters.1.length.max_reply_chars: expected a whole number of at least 0, or null, got 'many'.",
        "recipe.yaml:13: trainer.sft.learning_rate: expected a number above 0, got 0.",
    ]


def test_a_sound_recipe(project):
    assert "sound" in check(project, SOUND).assert_success().out


def test_numbers_text_and_doubled_keys(project):
    recipe = (
        SOUND
        + "model: tiny\ntemplate: chatml\ntrainer:\n  sft: {learning_rate: 2e-4, schedule: no, seed: 1, seed: 2}\n"
    )
    check(project, recipe).assert_failed(
        "recipe.yaml:8: trainer.sft.schedule: expected one of cosine, linear, constant, inverse_sqrt, got 'no'.",
        "recipe.yaml:8: trainer.sft.seed: this key was given before, at line 8",
    )
    assert "learning_rate" not in check(project, recipe).err


def test_overrides_are_checked_the_same_way(project):
    check(project, SOUND, "--set", "filters.length.min_reply_chars=3").assert_success()
    check(project, SOUND, "--set", "filters.1.length.min_reply_chars=3").assert_success()
    check(project, SOUND, "--set", "filters.length.min_reply_chars=x").assert_failed(
        "--set: filters.1.length.min_reply_chars: expected a whole number"
    )
    check(project, SOUND, "--set", "fliters=1").assert_failed(
        "--set: fliters: no such section. Did you mean 'filters'?"
    )
    check(project, SOUND, "--set", "filters.lenght.max=1").assert_failed(
        "no entry 'lenght' in filters. Did you mean 'length'?"
    )
    check(project, SOUND, "--set", "nonsense").assert_failed("write it as section.name.option=value")
    check(project, SOUND, "--set", "loaders.files.path.x=1").assert_failed("nothing can be set in it")


def test_an_override_opens_a_bare_name(project):
    recipe = "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n  - length\n"
    check(project, recipe, "--set", "filters.length.min_messages=1").assert_success()


def test_a_wrong_path_is_found_with_the_nearest_name(project):
    check(project, "loaders:\n  - files: {path: row.jsonl}\n").assert_failed(
        "recipe.yaml:2: loaders.1.files: no file", "Did you mean 'rows.jsonl'?"
    )


def test_sections_that_need_each_other(project):
    outcome = check(project, SOUND + "trainer: sft\n").assert_failed()
    assert "recipe.yaml:5: trainer: this needs a section 'model' too" in outcome.err
    check(project, SOUND + "model: tiny\ntemplate: chatml\nevaluators: [perplexity]\n").assert_failed(
        "recipe.yaml:7: evaluators: nothing is held out to evaluate on"
    )
    check(project, "filters:\n  - length\n").assert_failed("loaders: a recipe needs at least one loader")


def test_deep_nesting_is_no_crash(project):
    check(project, "loaders: " + "[" * 100_000).assert_failed("recipe.yaml: nested too deep")


def test_a_plugin_that_is_not_there(project):
    check(project, SOUND.replace("length", "cod:length")).assert_failed(
        "recipe.yaml:4: filters.1.cod:length: no plugin 'cod'."
    )


def test_shapes_that_are_no_component(project):
    check(project, SOUND + "model: {tiny: {}, transformers: {}}\n").assert_failed(
        "recipe.yaml:5: model: expected a model"
    )
    check(project, "loaders: files\n").assert_failed("recipe.yaml:1: loaders: expected a list")
    check(project, "- a\n- b\n").assert_failed("a recipe is a mapping of sections")
    check(project, "").assert_failed("a recipe is a mapping of sections")
    check(project, "loaders:\n  - files\n").assert_failed(
        "recipe.yaml:2: loaders.1: loader 'files' needs the option 'path'"
    )


def test_two_sources_of_one_name(project):
    recipe = "loaders:\n  - files: {path: rows.jsonl, name: x}\n  - files: {path: rows.jsonl, name: x}\n"
    check(project, recipe).assert_failed("recipe.yaml:1: loaders: two sources are called 'x'")


def test_splits(project):
    check(project, SOUND + "split: {train: 0.8, test: 0.1}\n").assert_failed(
        "recipe.yaml:5: split: train, validation and test must add up to 1"
    )
    check(project, SOUND + "split: {train: 0.8, tset: 0.2}\n").assert_failed(
        "recipe.yaml:5: split.tset: no such option of this section. Did you mean 'test'?"
    )


def test_a_section_inside_another_one(project):
    check(project, SOUND + "split: {train: 0.8, test: 0.2, mix: {total: 9}}\n").assert_failed(
        "recipe.yaml:5: split.mix: no such option of this section. 'mix' is a section of its own, beside 'split'."
    )


def test_options_of_every_source(project):
    outcome = check(project, "loaders:\n  - files: {path: rows.jsonl, formt: alpaca}\n").assert_failed()
    assert (
        "recipe.yaml:2: loaders.1.files.formt: no such option of loader 'files'. Did you mean 'format'?"
        in outcome.err
    )
    outcome = check(
        project, "loaders:\n  - files: {path: rows.jsonl, format: alpacca, side: tests}\n"
    ).assert_failed()
    assert "recipe.yaml:2: loaders.1.files.format: no format 'alpacca'. Did you mean 'alpaca'?" in outcome.err
    assert (
        "loaders.1.files.side: expected one of train, validation, test, or null, got 'tests'." in outcome.err
    )


def test_an_option_of_the_component_goes_before_one_of_all(project):
    """The name of a data set on the hub, which every source could have as its own name."""
    recipe = "loaders:\n  - huggingface: {name: someone/something, first: 3}\n"
    check(project, recipe).assert_success()
    check(project, recipe.replace("name: someone/something, ", "")).assert_failed(
        "say either the data set's 'name'"
    )


def test_requires(project):
    check(project, SOUND + "requires: [pitchpipe>=0.1]\n").assert_success()
    outcome = check(
        project, SOUND + "requires: [pitchpipe-nowhere>=2, pitchpipe>=99, '???']\n"
    ).assert_failed()
    assert (
        "recipe.yaml:5: requires.1: 'pitchpipe-nowhere' is not installed: pip install 'pitchpipe-nowhere>=2'"
        in outcome.err
    )
    assert "requires.2: pitchpipe 0.1.0 is installed: pip install 'pitchpipe>=99'" in outcome.err
    assert "requires.3: expected a package like" in outcome.err


def test_a_recipe_that_is_not_there(project):
    here = project({"mine.yaml": SOUND, "rows.jsonl": []})
    here.run("check", "mien.yaml").assert_failed("no recipe mien.yaml. Did you mean 'mine.yaml'?")
    here.run("check", "quickstrt").assert_failed("Did you mean 'quickstart'?")
    here.run("check", ".").assert_failed("is a folder")


def test_bytes_that_are_no_text(project):
    project({"recipe.yaml": b"\xff\xfe\x00"}).run("check", "recipe.yaml").assert_failed(
        "cannot read the recipe"
    )
