"""Upstreams: others that answer for a server."""

import pitchpipe as pp
from pitchpipe_components.upstreams.openai import OpenAIUpstream

ROOMS = ("pitchpipe_components.upstreams", "pitchpipe_components.wire")


@pp.hookimpl
def register_upstreams(register: pp.Register) -> None:
    register("openai", OpenAIUpstream, needs=("aiohttp",), extra="serve")
