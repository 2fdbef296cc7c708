"""Registers the built-in formats, which say where in a row the messages are."""

import pitchpipe as pp
from pitchpipe_components.formats.alternating import LIMA, Pairs, UltraChat
from pitchpipe_components.formats.arena import Arena
from pitchpipe_components.formats.chat import Messages, ShareGPT
from pitchpipe_components.formats.chatgpt import ChatGPT
from pitchpipe_components.formats.kto import KTO
from pitchpipe_components.formats.made import OwnRows
from pitchpipe_components.formats.marked import HH, Glaive
from pitchpipe_components.formats.oasst import OASST, OASSTMessages
from pitchpipe_components.formats.plain import OfPerson, Text
from pitchpipe_components.formats.preference import OpenAIPreference, Preference
from pitchpipe_components.formats.prompts import Prompts
from pitchpipe_components.formats.ranked import SHP, Nectar, UltraFeedback
from pitchpipe_components.formats.served import Served
from pitchpipe_components.formats.tables import (
    FLAN,
    P3,
    Alpaca,
    Dolly,
    NaturalInstructions,
    OpenOrca,
    OrcaDPO,
    PromptCompletion,
    QueryResponse,
)
from pitchpipe_components.formats.tasks import SelfInstruct, SuperNI
from pitchpipe_components.formats.transcript import Transcript
from pitchpipe_components.formats.xlam import XLAM

FORMATS = {
    "alpaca": Alpaca,
    "arena": Arena,
    "chatgpt": ChatGPT,
    "dolly": Dolly,
    "flan": FLAN,
    "glaive": Glaive,
    "hh": HH,
    "kto": KTO,
    "lima": LIMA,
    "made": OwnRows,
    "messages": Messages,
    "natural_instructions": NaturalInstructions,
    "nectar": Nectar,
    "oasst": OASST,
    "oasst_messages": OASSTMessages,
    "openai_preference": OpenAIPreference,
    "openorca": OpenOrca,
    "orca_dpo": OrcaDPO,
    "p3": P3,
    "pairs": Pairs,
    "persona": OfPerson,
    "preference": Preference,
    "prompt_completion": PromptCompletion,
    "prompts": Prompts,
    "query_response": QueryResponse,
    "self_instruct": SelfInstruct,
    "served": Served,
    "sharegpt": ShareGPT,
    "shp": SHP,
    "super_ni": SuperNI,
    "text": Text,
    "transcript": Transcript,
    "ultrachat": UltraChat,
    "ultrafeedback": UltraFeedback,
    "xlam": XLAM,
}

ROOMS = ("pitchpipe_components.formats", "pitchpipe_components.served", "pitchpipe_components.text")


@pp.hookimpl
def register_formats(register: pp.Register) -> None:
    for name, format in FORMATS.items():
        register(name, format)
