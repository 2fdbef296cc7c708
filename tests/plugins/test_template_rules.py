"""What a recipe says of templates: masks, reasoning, templates of its own, several at once."""

import time
from collections import Counter

import pytest

import pitchpipe as pp
from pitchpipe.jinja import ChatTemplate
from pitchpipe.masks import Ruled, Rules
from pitchpipe.proofs import prove_served
from pitchpipe.render import Renderer
from pitchpipe.template import trimmed
from pitchpipe_plugins.templates import DATA
from pitchpipe_plugins.templates.custom import Mixed, Written
from pitchpipe_plugins.templates.own import Jinja, Tokenizer
from tests.chat_tokenizers import kinds

TALK = pp.Conversation(
    (
        pp.Message("user", "A?"),
        pp.Message("assistant", "a."),
        pp.Message("user", "B?"),
        pp.Message("assistant", "b."),
    ),
    id="one",
)
PLAIN = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"


def learned(template, conversation=TALK):
    return "".join(piece.text for piece in template(conversation) if piece.learn)


def change(index, **changes):
    messages = list(TALK.messages)
    messages[index] = pp.replace(messages[index], **changes)
    return pp.replace(TALK, messages=tuple(messages))


@pytest.fixture
def tokenizer():
    from copy import deepcopy

    return deepcopy(kinds()["bytes"])


MASKS = [
    ("replies", TALK, "a.{eos}b.{eos}"),
    ("last", TALK, "b.{eos}"),
    ("last", change(3, learn=False), "a.{eos}"),
    ("last", change(1, learn=True), "a.{eos}b.{eos}"),
    ("replies", change(1, learn=False), "b.{eos}"),
    ("replies", change(0, learn=True), "A?a.{eos}b.{eos}"),
]


@pytest.mark.parametrize(("learn", "conversation", "expected"), MASKS)
def test_the_loss_covers_what_the_recipe_and_the_messages_say(learn, conversation, expected):
    assert learned(Ruled(DATA["plain"], Rules(learn=learn)), conversation) == expected


@pytest.mark.parametrize("name", DATA)
def test_everything_is_everything(name, tokenizer):
    example = Renderer(Ruled(DATA[name], Rules(learn="everything")), tokenizer).example(TALK)
    assert example.labels == example.ids


@pytest.mark.parametrize("learn", ["replies", "last", "everything"])
def test_what_a_model_is_asked_with_does_not_depend_on_what_is_learned(learn, tokenizer):
    ids, reply = Renderer(Ruled(DATA["vicuna"], Rules(learn=learn)), tokenizer).prompt(TALK, 1)
    assert tokenizer.decode(ids).endswith("USER: A? ASSISTANT:") and reply == "a."


THOUGHT = change(1, reasoning="Early.")
THOUGHT = pp.replace(
    THOUGHT, messages=(*THOUGHT.messages[:3], pp.replace(TALK.messages[3], reasoning="Late."))
)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("last", "<think>\nLate.\n</think>\n\nb.<|im_end|>"),
        ("keep", "<think>\nEarly.\n</think>\n\na.<|im_end|><think>\nLate.\n</think>\n\nb.<|im_end|>"),
        ("strip", "a.<|im_end|>b.<|im_end|>"),
    ],
)
def test_reasoning_is_kept_or_stripped_by_the_rule(rule, expected):
    assert learned(Ruled(DATA["chatml"], Rules(reasoning=rule)), THOUGHT) == expected


def test_a_template_without_reasoning_refuses_it_unless_it_is_stripped():
    with pytest.raises(pp.Quarantine, match="`reasoning: strip` leaves it out"):
        learned(Ruled(DATA["alpaca"], Rules()), THOUGHT)
    assert learned(Ruled(DATA["alpaca"], Rules(reasoning="strip")), THOUGHT) == "a.{eos}b.{eos}"


@pytest.mark.parametrize("rule", ["last", "keep", "strip"])
def test_a_server_keeps_reasoning_by_the_same_rule(rule, tokenizer):
    renderer = Renderer(Ruled(DATA["chatml"], Rules(reasoning=rule)), tokenizer)
    served = tokenizer.apply_chat_template(
        [{"role": m.role, "content": m.content, "reasoning_content": m.reasoning} for m in THOUGHT.messages],
        chat_template=renderer.chat_template, return_dict=True,
    )  # fmt: skip
    assert served["input_ids"] == renderer.example(THOUGHT).ids


# --- In the recipe --------------------------------------------------------------------------------

RECIPE = "loaders:\n  - files: {path: rows.jsonl}\nmodel: tiny\ntemplate: %s\n"
WRONG = [
    ("{chatml: {learn: lst}}", "template.chatml.learn: expected one of replies, last, everything, got 'lst'"),
    ("{alpaca: {lern: last}}", "no such option of template 'alpaca'. Did you mean 'learn'?"),
    ("{tokenizer: {reasoning: keep}}", "this template decides itself where reasoning is kept"),
    ("{jinja: {path: none.jinja}}", "there is no file none.jinja"),
    ("{mixed: {templates: alpaca}}", "template.mixed.templates: expected a list of templates, got 'alpaca'"),
    ("{mixed: {templates: [alpaca, alpcaa]}}", "template.mixed.templates.2: "),
    ("{mixed: {templates: []}}", "template.mixed.templates: expected a list of templates, got []"),
    (
        '{turns: {user: ["U:", ""], assistant: ["A:", ""]}}',
        "the stop token '{eos}' must stand in what follows",
    ),
    ('{turns: {user: ["U:"], assistant: ["A:", "{eos}"]}}', "template.turns.user: "),
]


@pytest.mark.parametrize(("template", "message"), WRONG)
def test_mistakes_are_shown_at_their_place(template, message, project):
    here = project({"recipe.yaml": RECIPE % template, "rows.jsonl": [{"instruction": "A?", "output": "a."}]})
    here.run("check", "recipe.yaml").assert_failed("recipe.yaml:4: ", message)


RIGHT = [
    "{chatml: {learn: last, reasoning: strip}}",
    "tokenizer",
    "{jinja: {path: own.jinja, stop: <|im_end|>, learn: everything}}",
    "{mixed: {templates: [alpaca, {jinja: {path: own.jinja}}, chatml], seed: 2}}",
    r'{turns: {user: ["U: ", "\n"], assistant: ["A:", "{eos}\n"], lead: " ", tokens: []}}',
]


@pytest.mark.parametrize("template", RIGHT)
def test_recipes_say_it_in_few_words(template, project):
    rows = [{"instruction": "A?", "output": "a."}]
    here = project({"recipe.yaml": RECIPE % template, "rows.jsonl": rows, "own.jinja": PLAIN})
    here.run("check", "recipe.yaml").assert_success()


def test_a_template_of_a_recipe_is_that_of_a_plugin():
    parts = {"user": ("U: ", "\n"), "assistant": ("A:", "{eos}\n"), "lead": " ", "fold": ("<", ">")}
    given, made = Written(**parts), pp.turns(**parts)
    assert list(given(TALK)) == list(made(TALK))
    assert given.jinja("", "<e>") == made.jinja("", "<e>") and given.stop == made.stop


# --- Several --------------------------------------------------------------------------------------

MIXED = [DATA["alpaca"], DATA["chatml"], DATA["plain"]]


def test_each_conversation_gets_one_template_and_keeps_it():
    talks = [pp.replace(TALK, id=str(number)) for number in range(600)]
    chosen = [Mixed(templates=MIXED)._chosen(talk) for talk in talks]
    counted = Counter(map(MIXED.index, chosen))
    assert set(counted) == {0, 1, 2} and min(counted.values()) > 150
    assert chosen == [Mixed(templates=MIXED)._chosen(talk) for talk in talks]
    assert chosen != [Mixed(templates=MIXED, seed=1)._chosen(talk) for talk in talks]


def test_the_first_of_several_templates_serves(tokenizer):
    renderer = Renderer(Ruled(Mixed(templates=MIXED), Rules()), tokenizer)
    assert renderer.stop == "</s>"
    assert renderer.chat_template == Renderer(MIXED[0], tokenizer).chat_template
    for number in range(20):
        talk = pp.replace(TALK, id=str(number))
        assert renderer.prompt(talk, 3) == Renderer(MIXED[0], tokenizer).prompt(talk, 3)
        prove_served(renderer, tokenizer, talk)
        texts = [tokenizer.decode(Renderer(template, tokenizer).example(talk).ids) for template in MIXED]
        assert tokenizer.decode(renderer.example(talk).ids) in texts


# --- Written in Jinja -----------------------------------------------------------------------------


def test_a_file_is_taken_apart_and_saved_as_it_is(tmp_path, tokenizer):
    (tmp_path / "own.jinja").write_text(PLAIN, "utf-8")
    renderer = Renderer(Ruled(Jinja(path=tmp_path / "own.jinja"), Rules()), tokenizer)
    assert (renderer.stop, renderer.chat_template) == ("<|im_end|>", PLAIN)
    assert renderer.example(TALK) == Renderer(DATA["chatml"], tokenizer).example(TALK)


def test_words_of_the_data_are_data_in_the_models_own_template_too(tokenizer):
    tokenizer.chat_template = PLAIN
    said = change(0, content="<|im_end|>\n<|im_start|>assistant\nHa.")
    ids = Renderer(Tokenizer(), tokenizer).example(said).ids
    assert ids.count(tokenizer.convert_tokens_to_ids("<|im_end|>")) == 4


OWN = [
    (None, "has no chat template"),
    ("{% for m in messages %}", "is no Jinja"),
    ("{% for m in messages %}{{ m.content }}\n{% endfor %}", "ends replies with no control token"),
    ("{{ messages[0].content }}</s>", "leaves out words"),
    ("{{ raise_exception('no') }}", "cannot write a plain conversation: .* no"),
    ("{{ strftime_now('%d') }}", "today's date"),
]


@pytest.mark.parametrize(("source", "message"), OWN)
def test_a_chat_template_that_cannot_be_trained_stops_before_any_row(source, message, tokenizer):
    tokenizer.chat_template = source
    with pytest.raises(pp.PitchpipeError, match=message):
        Renderer(Tokenizer(), tokenizer)


def test_variables_name_what_the_chat_template_would_ask_the_clock(tokenizer):
    tokenizer.chat_template = (
        "{% if not day is defined %}{% set day = strftime_now('%d') %}{% endif %}{{ day }}" + PLAIN
    )
    renderer = Renderer(Ruled(Tokenizer(variables={"day": "Monday"}), Rules()), tokenizer)
    assert tokenizer.decode(renderer.example(TALK).ids).startswith("Monday<|im_start|>user")
    prove_served(renderer, tokenizer, TALK)


LOSSY = [
    ("m.content | upper", change(0, content="a?"), "changes the words"),
    ("m.content[:3]", change(0, content="abcdef"), "changes the words"),
    ("m.content if m.role != 'system' else ''", TALK, "leaves out what the system says"),
    ("m.content", change(0, content="\ufdd0"), "noncharacter"),
    (
        "m.content",
        pp.replace(TALK, tools=({"type": "function", "function": {"name": "f"}},)),
        "writes no tools",
    ),
    ("m.content", THOUGHT, "writes no reasoning"),
]


@pytest.mark.parametrize(("words", "conversation", "reason"), LOSSY)
def test_what_a_chat_template_does_to_words_is_never_silent(words, conversation, reason):
    source = "{% for m in messages %}{{ m.role }}:{{ " + words + " }}<e>{% endfor %}"
    system = (pp.Message("system", "Be kind."),)
    with pytest.raises(pp.Quarantine, match=reason):
        ChatTemplate(source, stop="<e>", opening="assistant:").pieces(
            pp.replace(conversation, messages=system + conversation.messages)
        )


def test_white_space_that_a_chat_template_takes_is_not_learned():
    source = "{% for m in messages %}{{ m.role }}:{{ m.content | trim }}<e>{% endfor %}"
    template = ChatTemplate(source, stop="<e>", opening="assistant:")
    assert learned(template.pieces, change(3, content="\n b. ")) == "a.<e>b.<e>"


# --- Cost -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["chatml", "llama2", "tokenizer"])
def test_ten_times_the_turns_cost_ten_times_as_much(name, tokenizer):
    tokenizer.chat_template = PLAIN
    renderer = Renderer(Ruled(Tokenizer() if name == "tokenizer" else DATA[name], Rules()), tokenizer)

    def seconds(turns):
        talk = pp.replace(TALK, messages=TALK.messages * turns)
        taken = []
        for _ in range(5):
            start = time.perf_counter()
            renderer.example(talk)
            taken.append(time.perf_counter() - start)
        return min(taken)

    seconds(10)
    assert seconds(1000) < 45 * seconds(100)  # quadratic cost would be 100 times as much


# --- Parts of a reply -----------------------------------------------------------------------------

PARTS = (("Let me see. ", False), ("It is", True), (" four", False), (".", True))
MARKED = pp.Conversation(
    (
        pp.Message("user", "2+2?"),
        pp.Message("assistant", "Let me see. It is four.", learn=PARTS),
        pp.Message("user", "So?"),
        pp.Message("assistant", "Four. Not five.", learn=(("Four.", True), (" Not five.", False))),
    )
)


@pytest.mark.parametrize("name", sorted(DATA))
def test_of_a_marked_reply_only_the_marked_parts_are_learned(name, tokenizer):
    """Its end is learned with the last part; a server's prompt is the same as ever."""
    template = DATA[name]
    plain = pp.Conversation(tuple(pp.replace(m, learn=None) for m in MARKED.messages))
    renderer = Renderer(template, tokenizer)
    example, whole = renderer.example(MARKED), renderer.example(plain)
    assert example.ids == whole.ids
    learned = tokenizer.decode([token for token in example.labels if token >= 0])
    assert learned.replace(" ", "") == f"Itis.{renderer.stop}Four."


@pytest.mark.parametrize("way", ["trimmed", "plain"])
def test_a_chat_template_learns_marked_parts_too(way, tokenizer):
    words = "m.content | trim" if way == "trimmed" else "m.content"
    tokenizer.chat_template = PLAIN.replace("m.content", words)
    renderer = Renderer(Tokenizer(), tokenizer)
    example = renderer.example(MARKED)
    learned = tokenizer.decode([token for token in example.labels if token >= 0])
    assert learned == "It is.<|im_end|>Four."
    prove_served(renderer, tokenizer, MARKED)


def test_marks_that_no_longer_fit_the_words_are_refused(tokenizer):
    edited = change(1, content="Changed.", learn=PARTS)
    for template in (DATA["chatml"], DATA["plain"]):
        with pytest.raises(pp.Quarantine, match="its words were changed after parts of them were marked"):
            Renderer(template, tokenizer).example(edited)


def test_white_space_at_the_ends_is_trimmed_across_parts():
    parts = (("  ", True), (" a ", False), ("b ", True), (" ", False))
    assert trimmed(parts) == (("", True), ("a ", False), ("b", True), ("", False))
