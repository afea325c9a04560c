"""A list through all its pages, and when it has been read to the end.

The documentation leaves open whether ``count`` is the page's or the whole list's, and gives no largest ``limit`` and no
order (getJobs, getJobExecutions). So a short page is not the end, as the service may cap pages silently; neither is a
``count`` that equals the page. The end is an empty page, a page that brings nothing new, a refused page after a short
one, or as many entries as a ``count`` that is more than its page, which can only mean the whole list.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from handler.domain.dataflow_errors import BadParameter, DataFlowUnreadable, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from handler.adapters.dataflow.wire import DatedExecution, EntryT, Page

MOST_PAGES: Final = 100


def read_all(operation: str, limit: int, read_page: Callable[[int], Page[EntryT]]) -> tuple[EntryT, ...]:
    """Return the entries of all pages, each id once; ``read_page`` is called with 0, 1, ... for pages of ``limit``.

    Raises DataFlowUnreadable when the list does not end, and what ``read_page`` raises.
    """
    found: dict[str, EntryT] = {}
    was_short = False
    for number in range(MOST_PAGES):
        try:
            page = read_page(number)
        except (BadParameter, NotFound):
            if was_short:
                break
            raise
        new = {each.id: each for each in page.entries if each.id not in found}
        found |= new
        is_whole = page.count is not None and page.size < page.count <= len(found)
        if not new or is_whole:
            break
        was_short = page.size < limit
    else:
        raise DataFlowUnreadable(operation, may_have_changed=False)
    return tuple(found.values())


def is_newest_first(executions: Sequence[DatedExecution]) -> bool:
    """Say whether the dates prove that a list begins with the newest: all there, none rising, and not all the same."""
    moments = [each.at for each in executions if each.at is not None]
    falling = all(newer >= older for newer, older in pairwise(moments))
    return bool(moments) and len(moments) == len(executions) and falling and moments[0] > moments[-1]
