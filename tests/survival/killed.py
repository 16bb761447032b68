"""A verb that dies at a change of the disk: `python -m tests.survival.killed PATHS AT CITY VERB …`.

Counted are the changes of paths that begin with PATHS; it dies before the one with the number AT.
"""

import sys

from lamppost.cli import main
from tests.survival.faults import Disk

if __name__ == "__main__":
    paths, at, city, *words = sys.argv[1:]
    Disk(paths, "kill", int(at)).install()
    main(["--city", city, *words], prog_name="lamppost")
