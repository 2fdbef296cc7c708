"""Rewards: how good a reply is, for trainers that try replies out."""

import pitchpipe as pp
from pitchpipe_components.rewards.exact_answer import exact_answer
from pitchpipe_components.rewards.form import is_json, length
from pitchpipe_components.rewards.matches import Matches
from pitchpipe_components.rewards.same_number import same_number

ROOMS = ("pitchpipe_components.rewards", "pitchpipe_components.text")


@pp.hookimpl
def register_rewards(register: pp.Register) -> None:
    register("exact_answer", exact_answer)
    register("same_number", same_number)
    register("matches", Matches)
    register("length", length)
    register("json", is_json)
