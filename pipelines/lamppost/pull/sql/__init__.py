"""Sql: the rows of a database, read and counted in one transaction that can write nothing."""

from lamppost.pull.sql.adapter import pull_sql

__all__ = ["pull_sql"]
