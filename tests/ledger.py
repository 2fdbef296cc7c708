"""What became of the rows of a run."""


def fates(here, run="recipe"):
    found = {}
    for line in here.rows(f"runs/{run}/ledger.jsonl"):
        found.setdefault(line["line"], []).append(line["reason"].split(":")[0])
    return found


def counts(here, run="recipe"):
    return here.json(f"runs/{run}/run.json")["stages"]["prepare"]["result"]["rows"]["rows.jsonl"]
