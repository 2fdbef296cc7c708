"""What another threshold would do."""


def survivors(out):
    """The table of a score: threshold to rows left."""
    rows = [line.split() for line in out.splitlines() if "%" in line]
    return {float(row[0]): int(row[1]) for row in rows}


def test_tune_says_what_a_run_with_that_threshold_does(run):
    out = (
        run.run("tune", "runs/recipe", "length", "--score", "reply_chars", "--at", "20").assert_success().out
    )
    table = survivors(out)
    assert table[5.0] == 41 and table[20.0] == 25
    for limit in (5, 20):
        setting = f"filters=[length: {{min_reply_chars: {limit}}}]"
        run.run("prepare", "recipe.yaml", "--name", f"at{limit}", "--set", setting).assert_success()
        result = run.json(f"runs/at{limit}/run.json")["stages"]["prepare"]["result"]["rows"]["rows.jsonl"]
        assert result["kept"] == table[float(limit)]
    assert "--set filters.1.length.min_reply_chars=" in out


def test_tune_shows_rows_on_both_sides(run):
    out = run.run("tune", "runs/recipe", "length", "--score", "reply_chars", "--at", "20").out
    near = out[out.index("Near 20") :]
    assert [line.split()[:2] for line in near.splitlines() if line.split()[:1] in (["stays"], ["goes"])] == [
        ["stays", "20"], ["stays", "21"], ["stays", "22"], ["goes", "19"], ["goes", "18"], ["goes", "17"],
    ]  # fmt: skip
