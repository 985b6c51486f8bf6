"""Put what a command printed into a page: ``COMMAND | python -m studies.insert PAGE NAME``.

It replaces what stands between ``<!-- NAME -->`` and ``<!-- /NAME -->``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from studies import arguments


def main() -> None:
    """Replace the text."""
    path, name = arguments(__doc__, "PAGE", "NAME")
    page = Path(path)
    text = page.read_text(encoding="utf-8")
    between = re.compile(f"(<!-- {name} -->\n).*(<!-- /{name} -->)", re.DOTALL)
    if not between.search(text):
        sys.exit(f"`{page}` should hold `<!-- {name} -->` and `<!-- /{name} -->`. It does not.")
    printed = sys.stdin.read()
    page.write_text(
        between.sub(lambda found: found[1] + printed + found[2], text), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
