"""The steps of a try, from an address or a preset to what is shown and proposed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from lamppost.attempt.page import OnePage, pull_page
from lamppost.attempt.words import plain, show, word_answers, word_questions
from lamppost.errors import LoadError
from lamppost.load.names import explain_slug, suggest_nearest
from lamppost.load.preset import load_preset, preset_names
from lamppost.load.pull import WAY_IN, read_pull
from lamppost.load.section import Section
from lamppost.load.yaml import parse_yaml
from lamppost.model import City, Dates, Issue, Pull
from lamppost.propose import (
    Guess,
    Hints,
    Owner,
    Proposal,
    Seen,
    entitle,
    name_secrets,
    propose,
    read_layer,
    recognise,
    where_to_ask,
    write_descriptor,
    write_schema,
)
from lamppost.propose.infer import Kind
from lamppost.propose.proposal import Proposed
from lamppost.propose.write import flow
from lamppost.pull.fault import fault
from lamppost.pull.options import Options
from lamppost.pull.take import fill_names
from lamppost.pull.transport.access import read_access
from lamppost.pull.transport.address import show_url, split_user

TODO = "TODO"
ANSWERS = frozenset({"adapter", "encoding", "member", "paging", "preset", "records"})
"""Options that answer what an address leaves open."""


@dataclass(frozen=True)
class Attempt:
    """What is tried: a `pull:` as it will be written, and what goes beside it."""

    name: str
    title: str
    says: str
    pull: Mapping[str, Any]
    questions: tuple[str, ...]
    env: Mapping[str, str]


@dataclass(frozen=True)
class Tried:
    """What came, in lines for the terminal, and the two files that are proposed (path → text)."""

    lines: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)


def attempt(
    target: str,
    options: Mapping[str, Any],
    *,
    city: City | None,
    dates: Dates,
    env: Mapping[str, str],
    transport: OnePage,
    name: str = "",
) -> Tried:
    """Ask a preset's source, or whatever answers at an address, for one page; propose a schema and a descriptor.

    `options` are keys of `pull:`; `name` is what the dataset will be called, else it is called after its source.
    """
    if name and (why := explain_slug(name)):
        raise LoadError([Issue("folder-name", name, f"the name {why}")])
    tried = (
        _look(target, options, env, transport, name) if "://" in target else _take_preset(target, options, env, name)
    )
    if not tried.pull:
        return Tried((*word_answers(transport.answers), "", tried.says))
    pull = _read_pull(tried)
    if pull.adapter not in {"http", "poll"}:
        page = f"`lamppost presets {pull.preset}`" if pull.preset else "the documentation"
        expected = "http or poll, which show a page and take nothing away"
        do = f"copy the descriptor that {page} shows, and correct it"
        raise fault(tried.name, f"the adapter {pull.adapter}", expected, do)
    if pull.options.get("records") == TODO:
        return Tried((*word_answers(transport.answers), "", tried.says, *word_questions(tried.questions)))
    came = pull_page(tried.name, _answer(pull), env=tried.env, now=dates.now, transport=transport)
    hints = _ask_layer(tried, pull, transport)
    questions = (*tried.questions, *([came.doubt] if came.doubt else []))
    shown = show(came.records, simulated=came.simulated, shown=not env.get("CI"))
    lines = (*word_answers(transport.answers), "", tried.says, "", *shown, *word_questions(questions))
    if not came.records:
        return Tried((*lines, "", "There is nothing to propose from: widen what is asked with --option."))
    return Tried(lines, _write_files(tried, _add_context(propose(came.records, hints), pull), city))


def _look(target: str, options: Mapping[str, Any], env: Mapping[str, str], transport: OnePage, name: str) -> Attempt:
    """Ask the address once and see what answers; secrets in it get a name of their own."""
    if split_user(target)[1]:
        do = 'write --option \'auth={basic: {user: "${NAME}", password: "${PASSWORD}"}}\' and set both names'
        raise fault(show_url(target), "a user and a password in the address", "an address without", do)
    url, auth, more = name_secrets(target)
    env = {**env, **more}
    options = {**({"auth": {"query": auth}} if auth else {}), **options}
    way = fill_names({key: options[key] for key in WAY_IN if key in options}, env, {}, set())
    access = read_access(Options(way, "pull"), where_to_ask(url))
    headers = {} if "Accept" in access.headers else {"Accept": "application/geo+json, application/json, */*;q=0.5"}
    answer = transport.ask(where_to_ask(url), access, headers=headers)
    guess = recognise(Seen(url, answer.headers.get("content-type", ""), answer.headers, answer.body), preset_names())
    title, slug = entitle(url)
    questions = () if ANSWERS & set(options) else guess.questions
    return Attempt(name or slug, title, plain(guess.says), _merge(guess, url, options), questions, env)


def _merge(guess: Guess, url: str, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was found with the given options over it; an adapter or a preset among them replaces what was found."""
    if "adapter" in options or "preset" in options:
        return {"url": url, **options}
    return {**guess.pull, **options} if guess.pull else {}


def _take_preset(target: str, options: Mapping[str, Any], env: Mapping[str, str], name: str) -> Attempt:
    if target not in preset_names():
        near = suggest_nearest(target, preset_names()) or " `lamppost presets` lists them."
        message = f"there is no preset `{target}`; expected one, or an address that begins with https://.{near}"
        raise LoadError([Issue("unknown-reference", target, message)])
    known = load_preset(target)
    own = {"url": known["options"]["url"]} if "url" in known["options"] and "url" not in options else {}
    title = str(known["title"])
    return Attempt(name or target, title, f"{title}.", {"preset": target, **own, **options}, (), env)


def _read_pull(tried: Attempt) -> Pull:
    """The `pull:` as the loader reads it, so that what is proposed is what is tried."""
    faults: list[Issue] = []
    text = "".join(f"{key}: {flow(value)}\n" for key, value in tried.pull.items())
    node = parse_yaml(text, "pull", faults)
    pull = read_pull(Section(node, faults), Path()) if node else None
    if faults or pull is None:
        raise LoadError(faults)
    return pull


def _answer(pull: Pull) -> Pull:
    """For its first page alone a source may stay a question."""
    return replace(pull, options={key: "none" if one == TODO else one for key, one in pull.options.items()})


def _ask_layer(tried: Attempt, pull: Pull, transport: OnePage) -> Hints:
    """An ArcGIS layer says of itself which columns are dates, and what its codes mean; other systems do not."""
    if pull.preset != "arcgis":
        return Hints()
    options = fill_names(pull.options, tried.env, {}, set())
    url = str(options["url"])
    way = Options({key: options[key] for key in WAY_IN if key in options}, "pull")
    answer = transport.ask(url, read_access(way, url), params={"f": "json"}, expect="json")
    return read_layer(Seen(url, "", {}, answer.body).value)


def _add_context(proposal: Proposal, pull: Pull) -> Proposal:
    """`for_each` gives each record what its item knows; the page does not repeat it, so it is no key by itself."""
    each = pull.options.get("for_each") or {}
    taken = [name for name in each.get("take", {}) if name not in {one.name for one in proposal.fields}]
    known = tuple(Proposed(name, name, Kind("string"), name.replace("_", " ").capitalize()) for name in taken)
    return replace(proposal, fields=(*known, *proposal.fields), key=() if known else proposal.key)


def _write_files(tried: Attempt, proposal: Proposal, city: City | None) -> Mapping[str, str]:
    owner = Owner(city.publisher, city.contact, city.licence) if city else Owner()
    pull = {**tried.pull, "every": tried.pull.get("every", "P1D")}
    return {
        f"schemas/{tried.name}.yaml": write_schema(proposal, tried.title),
        f"datasets/{tried.name}/dataset.yaml": write_descriptor(
            proposal,
            pull,
            title=tried.title,
            resource=tried.name,
            owner=owner,
            questions=tried.questions,
            identifier=uuid4().urn,
        ),
    }


def save(root: Path, files: Mapping[str, str]) -> None:
    """Write the files below the city's folder; LoadError, and nothing written, when one of them is there already."""
    there = [path for path in files if (root / path).exists()]
    if there:
        message = "there is such a file already, expected none; choose another name: nothing was written"
        raise LoadError([Issue("file-exists", path, message) for path in there])
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        with (root / path).open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
