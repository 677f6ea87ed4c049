"""What all of these tests share: thousands of requests beside a large application that does not change."""

import gc
from collections.abc import Iterator

import pytest
from flask import Flask


@pytest.fixture(scope="package", autouse=True)
def out_of_the_way_of_the_collector(app: Flask) -> Iterator[None]:
    """Keep the garbage collector from walking through the whole application again and again."""
    gc.freeze()
    yield
    gc.unfreeze()
