"""The last stage: a mapping of pages becomes a tree on disk, a MkDocs build, a hardened site, exchanged at once."""
