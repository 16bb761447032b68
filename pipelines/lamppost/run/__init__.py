"""Driver forward: what is due (`due`), each dataset through the stages (`publish`), what happened kept (`run`)."""

from lamppost.run.run import run
from lamppost.run.setting import Setting

__all__ = ["Setting", "run"]
