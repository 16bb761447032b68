"""Propose: a page of an unknown source becomes a schema and a descriptor that a person corrects; nothing is pulled."""

from lamppost.propose.address import entitle, name_secrets
from lamppost.propose.answer import Guess, Seen
from lamppost.propose.kind import recognise, where_to_ask
from lamppost.propose.proposal import Hints, Proposal, propose
from lamppost.propose.systems import read_layer
from lamppost.propose.write import Owner, write_descriptor, write_schema

__all__ = [
    "Guess",
    "Hints",
    "Owner",
    "Proposal",
    "Seen",
    "entitle",
    "name_secrets",
    "propose",
    "read_layer",
    "recognise",
    "where_to_ask",
    "write_descriptor",
    "write_schema",
]
