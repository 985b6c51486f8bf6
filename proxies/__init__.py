"""Training-free scores of a network: pure functions of records, one idea a file."""

from proxies.combinations import COMBINATIONS, Combination, choose
from proxies.plugins import load_entry_points, load_file
from proxies.plugins.files import UnusablePlugin
from proxies.registry import Proxy, UnknownProxy, find, load_all, proxy

__all__ = [
    "COMBINATIONS",
    "Combination",
    "Proxy",
    "UnknownProxy",
    "UnusablePlugin",
    "choose",
    "find",
    "load_all",
    "load_entry_points",
    "load_file",
    "proxy",
]
