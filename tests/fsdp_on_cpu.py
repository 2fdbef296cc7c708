"""Lets Accelerate take FSDP2 where there is no GPU. It would take plain data parallelism without a word, although
torch's fully_shard works with gloo. All that follows is Accelerate's and torch's own code."""

import os
from typing import Any


def allow() -> None:
    """In this process."""
    from accelerate.state import AcceleratorState, PartialState
    from accelerate.utils import DistributedType

    from pitchpipe_components.trainers import trl_run
    from pitchpipe_stages.train import places

    begin = AcceleratorState.__init__

    def begun(self: Any, *args: Any, **named: Any) -> None:
        begin(self, *args, **named)
        plugin = named.get("fsdp_plugin")
        if plugin is not None and self.distributed_type == DistributedType.MULTI_CPU:
            self.distributed_type = PartialState._shared_state["distributed_type"] = DistributedType.FSDP
            if self._mixed_precision != "no":
                plugin.set_mixed_precision(self._mixed_precision)
            self.fsdp_plugin = plugin

    AcceleratorState.__init__ = begun
    trl_run.must_have_gpus = lambda device: None
    places.must_have_gpus = lambda launch: None
    assert os.environ["WORLD_SIZE"] == "2"
