"""The sections about serving belong to a stage, as all sections do. It is no step of a run."""

from pitchpipe.recipe.recipe import Recipe
from pitchpipe.run.stage import Stage
from pitchpipe_stages.serve.sections import GUARDS, MIDDLEWARES, ROUTER, SERVE, UPSTREAMS


class ServeStage(Stage[None]):
    """`pitchpipe serve` reads its sections; `pitchpipe run` passes over them."""

    name = "serve"
    sections = (SERVE, GUARDS, MIDDLEWARES, UPSTREAMS, ROUTER)

    def wanted(self, recipe: Recipe) -> bool:
        return False


SERVED = ServeStage()
