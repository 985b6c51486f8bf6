"""Rank correlations on NAS-Bench-201 that others published, with what they are of."""

from __future__ import annotations

from typing import Literal, NamedTuple

NO = float("nan")


class Published(NamedTuple):
    """A proxy's correlations with accuracy after 200 epochs, on the three datasets.

    That of test, except for NAS-Bench-Suite-Zero and NASWOT, who judge on validation images.

    ``cells`` is how many were drawn, 0 for all 15,625; ``values`` are those on CIFAR-10, CIFAR-100
    and ImageNet16-120, NaN where none is given.
    """

    proxy: str
    source: str
    statistic: Literal["spearman", "kendall"]
    cells: int
    values: tuple[float, float, float]

    @property
    def digits(self) -> int:
        """Decimals that were printed."""
        return 2 if all(value != value or round(value, 2) == value for value in self.values) else 3


ZERO_COST = "Abdelfattah et al. 2021"
SUITE = "NAS-Bench-Suite-Zero 2022"
ZICO = "ZiCo 2023"
AZ_NAS = "AZ-NAS 2024"
VKDNW = "VKDNW 2025"
NASWOT = "NASWOT 2021"
MECO = "MeCo 2023"
NEAR = "NEAR 2025"
SWAP = "SWAP 2024"
GRADSIGN = "GradSign 2022"
EPSINAS = "epsinas 2023"
DEXTR = "Dextr 2025"
"""Of MeCo, NEAR, SWAP, GradSign and Dextr the values are as others quote them."""

PUBLISHED = (
    Published("grad_norm", ZERO_COST, "spearman", 0, (0.594, 0.637, 0.578)),
    Published("snip", ZERO_COST, "spearman", 0, (0.596, 0.637, 0.578)),
    Published("grasp", ZERO_COST, "spearman", 0, (0.514, 0.547, 0.549)),
    Published("fisher", ZERO_COST, "spearman", 0, (0.360, 0.385, 0.327)),
    Published("synflow", ZERO_COST, "spearman", 0, (0.737, 0.763, 0.751)),
    Published("jacob_cov", ZERO_COST, "spearman", 0, (0.731, 0.704, 0.701)),
    Published("params", ZERO_COST, "spearman", 0, (0.751, 0.727, 0.690)),
    Published("naswot", SUITE, "spearman", 1000, (0.77, 0.80, 0.77)),
    Published("jacob_cov", SUITE, "spearman", 1000, (0.75, 0.71, 0.71)),
    Published("synflow", SUITE, "spearman", 1000, (0.73, 0.76, 0.75)),
    Published("params", SUITE, "spearman", 1000, (0.72, 0.73, 0.69)),
    Published("epe_nas", SUITE, "spearman", 1000, (0.70, 0.60, 0.33)),
    Published("flops", SUITE, "spearman", 1000, (0.69, 0.71, 0.67)),
    Published("l2_norm", SUITE, "spearman", 1000, (0.68, 0.72, 0.69)),
    Published("grad_norm", SUITE, "spearman", 1000, (0.58, 0.63, 0.57)),
    Published("snip", SUITE, "spearman", 1000, (0.58, 0.63, 0.57)),
    Published("grasp", SUITE, "spearman", 1000, (0.51, 0.54, 0.55)),
    Published("fisher", SUITE, "spearman", 1000, (0.50, 0.54, 0.48)),
    Published("zen", SUITE, "spearman", 1000, (0.35, 0.35, 0.39)),
    Published("plain", SUITE, "spearman", 1000, (-0.26, -0.21, -0.22)),
    Published("grad_norm", ZICO, "kendall", 0, (0.46, 0.47, 0.43)),
    Published("snip", ZICO, "kendall", 0, (0.46, 0.46, 0.43)),
    Published("grasp", ZICO, "kendall", 0, (0.37, 0.36, 0.40)),
    Published("fisher", ZICO, "kendall", 0, (0.40, 0.41, 0.37)),
    Published("synflow", ZICO, "kendall", 0, (0.54, 0.57, 0.56)),
    Published("knas", ZICO, "kendall", 0, (0.14, 0.24, 0.30)),
    Published("naswot", ZICO, "kendall", 0, (0.58, 0.62, 0.60)),
    Published("ntk_condition", ZICO, "kendall", 0, (0.33, 0.33, 0.46)),
    Published("gradsign", ZICO, "kendall", 0, (0.58, 0.59, 0.59)),
    Published("zen", ZICO, "kendall", 0, (0.29, 0.28, 0.29)),
    Published("flops", ZICO, "kendall", 0, (0.54, 0.51, 0.49)),
    Published("params", ZICO, "kendall", 0, (0.57, 0.55, 0.52)),
    Published("zico", ZICO, "kendall", 0, (0.61, 0.61, 0.60)),
    Published("grad_norm", ZICO, "spearman", 0, (0.63, 0.63, 0.58)),
    Published("snip", ZICO, "spearman", 0, (0.63, 0.63, 0.58)),
    Published("grasp", ZICO, "spearman", 0, (0.54, 0.51, 0.56)),
    Published("fisher", ZICO, "spearman", 0, (0.55, 0.55, 0.50)),
    Published("synflow", ZICO, "spearman", 0, (0.73, 0.76, 0.75)),
    Published("knas", ZICO, "spearman", 0, (0.20, 0.35, 0.42)),
    Published("naswot", ZICO, "spearman", 0, (0.77, 0.80, 0.78)),
    Published("ntk_condition", ZICO, "spearman", 0, (0.44, 0.43, 0.63)),
    Published("gradsign", ZICO, "spearman", 0, (0.77, 0.79, 0.78)),
    Published("zen", ZICO, "spearman", 0, (0.38, 0.36, 0.40)),
    Published("flops", ZICO, "spearman", 0, (0.73, 0.71, 0.67)),
    Published("params", ZICO, "spearman", 0, (0.75, 0.73, 0.69)),
    Published("zico", ZICO, "spearman", 0, (0.80, 0.81, 0.79)),
    Published("params", AZ_NAS, "kendall", 0, (0.578, 0.552, 0.520)),
    Published("flops", AZ_NAS, "kendall", 0, (0.578, 0.551, 0.517)),
    Published("grad_norm", AZ_NAS, "kendall", 0, (0.357, 0.350, 0.304)),
    Published("grasp", AZ_NAS, "kendall", 0, (0.318, 0.315, 0.282)),
    Published("snip", AZ_NAS, "kendall", 0, (0.454, 0.451, 0.400)),
    Published("synflow", AZ_NAS, "kendall", 0, (0.571, 0.565, 0.555)),
    Published("naswot", AZ_NAS, "kendall", 0, (0.557, 0.579, 0.573)),
    Published("te_nas", AZ_NAS, "kendall", 0, (0.536, 0.535, 0.492)),
    Published("zen", AZ_NAS, "kendall", 0, (0.296, 0.283, 0.303)),
    Published("gradsign", AZ_NAS, "kendall", 0, (0.618, 0.594, 0.575)),
    Published("zico", AZ_NAS, "kendall", 0, (0.589, 0.590, 0.584)),
    Published("az_nas", AZ_NAS, "kendall", 0, (0.741, 0.723, 0.710)),
    Published("expressivity", AZ_NAS, "kendall", 0, (0.569, 0.563, 0.506)),
    Published("progressivity", AZ_NAS, "kendall", 0, (0.521, 0.508, 0.489)),
    Published("trainability", AZ_NAS, "kendall", 0, (0.349, 0.353, 0.407)),
    Published("flops", VKDNW, "kendall", 0, (0.623, 0.586, 0.545)),
    Published("grad_norm", VKDNW, "kendall", 0, (0.328, NO, NO)),
    Published("snip", VKDNW, "kendall", 0, (0.431, 0.440, 0.389)),
    Published("synflow", VKDNW, "kendall", 0, (0.561, 0.553, 0.531)),
    Published("jacob_cov", VKDNW, "kendall", 0, (0.616, 0.639, 0.602)),
    Published("naswot", VKDNW, "kendall", 0, (0.571, 0.607, 0.605)),
    Published("zico", VKDNW, "kendall", 0, (0.607, 0.614, 0.587)),
    Published("te_nas", VKDNW, "kendall", 0, (0.536, 0.537, 0.523)),
    Published("az_nas", VKDNW, "kendall", 0, (0.712, 0.696, 0.673)),
    Published("n_layers", VKDNW, "kendall", 0, (0.626, 0.646, 0.623)),
    Published("vkdnw", VKDNW, "kendall", 0, (0.618, 0.634, 0.622)),
    Published("vkdnw_aggregated", VKDNW, "kendall", 0, (0.750, 0.753, 0.743)),
    Published("flops", VKDNW, "spearman", 0, (0.799, 0.763, 0.718)),
    Published("grad_norm", VKDNW, "spearman", 0, (0.438, NO, NO)),
    Published("snip", VKDNW, "spearman", 0, (0.591, 0.597, 0.519)),
    Published("synflow", VKDNW, "spearman", 0, (0.758, 0.750, 0.719)),
    Published("jacob_cov", VKDNW, "spearman", 0, (0.800, 0.820, 0.779)),
    Published("naswot", VKDNW, "spearman", 0, (0.762, 0.799, 0.794)),
    Published("zico", VKDNW, "spearman", 0, (0.802, 0.809, 0.779)),
    Published("te_nas", VKDNW, "spearman", 0, (0.722, 0.723, 0.709)),
    Published("az_nas", VKDNW, "spearman", 0, (0.892, 0.880, 0.859)),
    Published("n_layers", VKDNW, "spearman", 0, (0.767, 0.787, 0.764)),
    Published("vkdnw", VKDNW, "spearman", 0, (0.815, 0.829, 0.814)),
    Published("vkdnw_aggregated", VKDNW, "spearman", 0, (0.919, 0.919, 0.906)),
    Published("naswot", NASWOT, "kendall", 1000, (0.574, 0.611, 0.549)),
    Published("meco_released", MECO, "spearman", 0, (0.894, 0.883, 0.845)),
    Published("near", NEAR, "spearman", 0, (0.88, 0.87, 0.84)),
    Published("near", NEAR, "kendall", 0, (0.70, 0.69, 0.66)),
    Published("swap", SWAP, "spearman", 0, (0.810, 0.820, 0.774)),
    Published("swap", SWAP, "kendall", 0, (0.634, 0.649, 0.610)),
    Published("gradsign", GRADSIGN, "spearman", 0, (0.765, 0.793, 0.783)),
    Published("epsinas", EPSINAS, "spearman", 0, (0.87, NO, NO)),
    Published("epsinas", EPSINAS, "kendall", 0, (0.69, NO, NO)),
    Published("dextr", DEXTR, "spearman", 1000, (0.90, 0.91, 0.87)),
)
