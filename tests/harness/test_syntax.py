"""What source says, digested alike by every version of Python."""

from __future__ import annotations

import ast
import hashlib
import sys

import pytest

from harness.scoring.syntax import syntax_digest

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


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_a_source_has_one_digest_by_every_version_of_python() -> None:
    """That of what ``ast.dump`` of Python 3.11 writes; other versions write other things."""
    digest = syntax_digest(EVERYTHING)
    assert digest == "454e3ae29e043301e4882ea151aa9e574853f0dbf7e4e8fd60f854931924306f"
    if sys.version_info[:2] == (3, 11):
        assert digest == hashlib.sha256(ast.dump(ast.parse(EVERYTHING)).encode()).hexdigest()


def test_comments_and_docstrings_are_no_code() -> None:
    assert syntax_digest("x = 1  # one") == syntax_digest("x  =  1")
    assert syntax_digest('def f():\n    """Say."""\n    return 1') == syntax_digest(
        'def f():\n    """Say more."""\n    return 1'
    )
    assert syntax_digest("x = 1") != syntax_digest("x = 2")
