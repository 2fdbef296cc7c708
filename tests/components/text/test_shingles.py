"""Shingles of texts without spaces are made of characters."""

from pitchpipe_components.text.shingles import shingled


def test_chinese_texts_are_compared_character_by_character():
    said = "机器学习是人工智能的一个分支研究如何让计算机从数据中学习"
    assert shingled([("", said)], 5, "conversation").counts.tolist() == [len(said) - 4]
