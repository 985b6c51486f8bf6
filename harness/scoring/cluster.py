"""Workers on other machines, through Dask."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from typing import Any

from benchmarks.errors import BadInput
from proxies.plugins.beside import by_value

SECONDS = 20
"""Time that a scheduler has to answer."""


@contextmanager
def connected(address: str) -> Iterator[Executor]:
    """Yield an executor that runs on a Dask scheduler's workers.

    Raises:
        BadInput: ``distributed`` is not installed, or no scheduler answers, or it has no worker.
    """
    try:
        import distributed
    except ImportError as error:
        raise BadInput(
            "`--scheduler` should have the package `distributed`. It is not installed: install "
            "`nas-proxy-harness[cluster]`."
        ) from error
    client: Any = None
    try:
        client = _client(distributed, address)
        client.wait_for_workers(1, timeout=SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        raise BadInput(
            f"`--scheduler` should be the address of a Dask scheduler with workers. `{address}` "
            f"does not answer as one: {str(error).splitlines()[0].rstrip('.')}."
        ) from error
    try:
        with client.get_executor() as executor:
            yield ByValue(executor)
    finally:
        client.close()


def _client(distributed: Any, address: str) -> Any:
    with suppress(NotImplementedError):  # an address that needs no port
        distributed.comm.get_address_host_port(address)  # a client of another would wait in vain
    return distributed.Client(address, timeout=SECONDS, set_as_default=False)


class ByValue(Executor):
    """Another executor that is sent the proxies of files by value: workers lack the files."""

    def __init__(self, inner: Executor) -> None:
        self.inner = inner

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Submit a call to the executor within."""
        import cloudpickle

        for name in by_value():
            cloudpickle.register_pickle_by_value(sys.modules[name])
        return self.inner.submit(_call, cloudpickle.dumps((function, arguments, named)))


def _call(pickled: bytes) -> Any:
    function, arguments, named = pickle.loads(pickled)
    return function(*arguments, **named)
