"""Any sampler of Optuna, by name."""

from __future__ import annotations

import warnings
from typing import Any

from numpy.random import Generator

from searchers.questions import Search, Train
from searchers.registry import searcher
from searchers.space import Space

SAMPLERS = {
    "tpe": "TPESampler",
    "gp": "GPSampler",
    "cmaes": "CmaEsSampler",
    "nsgaii": "NSGAIISampler",
    "nsgaiii": "NSGAIIISampler",
    "random": "RandomSampler",
}


@searcher(
    source="Akiba et al., Optuna, KDD 2019, arXiv:1907.10902",
    family="optimiser",
    requires=("optuna",),
)
def optuna(space: Space, rng: Generator, sampler: str, ordered: bool = False) -> Search:
    """Ask one of Optuna's samplers and tell it the accuracy.

    ``sampler`` is tpe, gp, cmaes, nsgaii, nsgaiii or random, with Optuna's settings. Choices are
    categories, or whole numbers with ``ordered``: right for widths, a made-up order for operations.
    cmaes knows numbers only, and draws categories at random.
    """
    import optuna

    if sampler not in SAMPLERS:
        raise ValueError(f"a sampler should be one of {', '.join(SAMPLERS)}, found `{sampler}`")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    seed = int(rng.integers(2**31))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a sampler is experimental
        made = getattr(optuna.samplers, SAMPLERS[sampler])(seed=seed)
        study = optuna.create_study(direction="maximize", sampler=made)
    axes: dict[str, Any] = {}
    for axis, size in enumerate(space.sizes):
        categories = optuna.distributions.CategoricalDistribution(range(size))
        numbers = optuna.distributions.IntDistribution(0, size - 1)
        axes[str(axis)] = numbers if ordered else categories
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trial = study.ask(axes)
        places = [trial.params[name] for name in axes]
        study.tell(trial, (yield Train(space.nearest(places, rng))).value)
