"""The ways in which a model says who it is and who made it, in many languages."""
# ruff: noqa: RUF001 non-ASCII characters are meant

import re

# Only replies with one of these are searched for claims: this check is most of a clean reply's cost.
TEACHERS = (
    "openai", "gpt", "anthropic", "claude", "google", "gemini", "deepseek", "qwen", "llama", "mistral",
    "alibaba", "baidu", "tencent", "bytedance", "zhipu", "moonshot", "minimax", "microsoft", "by meta",
    "at meta", "meta ai", "xai", "grok", "cohere", "kimi", "glm", "ernie", "hunyuan", "vicuna", "alpaca",
    "lmsys", "laion", "open assistant", "copilot", "nvidia", "ibm",
    "通义", "文心", "豆包", "混元", "百川", "星火", "深度求索", "月之暗面", "智谱", "阿里", "百度", "腾讯",
    "字节", "讯飞", "谷歌", "微软", "元宝", "清华", "书生", "盘古",
)  # fmt: skip

# Names that nothing and nobody else has.
SURE = (
    r"(?:chat ?gpt|gpt-?[345][\w.-]*|deepseek(?:-\w+)*|qwen[\w.-]*|(?:chat)?glm[\w.-]*|vicuna|ernie bot"
    r"|hunyuan|kimi(?: ai)?"
    r"|copilot|open ?assistant|通义千问|文心一言|讯飞星火|智谱清言|腾讯元宝)"
)
# People, animals and stars have these names too: they count only beside a word such as "assistant".
MAYBE = r"(?:claude|gemini|llama|mistral|grok|alpaca|command|phi|nova|bard|bing)"
_MAYBE_ZH = r"(?:通义|文心|星火|豆包|混元|百川|元宝|书生|盘古|claude|gemini|llama|grok)"
MAKER = (
    r"(?:open ?ai|anthropic|google(?: deepmind)?|deepmind|meta(?: ai)?|mistral(?: ai)?|deepseek(?: ai)?"
    r"|alibaba(?: cloud)?"
    r"|baidu|tencent|bytedance|zhipu(?: ai)?|moonshot(?: ai)?|minimax|microsoft|xai|cohere|lmsys|laion"
    r"|nvidia|ibm|hugging ?face"
    r"|深度求索|月之暗面|智谱(?:ai)?|阿里(?:巴巴|云)?(?:集团|达摩院)?|百度|腾讯|字节跳动|科大讯飞|讯飞"
    r"|谷歌|微软|清华大学|华为|商汤|面壁智能|零一万物|昆仑万维|上海人工智能实验室)"
)
_END = r"(?:(?<![a-z0-9])|(?![a-z0-9_]))"  # names in Chinese may be followed by a Latin word
_START = r"(?<![a-z0-9_])"
_MADE = r"(?:trained|developed|created|made|built|designed)(?: and (?:trained|maintained|developed))?"
_MACHINE = r"(?:ai|assistant|chatbot|(?:language )?model|" + MAKER + r"\b)"
_I_AM = r"\b(?:i am|i'm|my name is|call me)(?: called| named| actually| just)?"
_ENGLISH = (
    rf"{_I_AM} {SURE}\b"
    rf"|{_I_AM} {MAYBE}\b[^.!?\n]{{0,60}}\b{_MACHINE}"
    rf"|{_I_AM} an? (?:[\w-]+ ){{0,5}}?{_MACHINE}\b[^.!?\n]{{0,40}}"
    rf"\b(?:by|called|named|from|at) (?:{SURE}|{MAYBE}|{MAKER}\b)"
    rf"|\bi(?: was| am|'m| have been|'ve been) {_MADE} (?:by|at) (?:the team at )?{MAKER}\b"
    rf"|\bi(?: am|'m) (?:based on|powered by|built on|running on) [^.!?\n]{{0,30}}?{SURE}\b"
    rf"|(?:^|[.!?\n] *)as {SURE},"
    rf"|\bas an? (?:[\w-]+ ){{0,5}}?(?:ai|assistant|model)\b[^.!?\n]{{0,20}} {_MADE} by {MAKER}\b"
    rf"|\bmy (?:developers|creators|makers|team) (?:at|from) {MAKER}\b"
)
_MADE_ZH = r"(?:训练|开发|研发|创建|创造|打造|推出|设计|构建|提供|制造|产生|產生|自主研发|独立研发|開發|訓練)"
_BOT_ZH = r"(?:语言模型|大模型|模型|人工智能|ai|助手|助理|机器人|語言模型|程序|系统)"
_I_AM_ZH = (
    r"(?:我是|我叫|我的名字(?:是|叫)|我名叫|我就是|本人是) ?(?:一个|一款|一种)?(?:名为|叫做|叫)? ?[“\"「]?"
)
_CHINESE = (
    rf"{_I_AM_ZH}{SURE}{_END}"
    rf"|{_I_AM_ZH}{_MAYBE_ZH}{_END}[^。！？\n]{{0,16}}(?:{_BOT_ZH}|{MAKER})"
    rf"|我(?:是|乃|被|由)[^在。！？，,\n]{{0,12}}?{MAKER}[^在。！？，,\n]{{0,30}}?{_MADE_ZH}"
    rf"|我是[^在。！？，,\n]{{0,6}}{MAKER}(?:公司)?的[^。！？，,\n]{{0,8}}{_BOT_ZH}"
    rf"|作为(?:一个|一款|一名)?[^。！？，,\n]{{0,4}}(?:{SURE}{_END} ?[，,]"
    rf"|{MAKER}[^。！？，,\n]{{0,12}}{_MADE_ZH}"
    rf"[^。！？，,\n]{{0,10}}{_BOT_ZH})"
    rf"|我(?:是)?(?:一个)?基于[^。！？\n]{{0,10}}{SURE}"
    rf"|我的(?:开发者|创造者|开发团队|制造商)是 ?{MAKER}"
)
_JAPANESE_KOREAN = (
    rf"(?:私|わたし|僕)は、?(?:{SURE}{_END}(?!を|の|が|に|と|も)|{MAKER}(?:社)?(?:によって|が|に|の|により)"
    rf"[^。\n]{{0,12}}(?:開発|訓練|作成|作ら|トレーニング|提供|言語モデル|ai))"
    rf"|{MAKER}(?:社)?(?:によって|が|により)(?:開発|訓練|作成|トレーニング)[^。\n]{{0,24}}(?:モデル|ai"
    rf"|アシスタント)です"
    rf"|(?:저는|나는|제 이름은) ?(?:{SURE}(?:입니다|이에요|예요|라고)|{MAKER}(?:에서|가|이|에 의해"
    rf"|의)[^.\n]{{0,16}}"
    r"(?:개발|훈련|만든|만들|학습|제작))"
)
_BY = r"(?:von|der|durch|par|por|pela?|pelo|da|dalla?|od|door|przez|tarafından|компани\w+|ком)"
_EUROPEAN = (
    rf"\b(?:ich bin|ich heiße|mein name ist|je suis|je m'appelle|mon nom est|soy|me llamo|mi nombre es"
    rf"|(?:eu )?sou(?: o)?"
    rf"|meu nome é|(?:io )?sono|mi chiamo|ik ben|jestem|ben|я —|я -|я|меня зовут|моё имя|saya adalah"
    rf"|nama saya|tôi là|tên tôi là)"
    rf" {SURE}{_END}"
    rf"|\b(?:ich bin|je suis|soy|sou|sono|ik ben|я —|я -|я) (?:ein|une?|um|uma|un|una"
    rf"|een)? ?[^.!?\n]{{0,60}}?"
    rf"(?:modell?o?|modèle|sprachmodell\w*|assistente?|asistente|assistant|taalmodel|модель|ассистент"
    rf"|помощник|ki|ia)\b"
    rf"[^.!?\n]{{0,50}}?{_BY} {MAKER}\b"
    rf"|\b(?:ich wurde|j'ai été|je suis|fui|he sido|fui|sono stat[oa]|ik ben|меня"
    rf"|я был[ао]?)[^.!?\n]{{0,24}}?{_BY} {MAKER}\b"
    rf"|\bменя (?:создала|разработала|обучила)[^.!?\n]{{0,16}} {MAKER}\b"
)
CLAIMS = re.compile("|".join((_ENGLISH, _CHINESE, _JAPANESE_KOREAN, _EUROPEAN)))
NAMES = re.compile(rf"{_START}(?:{SURE}|{MAYBE}){_END}", re.IGNORECASE)
MAKERS = re.compile(rf"{_START}{MAKER}{_END}", re.IGNORECASE)
