"""Explain the adapter `files`: where the files are looked for, which are taken, and what proves that each is whole."""

from lamppost.decode import SEALED
from lamppost.errors import PullError
from lamppost.pull.explain.explanation import Explanation
from lamppost.pull.files.asked import Asked, read_asked
from lamppost.pull.files.places.host_key import check_host_key
from lamppost.pull.files.places.place import has_wildcard
from lamppost.pull.files.places.source import Source
from lamppost.pull.files.unpack import is_sealed
from lamppost.pull.job import Job
from lamppost.pull.transport.address import show_url

HERE = {"local": "this machine", "sftp": "an SFTP server", "web": "a web server", "s3": "an S3 server"}


def explain_files(job: Job) -> Explanation:
    """What would be listed and read, in order; no folder is looked at."""
    try:
        asked = read_asked(job.options())
    except PullError as error:
        return Explanation((), (), (str(error),))
    asks = (*_tell_way(asked.source), _tell_list(asked), _tell_read(asked), _tell_memory())
    return Explanation(asks, tuple(_tell_proof(asked)), tuple(_find_refusals(asked)))


def _tell_way(source: Source) -> list[str]:
    shown = _show(source)
    if source.kind == "local":
        where = "which the environment names" if shown.startswith("${") else "on this machine, or mounted here"
        return [f"The folder {shown}, {where}, is opened; symbolic links are passed over."]
    if source.login is not None:
        pinned, user = source.login.host_key or "(none)", source.login.user or "(nobody)"
        way = "a private key" if source.login.key else "a password"
        first = f"The server of {shown} is asked for its host key. Unless that is {pinned}, nothing is sent to it."
        second = (
            f"It is logged in to as {user} with {way}; no agent, no known_hosts, no file of a home directory is used."
        )
        return [first, second]
    if source.bucket is not None:
        server = show_url(source.bucket.endpoint) if source.bucket.endpoint else f"Amazon in {source.bucket.region}"
        way = "with the key of the descriptor" if source.bucket.key else "as anybody"
        return [f"The objects directly below {shown} are listed at {server}, {way}."]
    return []


def _show(source: Source) -> str:
    return source.folder if source.folder.startswith("${") or source.kind == "local" else show_url(source.folder)


def _tell_list(asked: Asked) -> str:
    if asked.source.kind == "web" and not has_wildcard(asked.glob):
        return f"The one file {asked.glob} of {_show(asked.source)} is asked for; no index is needed."
    page = f"the index page of {_show(asked.source)}" if asked.source.kind == "web" else "it"
    which = "every one, in order of name, as one table" if asked.take == "all" else "the last one by name"
    done = f" and beside which lies one with the ending {asked.done}" if asked.done else ""
    return (
        f"Of the files in {page} whose name fits {asked.glob}{done}, {which} is taken; hidden files and those that "
        "are still being copied (.filepart, .part, .tmp, .crdownload, ~$) are passed over."
    )


def _tell_read(asked: Asked) -> str:
    if asked.member:
        return f"Of each archive the members {', '.join(asked.member)} are unpacked in memory, and nothing else."
    rows = f"the rows of its sheet {asked.sheet}" if asked.sheet else "its rows"
    return f"Each file is copied as it is into private/, and {rows} are counted."


def _tell_memory() -> str:
    return "A file with the size, stamp and SHA-256 of the last pull's is not published again."


def _tell_proof(asked: Asked) -> list[str]:
    again = f"Each file is looked at again after {asked.seconds:g} s"
    steady = f"{again}: when its size or time differ, it is still being written, and the pull waits for the next time."
    found = [steady, "A file NAME.sha256 beside a file is held against it."]
    ending = asked.form or asked.glob.rpartition(".")[2].lower()
    if ending not in SEALED and not (asked.done or is_sealed(asked.glob, asked.member)):
        found.append(
            "A text of lines is complete when its last line has an end; without one it is unproven, unless `done:` or "
            "a checksum shows that the copy is done."
        )
    else:
        found.append("Cut anywhere, such a file cannot be read any more: complete when it reads whole.")
    return found


def _find_refusals(asked: Asked) -> list[str]:
    found = []
    login, kind = asked.source.login, HERE[asked.source.kind]
    if login is not None:
        if "${" not in login.host_key:
            try:
                check_host_key(login.host_key, "`host_key:`")
            except PullError as error:
                found.append(str(error))
        if not login.user and "${" not in asked.source.folder:
            found.append(f"`folder:` names no user of {kind}; write sftp://user@host/folder.")
        if not (login.key or login.password):
            found.append(f"There is no way to log in to {kind}: write `key:`, or `auth: {{basic: …}}`.")
    if asked.glob.lower().endswith(".zip") and not asked.member:
        found.append("A ZIP file needs `member:` to say which of its files are wanted.")
    return found
