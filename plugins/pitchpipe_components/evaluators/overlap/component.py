"""The evaluator `overlap`."""

from typing import Annotated, Literal

import pitchpipe as pp
from pitchpipe_components.evaluators.overlap.splitting import Words
from pitchpipe_components.evaluators.replies import BatchSize, Limit, MaxNewTokens, replies
from pitchpipe_components.text.loosely import LOOSELY, contains, loosened

Kind = Literal["bleu", "chrf", "rouge", "normalised_match", "contains"]
ALL: list[Kind] = ["bleu", "chrf", "rouge", "normalised_match", "contains"]


def overlap(
    subject: pp.Subject,
    *,
    scores: Annotated[list[Kind], pp.Meta(min_length=1, description="which to compute")] = ALL,
    bleu_words: Annotated[
        Words,
        pp.Meta(
            description="how BLEU splits words (sacrebleu's names); auto: zh for Chinese, char for other"
            " scripts without spaces, else 13a"
        ),
    ] = "auto",
    stem: Annotated[bool, pp.Meta(description="ROUGE compares stems of English words (Porter)")] = False,
    limit: Limit = None,
    max_new_tokens: MaxNewTokens = None,
    batch_size: BatchSize = 32,
) -> dict[str, pp.Measured]:
    """BLEU, chrF and ROUGE-1/2/L of replies beside the expected ones; share of replies that contain them.

    BLEU and chrF go from 0 to 100 and are of all replies together, as sacrebleu computes them.
    """
    asked = replies(subject, "overlap", limit, max_new_tokens, batch_size)
    ids = [prompt.id for prompt, _ in asked]
    pairs = [(answer.text, prompt.expected) for prompt, answer in asked]
    found: dict[str, pp.Measured] = {}
    if "bleu" in scores:
        from pitchpipe_components.evaluators.overlap.bleu import bleu

        found["bleu"] = bleu(ids, pairs, bleu_words)
    if "chrf" in scores:
        from pitchpipe_components.evaluators.overlap.chrf import chrf

        found["chrf"] = chrf(ids, pairs)
    if "rouge" in scores:
        from pitchpipe_components.evaluators.overlap.rouge import rouge

        found |= rouge(ids, pairs, stem)
    if "normalised_match" in scores:
        same = [loosened(said) == loosened(expected) for said, expected in pairs]
        found["normalised_match"] = pp.Measured.shares(dict(zip(ids, same, strict=True)), how=LOOSELY)
    if "contains" in scores:
        inside = [contains(said, expected) for said, expected in pairs]
        found["contains"] = pp.Measured.shares(
            dict(zip(ids, inside, strict=True)), how=f"the expected reply, as whole words, {LOOSELY}"
        )
    return found
