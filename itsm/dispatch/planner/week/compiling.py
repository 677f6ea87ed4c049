"""How the search is compiled: once per machine, without the lock of Python, without counting references; its dice.

Who changes this file touches kernel.py as well: the compiled code on disk is kept per file.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile once per machine; other threads run meanwhile."""
    return cast(Function, njit(cache=True, nogil=True, error_model="numpy")(function))


def _strip(typing: Any, tables: Any) -> Any:
    """The same tables without their counts of references, which cost more than the search itself.

    The caller must hold the counted ones meanwhile.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        stripped = arguments[0]
        for at, kind in enumerate(tables):
            if isinstance(kind, types.Array):
                table = context.make_array(kind)(context, builder, builder.extract_value(stripped, at))
                table.meminfo = cgutils.get_null_value(table.meminfo.type)  # type: ignore[no-untyped-call]
                stripped = builder.insert_value(stripped, table._getvalue(), at)
        return stripped

    return tables(tables), generate


bare: Any = intrinsic(_strip)


@compiled
def _draw(state: Any) -> Any:
    """A whole number from 0 on (xorshift64*, Vigna 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(2))


@compiled
def below(state: Any, bound: Any) -> Any:
    """A whole number from 0 to below `bound`."""
    return _draw(state) % bound


@compiled
def share(state: Any) -> Any:
    """A number from 0 to below 1."""
    return (_draw(state) >> 9) / 9007199254740992.0
