"""GET /health and /ready: whether the process works, and whether it takes requests."""

from pitchpipe_stages.serve.service import ServingService


def alive(service: ServingService) -> str:
    """What is wrong with the process; empty: nothing."""
    dead = [name for name, model in service.embedded.items() if service.begun and not model.engine.alive]
    return f"the engine of {', '.join(dead)} has ended" if dead else ""


def ready(service: ServingService) -> str:
    """Why it takes no requests; empty: it does."""
    if service.draining:
        return "draining"
    return alive(service) if service.begun else "loading"
