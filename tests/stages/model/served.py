"""Asks saved folders in a process of its own: python -m tests.stages.model.served FOLDER... prints a JSON object.

Of each folder it says, loader by loader, what the model wrote and whether it stopped by itself.
"""

import json
import os
import re
import sys
from pathlib import Path

MOST = 12  # tokens, more than the reply has
TALK = [{"role": "user", "content": "Say it."}]


def asked(model, tokenizer):
    """The whole text of a reply, as the model wrote it."""
    prompt = tokenizer.apply_chat_template(
        TALK, add_generation_prompt=True, return_dict=True, return_tensors="pt"
    )
    written = model.generate(**prompt, max_new_tokens=MOST, do_sample=False)[0]
    ids = written[prompt["input_ids"].shape[1] :].tolist()
    return [tokenizer.decode(ids, skip_special_tokens=True).strip(), len(ids) < MOST]


def told(chat):
    """The reply of a pipeline, which does not show what ended it."""
    text = chat(TALK, max_new_tokens=MOST, do_sample=False)[0]["generated_text"][-1]["content"]
    return [text.strip(), True]


def by_itself(folder):
    """By loaders that are told nothing."""
    from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline

    tokenizer = AutoTokenizer.from_pretrained(folder)
    yield "plain", asked(AutoModelForCausalLM.from_pretrained(folder), tokenizer)
    yield "pipeline", told(pipeline("text-generation", str(folder), tokenizer=str(folder)))
    if (folder / "adapter_config.json").exists():
        from peft import AutoPeftModelForCausalLM, PeftConfig, PeftModel

        yield "auto peft", asked(AutoPeftModelForCausalLM.from_pretrained(folder), tokenizer)
        base = AutoModelForCausalLM.from_pretrained(
            PeftConfig.from_pretrained(folder).base_model_name_or_path
        )
        yield "peft", asked(PeftModel.from_pretrained(base, folder), tokenizer)


def by_the_card(folder):
    """By the lines of its card, to the letter, run where they find the folder."""
    os.chdir(folder.parent)
    page = (folder / "README.md").read_text("utf-8")
    known = {}
    for lines in re.search(r"```python\n(.*?)```", page, re.DOTALL)[1].split("\n\n"):
        exec(lines, known)
        if "chat = " in lines:
            yield "pipeline", told(known["chat"])
        elif "model = " in lines:
            yield lines.splitlines()[0], asked(known["model"], known["tokenizer"])


def main(folders):
    import transformers

    transformers.logging.set_verbosity_error()
    found = {}
    for folder in map(Path, folders):
        has_card = (folder / "README.md").exists()
        found[str(folder)] = dict(by_the_card(folder) if has_card else by_itself(folder))
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
