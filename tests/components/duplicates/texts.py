"""Texts that are alike to any degree, and what a filter drops of them."""

from random import Random

import numpy as np

import pitchpipe as pp

WORDS = ["".join(Random(n).choices("abcdefghijklmnopqrstuvwxyz", k=3 + n % 7)) for n in range(3000)]


def talk(prompt, reply="Yes.", **more):
    return pp.Conversation((pp.Message("user", prompt), pp.Message("assistant", reply)), **more)


def text(random, words=40):
    return " ".join(random.choices(WORDS, k=words))


def edited(random, said, times):
    """The text with some words replaced."""
    words = said.split()
    for _ in range(times):
        words[random.randrange(len(words))] = random.choice(WORDS)
    return " ".join(words)


def gone(found):
    return {row: of for row, (of, _) in found.items()}


def on_a_circle(texts):
    """Each text is an angle."""
    angles = np.radians([float(said) for said in texts])
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
