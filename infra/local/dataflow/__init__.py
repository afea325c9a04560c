"""A simulator of NAVER Cloud's Data Flow API for the playground and the tests, on loopback."""

from infra.local.dataflow.server import Served, create_app, serve
from infra.local.dataflow.world import Options, World

__all__ = ["Options", "Served", "World", "create_app", "serve"]
