"""One kind of error for whatever is wrong with what is given."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from benchmarks.errors import BadInput
from proxies import UnknownProxy, UnusablePlugin
from searchers import UnknownSearcher

Given = ParamSpec("Given")
Result = TypeVar("Result")


def told(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Let a function raise ``BadInput`` where a proxy, a searcher or a file of one is at fault."""

    @wraps(function)
    def inner(*given: Given.args, **settings: Given.kwargs) -> Result:
        try:
            return function(*given, **settings)
        except (UnknownProxy, UnknownSearcher, UnusablePlugin) as error:
            raise BadInput(str(error)) from error

    return inner
