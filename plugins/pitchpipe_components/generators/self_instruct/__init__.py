"""The generator `self_instruct`."""

from pitchpipe_components.generators.self_instruct.generator import TasksFromSeeds as TasksFromSeeds
