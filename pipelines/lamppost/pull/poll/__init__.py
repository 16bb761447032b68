"""Adapter `poll`: one document as it is now, asked for only when it may have changed; its options are in asked.py."""

from lamppost.pull.poll.adapter import pull_poll

__all__ = ["pull_poll"]
