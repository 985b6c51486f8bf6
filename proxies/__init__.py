"""Training-free scores of a network: pure functions of records, one idea a file."""

from proxies.combinations import COMBINATIONS, Combination, choose
from proxies.registry import Proxy, UnknownProxy, find, load_all, proxy

__all__ = [
    "COMBINATIONS",
    "Combination",
    "Proxy",
    "UnknownProxy",
    "choose",
    "find",
    "load_all",
    "proxy",
]
