"""A job's nodes in the order data flows through them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from handler.domain.model import Node
from handler.domain.pipeline import stages


def node(name: str, *parents: str) -> Node:
    """Make a node whose id is its name."""
    return Node(name, "TRANSFORM", name, parents)


def names(staged: tuple[tuple[Node, ...], ...]) -> list[list[str]]:
    """Return the names of each stage."""
    return [[each.name for each in stage] for stage in staged]


def test_a_chain_is_a_stage_for_each_node() -> None:
    """However they are listed, the source comes first and the target last."""
    assert names(stages([node("target", "join"), node("join", "source"), node("source")])) == [
        ["source"],
        ["join"],
        ["target"],
    ]


def test_a_node_stands_after_the_last_of_its_parents() -> None:
    """Two sources share a stage, in the order listed; a join waits for the longer way."""
    pipeline = [
        node("left"),
        node("right"),
        node("clean", "right"),
        node("join", "left", "clean"),
        node("also", "left"),
    ]
    assert names(stages(pipeline)) == [["left", "right"], ["clean", "also"], ["join"]]


def test_a_parent_that_is_not_listed_does_not_count() -> None:
    """What the API left out keeps nobody waiting."""
    assert names(stages([node("a", "missing"), node("b", "a", "missing")])) == [["a"], ["b"]]


def test_ids_that_are_not_unique_leave_the_order_as_listed() -> None:
    """The API documents mask ids, so that two nodes may have the same."""
    masked = [Node("****", "SOURCE", "a"), Node("****", "TARGET", "b", ("****",)), Node("1", "TARGET", "c")]
    assert names(stages(masked)) == [["a"], ["b"], ["c"]]


def test_a_circle_leaves_the_order_as_listed() -> None:
    """Nodes that wait for each other, or for themselves, say nothing about the order."""
    assert names(stages([node("b", "c"), node("a"), node("c", "b")])) == [["b"], ["a"], ["c"]]
    assert names(stages([node("self", "self"), node("a")])) == [["self"], ["a"]]


def test_no_nodes_are_no_stages() -> None:
    """An empty pipeline is drawn as nothing."""
    assert stages([]) == ()


forests = st.lists(st.lists(st.integers(0, 9), max_size=3), max_size=10).map(
    lambda rows: [node(str(at), *(str(parent) for parent in row if parent < at)) for at, row in enumerate(rows)]
)


@given(forests.flatmap(st.permutations))
def test_each_node_is_in_one_stage_after_all_its_parents_and_no_later_than_it_must(nodes: list[Node]) -> None:
    """In any pipeline without circles, however listed."""
    staged = stages(nodes)
    assert sorted(each.id for stage in staged for each in stage) == sorted(each.id for each in nodes)
    place = {each.id: number for number, stage in enumerate(staged) for each in stage}
    assert place == {each.id: max((place[parent] + 1 for parent in each.parent_ids), default=0) for each in nodes}
    listed = {each.id: number for number, each in enumerate(nodes)}
    assert all(listed[one.id] < listed[other.id] for stage in staged for one, other in pairwise(stage))
