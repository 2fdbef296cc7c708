"""A crash in a worker is told as in one process."""

from tests.many_rows import PLUGIN, files


def test_a_crash_in_a_worker_is_told_as_in_one_process(project):
    here = project(files())
    here.write({"pitchpipe_local.py": PLUGIN.replace('    said("second")\n', "    conversation.nothing\n")})
    for processes in ("1", "2"):
        here.run("prepare", "recipe.yaml", "--workers", processes).assert_failed(
            "AttributeError", "in filter 'second' of plugin 'pitchpipe_local'", "at a/", code=1
        )
