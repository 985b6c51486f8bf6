"""A real browser that opens a page, runs a script in it and tells what the script said."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from reports.page import allowed

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update --window-size=1440,900 "
    "--virtual-time-budget=8000"
)

BEFORE = """
const click = what => document.querySelector(what).click();
const texts = what => [...document.querySelectorAll(what)].map(each => each.textContent);
const shown = what => texts(what).filter((_, i) => {
  const each = document.querySelectorAll(what)[i];
  return each.offsetParent !== null;
});
"""


def driven(page: str, script: str, folder: Path, *flags: str) -> Any:
    """Open a page, run the body of a function once it is ready, return what that returns.

    ``flags`` are given to the browser after its own, which they override.
    """
    own = (
        f"{BEFORE}ready.then(async () => {{ const said = await (async () => {{ {script} }})"
        "(); const out = document.createElement('pre'); out.id = 'said';"
        "out.textContent = JSON.stringify(said); document.body.append(out); })"
    )
    page = page.replace("script-src ", f"script-src {allowed(own)} ", 1)
    file = folder / "report.html"
    file.write_text(page.replace("</html>", f"<script>{own}</script></html>"), encoding="utf-8")
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [str(BROWSER), *FLAGS.split(), *flags, profile, "--dump-dom", file.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r'<pre id="said">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, "the script did not end"
    return json.loads(html.unescape(found[1]))
