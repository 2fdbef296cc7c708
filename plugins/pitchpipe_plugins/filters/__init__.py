"""Filters: what is worth learning from."""

import pitchpipe as pp
from pitchpipe_plugins.filters.exact_duplicates import ExactDuplicates
from pitchpipe_plugins.filters.length import length


@pp.hookimpl
def register_filters(register: pp.Register) -> None:
    register("exact_duplicates", ExactDuplicates)
    register("length", length)
