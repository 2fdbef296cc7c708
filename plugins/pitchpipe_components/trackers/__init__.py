"""Trackers: where the numbers of a training are shown beside those of other trainings."""

import pitchpipe as pp
from pitchpipe_components.trackers.mlflow import mlflow
from pitchpipe_components.trackers.tensorboard import tensorboard
from pitchpipe_components.trackers.trackio import trackio
from pitchpipe_components.trackers.wandb import wandb

ROOMS = ("pitchpipe_components.trackers",)


@pp.hookimpl
def register_trackers(register: pp.Register) -> None:
    register("tensorboard", tensorboard, needs=("tensorboard", "torch"), extra="tensorboard")
    register("wandb", wandb, needs=("wandb",), extra="wandb")
    register("mlflow", mlflow, needs=("mlflow", "sqlalchemy"), extra="mlflow")
    register("trackio", trackio, needs=("trackio",), extra="trackio")
