"""Driver forward: what is due (`due`), each dataset through the stages (`publish`), what happened kept (`run`)."""

from lamppost.run.run import Setting, run

__all__ = ["Setting", "run"]
