"""What a prompt asks for, as far as words tell: some tasks ask for what would be a fault elsewhere.

A song repeats its chorus, a letter leaves places to fill in, a dialogue names its speakers.
"""

import re

from pitchpipe import Conversation

Words = re.Pattern[str]


def _any(words: str, foreign: str) -> Words:
    return re.compile(rf"\b(?:{words})\b|{foreign}", re.IGNORECASE)


VERSE = _any(
    r"songs?|lyrics?|lyrical|poems?|poetry|poetic|verses?|stanzas?|rhym\w+|raps?|rapper|ballads?|villanelles?"
    r"|pantoums?|ghazals?|sestinas?|chants?|lullab(?:y|ies)|hymns?|anthems?|jingles?|carols?|chorus(?:es)?"
    r"|refrains?|limericks?"
    r"|sonnets?|haikus?|odes?|mantras?|prayers?|litan(?:y|ies)|psalms?|shant(?:y|ies)|sing|sings|sung"
    r"|cheers?|spoken word"
    r"|Lied(?:es)?|Liedtext|Gedicht|Strophen?|canción|letra|poema|chanson|poème|paroles|canzone|poesia",
    r"歌|诗|詩|童谣|песн|стих|куплет|노래|시를",
)  # fmt: skip
REPEATED = _any(
    r"repeat\w*|repetit\w+|over and over|again and again|echo|loop|stutter\w*"
    r"|(?:write|say|print|type|copy|output|generate|list)\b[^.\n]{0,120}\b(?:\d+|two|three|four|five|ten"
    r"|twenty|fifty|hundred) times",
    r"重复|重複|遍",
)  # fmt: skip
FORM = _any(
    r"letters?|e-?mails?|templates?|forms?|résumés?|resumes?|cv|invitations?|memos?|memorand\w+|contracts?"
    r"|agreements?"
    r"|invoices?|receipts?|notices?|speech(?:es)?|announcements?|press releases?|certificates?"
    r"|greeting cards?|toasts?"
    r"|notes?|messages?|scripts?|mad ?libs?|fill[- ]in\w*|blanks?|placeholders?|outlines?|proposals?|bios?"
    r"|posts?"
    r"|ads?|adverts?\w*|flyers?|brochures?|obituar\w+|eulog\w+|complaints?|apolog\w+|resignations?"
    r"|recommendations?"
    r"|references?|newsletters?|reports?|plans?|policy|policies|wills?|petitions?|statements?"
    r"|checklists?|agendas?|minutes|itinerar\w+|schedules?|surveys?|questionnaires?|applications?|example"
    r"|sample"
    r"|slogans?|taglines?|introductions?|introduce|biograph\w+|profiles?|tweets?|captions?|pitch\w*"
    r"|boilerplates?"
    r"|documents?|drafts?|greetings?",
    r"信|邮件|郵件|模板|合同|简历|通知|邀请|演讲|报告|Brief|Vorlage|Vertrag|carta|correo|lettre|courriel"
    r"|modèle|письм|шаблон|メール|手紙|편지",
)  # fmt: skip
DIALOGUE = _any(
    r"dialog(?:ue)?s?|conversations?|conversational|chats?|chat ?bots?|interviews?|interviewer|scripts?"
    r"|screenplays?"
    r"|scenes?|skits?|role-?play\w*|transcripts?|debates?|q ?(?:&|and) ?a|q/a|assistants?|bots?|characters"
    r"|(?:discussions?|exchanges?|talks?|talking|calls?|messages) between|sales call|phone call"
    r"|Gespräch\w*|Dialog\w*|diálogo|conversación|entretien|dialogo|conversa",
    r"对话|對話|会话|访谈|剧本|聊天|диалог|беседа|разговор|会話|対話|대화",
)  # fmt: skip
TRAINING = _any(
    r"prompts?|instructions?|alpaca|few-?shot|fine-?tun\w+|training (?:data|examples?|pairs?)|data ?sets?"
    r"|templates?"
    r"|placeholders?|variables?|f-?strings?|format strings?|input and output|jinja|mustache",
    r"提示词|指令|模板|数据集",
)  # fmt: skip


def given(conversation: Conversation) -> str:
    """All that stands before a model when it replies: prompts, contexts, answers of tools."""
    return "\n".join([f"{m.content}\n{m.context}" for m in conversation.messages if m.role != "assistant"])


def asks_for(words: Words, conversation: Conversation) -> bool:
    return words.search(given(conversation)) is not None
