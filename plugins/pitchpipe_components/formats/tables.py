"""Defines the formats that read columns: each is a list of column names and an example."""

from typing import Any

from pitchpipe_components.formats.columns import Columns


class Alpaca(Columns):
    """{"instruction": "Write this word in capitals.", "input": "hello", "output": "HELLO"}

    Also with system, history ([[question, answer], ...]), or chosen and rejected in place of output. Rows of
    WizardLM's first set have this format too.
    """

    prompt, context, reply = ("instruction",), ("input",), ("output", "chosen")
    system, history, rejected = ("system",), ("history",), ("rejected",)


class Dolly(Columns):
    """{"instruction": "Who wrote it?", "context": "Emma is by Austen.", "response": "Austen."}

    The context may be missing.
    """

    prompt, context, reply = ("instruction",), ("context",), ("response",)
    system, history = ("system",), ("history",)


class QueryResponse(Columns):
    """{"query": "2+2?", "response": "4", "history": [["1+1?", "2"]]}

    Also {"question": ..., "answer": ...}, and a context. Rows with choices or options are tests, not
    examples: detection skips them.
    """

    prompt, reply = ("query", "question"), ("response", "answer")
    context, system, history = ("context",), ("system",), ("history",)
    without = ("choices", "options")


class OpenOrca(Columns):
    """{"id": "cot.86217", "system_prompt": "Think step by step.", "question": "2+2?", "response": "4"}

    Rows whose id begins with "cot." have cot in meta.
    """

    prompt, reply, system = ("question",), ("response",), ("system_prompt",)

    def matches(self, row: dict[str, Any]) -> int:
        return super().matches(row) if "system_prompt" in row else 0

    def is_cot(self, row: dict[str, Any]) -> bool:
        return str(row.get("id", "")).startswith("cot.")


class OrcaDPO(Columns):
    """{"system": "", "question": "2+2?", "chosen": "4", "rejected": "5"}"""

    prompt, reply, rejected, system = ("question",), ("chosen",), ("rejected",), ("system",)


class FLAN(Columns):
    """{"inputs": "2+2?", "targets": "4", "task_source": "CoT", "task_name": "cot_gsm8k"}

    Dumps of FLAN. The task's name is the category. Rows of the CoT collection have cot in meta.
    """

    prompt, reply, category = ("inputs",), ("targets",), ("task_name", "_task_name", "task")
    known = ("task_source", "_task_source", "template_type", "_template_type", "_template_idx")
    without = ("inputs_pretokenized",)

    def is_cot(self, row: dict[str, Any]) -> bool:
        source = row.get("task_source", row.get("_task_source"))
        task = row.get("task_name", row.get("_task_name", row.get("task")))
        return source == "CoT" or (isinstance(task, str) and task.startswith("cot_"))


class NaturalInstructions(Columns):
    """{"task_name": "task1_sum", "definition": "Add the numbers.", "inputs": "2, 2", "targets": "4"}

    Super-NaturalInstructions with one instance per row.
    """

    prompt, context, reply = ("definition",), ("inputs",), ("targets",)
    category = ("task_name", "task")

    def matches(self, row: dict[str, Any]) -> int:
        return super().matches(row) if "inputs" in row else 0


class P3(Columns):
    """{"inputs_pretokenized": "2+2?", "targets_pretokenized": "4"}

    Rows of P3, on which T0 was trained. The format removes the white space that templates left around texts.
    """

    prompt, reply, strip = ("inputs_pretokenized",), ("targets_pretokenized",), True
    known = ("answer_choices",)


class PromptCompletion(Columns):
    """{"prompt": "2+2?", "completion": "4"}

    Each value is text or a list of messages. The reply's column may also be called response.
    """

    prompt, reply = ("prompt",), ("completion", "response")
    system, history = ("system", "system_prompt"), ("history",)
