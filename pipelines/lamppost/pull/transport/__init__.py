"""Transport: the only network code; each question brings a whole answer home, or a sentence that says why not."""

from lamppost.pull.transport.exchange import Response
from lamppost.pull.transport.transport import MAX_BYTES, Transport

__all__ = ["MAX_BYTES", "Response", "Transport"]
