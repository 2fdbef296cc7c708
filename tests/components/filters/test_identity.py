"""Replies that claim to be another assistant are renamed or dropped."""
# ruff: noqa: RUF001 other languages have other marks

import pytest

from pitchpipe_components import filters
from tests.components.filters.talks import dropped, reply, talk


def test_claims_can_say_another_name():
    text = "Hi! I am ChatGPT, an AI made by OpenAI.\nOpenAI sells ChatGPT to many."
    verdict = filters.teacher_identity(reply(text), name="Pip", maker="Us")
    assert verdict.notes == ("teacher renamed",) and dropped(verdict) is None
    renamed = verdict.conversation.messages[1].content
    assert renamed == "Hi! I am Pip, an AI made by Us.\nOpenAI sells ChatGPT to many."
    assert dropped(filters.teacher_identity(reply(renamed))) is None


def test_a_claim_of_a_maker_that_has_no_other_name_is_dropped():
    verdict = filters.teacher_identity(reply("I am Claude, an AI trained by Anthropic."), name="Pip")
    assert verdict.conversation.messages[1].content == "I am Pip, an AI trained by Anthropic."
    assert dropped(filters.teacher_identity(reply("I am an AI model trained by Anthropic."), name="Pip"))


def test_renaming_leaves_what_users_say():
    chat = talk("I am ChatGPT.", "I am ChatGPT.")
    edited = filters.teacher_identity(chat, name="Pip").conversation
    assert [message.content for message in edited.messages] == ["I am ChatGPT.", "I am Pip."]


CLAIMS = [
    "我是由月之暗面科技有限公司（Moonshot AI）开发的人工智能助手。",
    "你好！我是通义千问AI助手。",
    "我是一个名为 ChatGLM2-6B 的人工智能助手。",
    "我是書生。我是由OpenAI產生的AI。",
    "我基于OpenAI的GPT-4。",
    "你好！我是书生·浦语，一个由上海人工智能实验室开发的人工智能助手。",
    "I am based on the GPT-4 architecture.",
    "I am Llama, made by Meta AI.",
    "我是ChatGPT，一个由OpenAI训练的大型语言模型。",
    "我是由OpenAI开发的人工智能助手。",
    "作为一个由OpenAI训练的语言模型，我没有个人感情。",
    "我叫通义千问，是阿里云研发的。",
    "我是百度公司开发的人工智能语言模型，我的中文名是文心一言。",
    "您好，我是 ChatGPT，很高兴为您服务。",
    "我是阿里巴巴的语言模型",
    "我是一个由深度求索公司开发的智能助手DeepSeek-V3。",
    "我是OpenAI训练的大型语言模型",
    "作为OpenAI开发的AI助手，",
    "我由OpenAI创建",
    "我的名字是Kimi",
    "我是智谱清言",
    "Ich bin ChatGPT.",
    "Ich bin ein Sprachmodell, das von OpenAI entwickelt wurde.",
    "Ich wurde von OpenAI entwickelt.",
    "Je suis ChatGPT, un modèle de langage.",
    "Je suis un modèle de langage développé par OpenAI.",
    "J'ai été créé par Anthropic.",
    "Soy ChatGPT",
    "Soy un modelo de lenguaje entrenado por OpenAI.",
    "He sido creado por OpenAI.",
    "Fui desenvolvido pela OpenAI.",
    "Eu sou o ChatGPT.",
    "Sono ChatGPT.",
    "Sono un modello linguistico sviluppato da OpenAI.",
    "Я ChatGPT",
    "Я — языковая модель, созданная компанией OpenAI.",
    "Меня создала компания OpenAI.",
    "私はChatGPTです。",
    "私はOpenAIによって開発された言語モデルです。",
    "저는 ChatGPT입니다.",
    "저는 OpenAI에서 개발한 언어 모델입니다.",
    "I am Llama, an AI made by Meta.",
    "I was trained by Alibaba Cloud.",
    "I am a large language model developed by Meta.",
    "I'm Qwen",
    "I am Grok, an AI by xAI",
]
TALK = [
    "他作为“ChatGPT”学习于人类之中。",
    "这个角色可以作为ChatGPT学习的例子。",
    "我基于百度地图画了一张图。",
    "This report is based on GPT-4.",
    "I am based in Berlin, near the Google office.",
    "我是一个学生，我喜欢用ChatGPT。",
    "OpenAI开发了ChatGPT。",
    "百度是一家公司，我在百度工作。",
    "我是在谷歌上找到的。",
    "我是百度的员工。",
    "我认为微软开发的软件很好。",
    "我用谷歌搜索。",
    "阿里巴巴是中国公司，由马云创立。",
    "作为微软的竞争对手，谷歌开发了它。",
    "我是一名在腾讯工作的工程师，开发游戏。",
    "Ich bin ein Kunde von Google.",
    "Je suis allé chez Google.",
    "Sono un modello per Google Ads?",
    "Я работаю в Google.",
    "私はChatGPTを使います。",
    "ChatGPT was developed by OpenAI.",
    "I was hired by Google.",
    "I am trained as a nurse by Google Maps fans",
    "The metal was made by hand.",
    "He said: as Claude, an artist",
    "我是由谷歌地图带到这里的。",
    "通义千问是阿里云的模型。",
    "我是豆包爱好者。",
    "我是书生，家住江南。",
    "我是百川东到海的那条河",
    "Soy un asistente de ventas en Google.",
]


@pytest.mark.parametrize("text", CLAIMS)
def test_claims_are_known_in_many_languages(text):
    assert dropped(filters.teacher_identity(reply(text)))


@pytest.mark.parametrize("text", TALK)
def test_who_works_with_a_teacher_or_speaks_of_it_claims_nothing(text):
    assert dropped(filters.teacher_identity(reply(text))) is None


def test_a_claim_in_chinese_is_renamed():
    verdict = filters.teacher_identity(
        reply("我是ChatGPT，由OpenAI训练的语言模型。"), name="小笛", maker="笛社"
    )
    assert verdict.conversation.messages[1].content == "我是小笛，由笛社训练的语言模型。"


def test_the_words_that_decided_are_quoted_as_they_are_written():
    claim = dropped(filters.teacher_identity(reply("Hi. I am ChatGPT.")))
    assert claim.reason == "claims too high: Hi. I am ChatGPT."
    late = dropped(filters.knowledge_cutoff(reply("As of my last update in 2021, it is.")))
    assert late.reason.startswith("cutoffs too high: As of my last update")
