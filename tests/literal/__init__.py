"""The networks and the proxies once more: slow, literal, float64, written from the papers.

Nothing here uses the project's networks, passes or formulas; weights come in as a plain list, in
the order of the forward pass.
"""

from tests.literal.constants import *  # noqa: F403
from tests.literal.features import *  # noqa: F403
from tests.literal.information import *  # noqa: F403
from tests.literal.losses import *  # noqa: F403
from tests.literal.net import PATHS as PATHS
from tests.literal.net import Net as Net
from tests.literal.responses import *  # noqa: F403
from tests.literal.samples import *  # noqa: F403
from tests.literal.training import *  # noqa: F403
from tests.literal.written import *  # noqa: F403
