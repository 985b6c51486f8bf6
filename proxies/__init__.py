"""Training-free scores of a network: pure functions of records, one idea a file."""

from proxies.registry import Proxy, UnknownProxy, find, load_all, proxy

__all__ = ["Proxy", "UnknownProxy", "find", "load_all", "proxy"]
