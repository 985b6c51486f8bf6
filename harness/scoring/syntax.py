"""A digest of what Python source says, the same by every version of Python."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from typing import Any


@cache
def syntax_digest(source: str) -> str:
    """Return the sha256 of Python source, blind to comments, layout and docstrings.

    Raises:
        SyntaxError: it is no Python, as this version of it goes.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                body[0] = ast.Expr(ast.Constant(None))
    return hashlib.sha256(_written(tree).encode()).hexdigest()


def _written(part: Any) -> str:
    """Return a tree as ``ast.dump`` of Python 3.11 writes it.

    What other versions add is left out where a source has none of it: type parameters, and the
    empty text after a field that ends the format of another (3.12).
    """
    if isinstance(part, list):
        return f"[{', '.join(map(_written, part))}]"
    if not isinstance(part, ast.AST):
        return repr(part)
    kind = type(part)
    fields = {name: getattr(part, name, None) for name in part._fields}
    if isinstance(part, ast.JoinedStr):
        fields["values"] = [value for value in part.values if not _empty(value)]
    said = (
        f"{name}={_written(value)}"
        for name, value in fields.items()
        if not (value is None and getattr(kind, name, ...) is None)
        and not (name == "type_params" and not value)
    )
    return f"{kind.__name__}({', '.join(said)})"


def _empty(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value == ""
