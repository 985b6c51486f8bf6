"""The command line: words to a command, and what went wrong to a sentence and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress

from harness import StrangePackage, check_siblings


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    0 done; 1 ``compare`` found a regression or ``validate`` a broken rule; 2 wrong usage or bad
    input; 3 nothing to compare.
    """
    try:
        check_siblings()  # before anything of theirs is imported
    except StrangePackage as error:
        with suppress(OSError, ValueError, AttributeError):  # nobody listens
            sys.stderr.write(f"harness: {error}\n")
        return 2
    from benchmarks.streams import STOPPED, interruptible, say

    pressed: list[int] = []
    try:
        with interruptible(argv is None) as pressed:
            from harness.cli.functions import COMMANDS
            from harness.options.arguments import checked
            from harness.options.completion import complete
            from harness.options.parser import parser
            from harness.options.paths import check_paths

            complete(words := parser())
            given = checked(sys.argv[1:] if argv is None else argv)
            if not given:
                words.print_help()
                return 0
            options = words.parse_args(given)
            check_paths(options)
            return COMMANDS[options.command](options)
    except OSError as error:
        where = f" `{error.filename}`" if error.filename else " One"
        reason = error.strerror or error
        say(
            f"a file should be readable or writable.{where} is not: {reason}. Free the disk or "
            "give another path; what was stored is kept."
        )
        return 2
    except MemoryError:
        say(
            "there should be memory enough. It ran out: give fewer `--workers`, a smaller "
            "`--batch` or `--stack`; what was stored is kept."
        )
        return 2
    except KeyboardInterrupt:
        say(STOPPED)
        return 130
    except Exception as error:
        if pressed:
            say(STOPPED)
            return 130
        if not isinstance(error, _bad_input()):
            raise
        say(error)
        return 2


def _bad_input() -> tuple[type[Exception], ...]:
    """Return what is raised where the user's input is at fault; what is not imported is not."""
    kinds: list[type[Exception]] = []
    if "benchmarks.errors" in sys.modules:
        kinds.append(sys.modules["benchmarks.errors"].BadInput)
    if "proxies" in sys.modules:
        kinds += [sys.modules["proxies"].UnknownProxy, sys.modules["proxies"].UnusablePlugin]
    if "searchers" in sys.modules:
        kinds.append(sys.modules["searchers"].UnknownSearcher)
    return tuple(kinds)
