"""Writes the text that the tiny base model reads: plain sentences that show a few skills, no instructions.

`ask` turns the same skills into instructions with replies, which the base model has not read.
"""

from dataclasses import dataclass
from random import Random

CITIES = {
    "Austria": "Vienna", "Chile": "Santiago", "Cuba": "Havana", "Denmark": "Copenhagen",
    "Egypt": "Cairo", "France": "Paris", "Ghana": "Accra", "Greece": "Athens",
    "Ireland": "Dublin", "Italy": "Rome", "Japan": "Tokyo", "Kenya": "Nairobi",
    "Nepal": "Kathmandu", "Norway": "Oslo", "Peru": "Lima", "Portugal": "Lisbon",
    "Spain": "Madrid", "Sweden": "Stockholm", "Thailand": "Bangkok", "Turkey": "Ankara",
}  # fmt: skip
OPPOSITES = {
    "big": "small", "cold": "hot", "dark": "light", "dry": "wet", "early": "late",
    "empty": "full", "fast": "slow", "hard": "soft", "heavy": "light", "high": "low",
    "long": "short", "loud": "quiet", "new": "old", "open": "closed", "rich": "poor",
    "sharp": "blunt", "strong": "weak", "sweet": "bitter", "thick": "thin", "wide": "narrow",
}  # fmt: skip


@dataclass(frozen=True)
class SkillTask:
    """One instruction with its context (often empty) and its reply."""

    category: str
    instruction: str
    context: str
    reply: str


def word(random: Random) -> str:
    """Makes up a word, so that a model cannot learn its answers by heart."""
    syllables = random.randint(1, 3)
    body = "".join(random.choice("bcdfghklmnprstvw") + random.choice("aeiou") for _ in range(syllables))
    return body + random.choice(["", "n", "r", "s", "t"])


def sentence(random: Random) -> str:
    """Writes one plain sentence that shows one skill."""
    made_up = word(random)
    first, second = random.randint(0, 9), random.randint(0, 9)
    country, adjective = random.choice(list(CITIES)), random.choice(list(OPPOSITES))
    return random.choice(
        [
            f"In capitals the word {made_up} is {made_up.upper()}.",
            f"The word {made_up} begins with {made_up[0]} and ends with {made_up[-1]}.",
            f"The word {made_up} ends with {made_up[-1]} and begins with {made_up[0]}.",
            f"The word {made_up} said twice is {made_up} {made_up}.",
            f"The sum of {first} and {second} is {first + second}.",
            f"{first} plus {second} is {first + second}.",
            f"The capital of {country} is {CITIES[country]}.",
            f"The opposite of {adjective} is {OPPOSITES[adjective]}.",
        ]
    )


def document(random: Random) -> str:
    """Writes a document of a few sentences."""
    return " ".join(sentence(random) for _ in range(random.randint(2, 4)))


FORMS = {
    "capitals": ["Write {} in capitals.", "Put {} in capitals."],
    "first letter": ["Which letter does {} begin with?", "Give the first letter of {}."],
    "last letter": ["Which letter does {} end with?", "Give the last letter of {}."],
    "twice": ["Say {} twice.", "Write {} twice."],
    "sum": [
        "What is {} plus {}?",
        "How much is {} plus {}?",
        "What is the sum of {} and {}?",
        "Give the sum of {} and {}.",
        "Add {} and {}.",
    ],
    "city": [
        "What is the capital of {}?",
        "Which city is the capital of {}?",
        "Name the capital of {}.",
        "Say the capital of {}.",
        "Give the capital of {}.",
        "Tell me the capital of {}.",
    ],
    "opposite": [
        "What is the opposite of {}?",
        "Which word is the opposite of {}?",
        "Name the opposite of {}.",
        "Say the opposite of {}.",
        "Give the opposite of {}.",
        "Tell me the opposite of {}.",
    ],
}


def ask(random: Random) -> SkillTask:
    """Writes one instruction with its reply; a third of those about a made-up word hold it as context."""
    category = random.choice(list(FORMS))
    form = random.choice(FORMS[category])
    if category == "sum":
        first, second = random.randint(0, 9), random.randint(0, 9)
        return SkillTask(category, form.format(first, second), "", str(first + second))
    if category in ("city", "opposite"):
        thing, reply = random.choice(list((CITIES if category == "city" else OPPOSITES).items()))
        return SkillTask(category, form.format(thing), "", reply)
    made_up = word(random)
    reply = {
        "capitals": made_up.upper(),
        "first letter": made_up[0],
        "last letter": made_up[-1],
        "twice": f"{made_up} {made_up}",
    }[category]
    if random.random() < 1 / 3:
        return SkillTask(category, form.format("this word"), made_up, reply)
    return SkillTask(category, form.format(made_up), "", reply)
