from collections import Counter

import msgspec

from pitchpipe_components.middlewares.drift.psi import psi
from pitchpipe_components.middlewares.drift.topics import TopicBins, bag_of, spelled

SUBJECTS = {
    "cooking": "boil the soup with onion and pepper then bake bread in an oven",
    "money": "the bank lends credit and asks interest on the loan of the customer",
    "stars": "a telescope shows the planet and its moon and a far galaxy",
}


def texts(*names, each=40):
    """Texts that have some words of a subject each."""
    for name in names:
        words = SUBJECTS[name].split()
        for number in range(each):
            yield " ".join(words[(number + step) % len(words)] for step in range(7))


def counts(topics, some):
    found = Counter(topics.place(bag_of(text)) for text in some)
    return [found[place] for place in range(len(topics))]


def test_texts_of_a_subject_are_of_one_topic():
    topics = TopicBins.of([bag_of(text) for text in texts(*SUBJECTS)])
    money = counts(topics, texts("money"))
    assert max(money) == 40 and counts(topics, texts("stars"))[money.index(40)] == 0


def test_the_topics_are_always_the_same_and_survive_a_file():
    bags = [bag_of(text) for text in texts(*SUBJECTS)]
    one, other = TopicBins.of(bags), TopicBins.of(list(bags))
    assert one == other
    read = msgspec.json.decode(msgspec.json.encode(one), type=TopicBins)
    assert [read.place(bag) for bag in bags] == [one.place(bag) for bag in bags]


def test_other_subjects_are_found_and_unheard_ones_too():
    known = [*texts("cooking", "money", each=100)]
    topics = TopicBins.of([bag_of(text) for text in known])
    before = counts(topics, known)
    assert psi(before, counts(topics, [*texts("cooking", "money", each=90)])) < 0.05
    assert psi(before, counts(topics, [*texts("cooking", each=90)])) > 0.25
    assert psi(before, counts(topics, ["xylophone quartz"] * 90)) > 0.25


def test_words_name_a_topic_only_where_they_are_ours_to_show():
    known = [*texts(*SUBJECTS)]
    bags = [bag_of(text) for text in known]
    named = TopicBins.of(bags, spelled(known))
    told = {word for place in range(len(named) - 1) for word in named.label(place).split(", ")}
    assert len(told) >= 6 and told <= set(" ".join(SUBJECTS.values()).split())
    silent = TopicBins.of(bags)
    assert silent.label(0) == "topic 1"
    assert b"telescope" not in msgspec.json.encode(silent)


def test_texts_without_words_have_topics_too():
    topics = TopicBins.of([bag_of("")] * 3)
    assert topics.place(bag_of("any")) == len(topics) - 1
    assert len(topics) >= 1 and topics.label(len(topics) - 1) == "no known words"
