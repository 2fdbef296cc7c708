"""The stages that come with pitchpipe, offered as any plugin offers its own."""

import pitchpipe as pp
from pitchpipe_stages.evaluate.stage import BASE, TUNED
from pitchpipe_stages.generate.making.stage import GENERATED
from pitchpipe_stages.prepare.stage import PREPARE
from pitchpipe_stages.serve.in_process import ModelInProcess
from pitchpipe_stages.serve.stage import SERVED
from pitchpipe_stages.train.stage import TRAIN


@pp.hookimpl
def register_stages(register: pp.Register) -> None:
    for stage in (GENERATED, PREPARE, TRAIN, BASE, TUNED, SERVED):
        register(stage)


@pp.hookimpl
def register_upstreams(register: pp.Register) -> None:
    register("model", ModelInProcess, extra="serve", needs=("torch", "transformers"))
