"""Rewards: how good a reply is, for trainers that try replies out."""

import pitchpipe as pp


@pp.hookimpl
def register_rewards(register: pp.Register) -> None: ...
