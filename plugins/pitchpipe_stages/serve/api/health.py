"""GET /health and /ready: whether the process works, and whether it takes requests."""

from pitchpipe_stages.serve.service import ServingService


def alive(service: ServingService) -> str:
    """What is wrong with the process; empty: nothing."""
    dead = [name for name, one in service.upstreams.items() if not getattr(one, "alive", True)]
    return f"the engine of {', '.join(dead)} has ended" if dead else ""


def ready(service: ServingService) -> str:
    """Why it takes no requests; empty: it does."""
    return "draining" if service.draining else alive(service)
