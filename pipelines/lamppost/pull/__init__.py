"""Pull: what a source says, byte for byte, with a receipt that says whether that is all of it."""

from lamppost.pull.take import conceal, pull_resource
from lamppost.pull.transport import Response, Transport

__all__ = ["Response", "Transport", "conceal", "pull_resource"]
