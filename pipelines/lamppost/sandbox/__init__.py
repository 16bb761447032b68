"""A small made-up city whose systems answer on loopback in their real wire formats; only the standard library is used.

`start(today, seed, folder)` gives a `Sandbox`, whose `environ` fills in the addresses that descriptors ask for. Every
answer, database and folder says that it is simulated. For one seed the data of a day is the same on every later day.
"""

from lamppost.sandbox.city import Sandbox, start

__all__ = ["Sandbox", "start"]
