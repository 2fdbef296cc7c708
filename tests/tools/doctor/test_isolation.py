"""The doctor proves a recipe that trains nothing: conversations of a row do not see each other."""

from tests.packed import RECIPE, small
from tests.tokenizers import bytes_alone


def test_doctor_proves_a_recipe(project, rows):
    here = project({"recipe.yaml": RECIPE.partition("trainer:")[0], "rows.jsonl": rows})
    packed = here.run("doctor", "recipe.yaml", "--set", "collator=packed").assert_success().out
    assert "pitchpipe_documents" in packed and "of the largest logit, limit 1e-04" in packed
    assert "each holds one conversation" in here.run("doctor", "recipe.yaml").assert_success().out


def test_doctor_fails_where_documents_see_each_other(project, rows, tmp_path):
    small("Bloom", "eager", vocab_size=300).save_pretrained(tmp_path / "bloom")
    bytes_alone().save_pretrained(tmp_path / "bloom")
    recipe = f"model:\n  transformers: {{folder: {tmp_path / 'bloom'}}}\ncollator: packed\n"
    recipe += "template: chatml\nloaders:\n  - files: {path: rows.jsonl}\n"
    outcome = project({"recipe.yaml": recipe, "rows.jsonl": rows}).run("doctor", "recipe.yaml")
    outcome.assert_failed("does not keep the documents of a row apart")
    assert "Traceback" not in outcome.err
