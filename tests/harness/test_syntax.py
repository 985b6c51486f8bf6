"""What source says, digested alike by every version of Python."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness import PACKAGES
from harness.scoring import syntax
from harness.scoring.syntax import syntax_digest

pytestmark = pytest.mark.filterwarnings("ignore::SyntaxWarning")

EVERYTHING = r'''
from __future__ import annotations
import a.b as c, d
from . import *
from ..x import y as z
@a.b
async def f(x, /, y: int = 1, *z, k: "str" = None, **w) -> None:
    pass
    global g
    async with a as b, c: pass
    async for i in q: await i
    return [j async for j in q if j]
class A(B, metaclass=C):
    x: int
    y: int = 3
    def g(self): nonlocal_ = 1; yield; yield from x; return
def h():
    q = 1
    def i():
        nonlocal q
        q += 1
    del q
try: pass
except* (A, B) as e: raise X from e
else: pass
finally: pass
try: pass
except: raise
for a, *b in c: break
else: continue_ = 1
while a: continue
if a: pass
elif b: pass
else: ...
match x:
    case 1 | 2 | "a" | None | True: pass
    case [a, *_]: pass
    case {"k": v, **rest}: pass
    case A(b, c=d) as e if f: pass
    case -1 + 2j: pass
    case a.b: pass
    case _: pass
lambda x, *y, z=1: (x, y)
a = b if c else d
{**a, "b": 1}; {1, 2}; {k: v for k, v in x for z in y if a if b}; (i for i in x)
x[1:2, ..., ::3]; x[*a]
f"a{b!r:>{w}.{p}f}c{d=}" "e" f"{g}" 'h' f"{{}}" rf"\d{i}" f""
f"{x:%Y-%m}" f"{y:{z}}" f"{a['b']}" f"""{
a}""" f"{a:.2f}%" f"{a!s}" f"{x = !r:>5}"
b"bytes" b"two"; u"u"; 1_000; 0x1F; 1e400; -1e-5; 1j; 10**30; "\ud800"; "é\N{BULLET}"
not a and b or c; a < b <= c != d is not e not in f; a @ b; ~a; a //= b
print(*a, **b, c=d)
(y := 3)
assert a, b
with (open(a) as b, c): pass
'''
"""Nearly every kind of statement and expression that Python 3.11 knows."""


def test_a_source_has_one_digest_by_every_version_of_python() -> None:
    """That of what ``ast.dump`` of Python 3.11 writes; other versions write other things."""
    digest = syntax_digest(EVERYTHING)
    assert digest == "454e3ae29e043301e4882ea151aa9e574853f0dbf7e4e8fd60f854931924306f"
    if sys.version_info[:2] == (3, 11):
        assert digest == hashlib.sha256(ast.dump(ast.parse(EVERYTHING)).encode()).hexdigest()


SOURCES = [
    str(path)
    for folder in PACKAGES
    for path in sorted((Path(__file__).parents[2] / folder).rglob("*.py"))
]

DIGESTED = """
import json, runpy, sys
from pathlib import Path
digest = runpy.run_path(sys.argv[1])["syntax_digest"]
print(json.dumps([digest(Path(path).read_text("utf-8")) for path in sys.argv[2:]]))
"""


OTHERS = [f"3.{minor}" for minor in range(11, 15) if minor != sys.version_info[1]]


@pytest.mark.parametrize("version", OTHERS)
def test_what_is_stored_is_known_by_another_python(version: str, tmp_path: Path) -> None:
    """All sources of the project, by whatever other Python this machine has."""
    everything = tmp_path / "everything.py"
    everything.write_text(EVERYTHING, encoding="utf-8")
    sources = [str(everything), *SOURCES]
    command = [f"python{version}", "-W", "ignore", "-c", DIGESTED, str(syntax.__file__), *sources]
    chosen = os.environ | {"PYENV_VERSION": version}  # where pyenv keeps several
    try:
        subprocess.run([command[0], "--version"], check=True, capture_output=True, env=chosen)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"no Python {version} on this machine")
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=chosen)
    ours = [syntax_digest(Path(path).read_text("utf-8")) for path in sources]
    assert json.loads(done.stdout) == ours


def test_comments_and_docstrings_are_no_code() -> None:
    assert syntax_digest("x = 1  # one") == syntax_digest("x  =  1")
    assert syntax_digest('def f():\n    """Say."""\n    return 1') == syntax_digest(
        'def f():\n    """Say more."""\n    return 1'
    )
    assert syntax_digest("x = 1") != syntax_digest("x = 2")
