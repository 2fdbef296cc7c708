"""Exporters: what a tuned model is written as."""

import pitchpipe as pp


@pp.hookimpl
def register_exporters(register: pp.Register) -> None: ...
