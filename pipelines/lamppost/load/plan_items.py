"""Reads the front matter of each kind of plan page; the keys are the names of the model's fields."""

import re
from datetime import date
from typing import cast, get_args

from lamppost.load.names import explain_slug, is_web_address, suggest
from lamppost.load.section import Section, describe
from lamppost.load.yaml import Node
from lamppost.model import Action, Area, Decision, Group, Milestone, Plan, Strategy, Update, Value
from lamppost.model.plan import Stage

TYPES = ("policy", "program", "pilot")
_ID = re.compile(r"[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?")
_DECIDED = ("start", "due", "owner", "budget", "baseline", "target")
"""What a decision can move: the promises of an action or an indicator."""
_MONEY = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,2})?")
_MONTH = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
_NEVER = date(1, 1, 1)
"""Stands in for a date that is missing; the issue that says so keeps the plan from being published."""


def read_plan(section: Section) -> Plan:
    """`kind: plan`: what the whole is called, when it was adopted and ends, and who meets for it."""
    plan = Plan(
        title=section.text("title", required=True),
        adopted=_read_month(section, "adopted"),
        ends=_read_month(section, "ends"),
        document=section.text("document"),
        summary=section.text("summary", required=True),
        note=section.text("note"),
        identifier=section.text("identifier"),
        groups=tuple(_read_group(one) for one in section.sections("groups")),
    )
    section.close()
    return plan


def read_strategy(section: Section) -> Strategy:
    """`kind: strategy`."""
    strategy = Strategy(read_id(section), *_read_title_and_summary(section))
    section.close()
    return strategy


def read_area(section: Section) -> Area:
    """`kind: area`: a focus area with the figure that stands for it."""
    area = Area(read_id(section), *_read_title_and_summary(section), figure=section.text("figure"))
    section.close()
    return area


def read_value(section: Section) -> Value:
    """`kind: value`."""
    value = Value(read_id(section), *_read_title_and_summary(section))
    section.close()
    return value


def read_action(section: Section) -> Action:
    """`kind: action`; `type:` is a list, `budget:` is `{approved: "120000"}` or `not-costed`."""
    action = Action(
        id=read_id(section),
        title=section.text("title", required=True),
        strategy=section.text("strategy", required=True),
        focus=section.text("focus", required=True),
        owner=section.text("owner", required=True),
        summary=section.text("summary", required=True),
        problem=section.text("problem", required=True),
        people=section.text("people", required=True),
        origin=section.text("origin", required=True),
        due=section.day("due"),
        start=section.day("start"),
        stage=cast("Stage", section.choice("stage", get_args(Stage), default="planned")),
        stage_reason=section.text("stage_reason"),
        lesson=section.text("lesson"),
        partners=section.texts("partners"),
        groups=section.texts("groups"),
        values=section.texts("values"),
        types=_read_types(section, "type"),
        depends_on=section.texts("depends_on"),
        indicators=section.texts("indicators"),
        milestones=_read_milestones(section),
        budget_approved=_read_budget(section),
        printed_id=section.text("printed_id"),
        image=section.text("image"),
        image_alt=section.text("image_alt"),
        printed_types=_read_types(section, "printed_types"),
    )
    action = Action(**{**vars(action), "illustrative": read_illustrative(section)})
    _check_stage(section, action)
    section.close({"body": "is the text below the front matter; move it there"})
    return action


def read_update(section: Section, body: str) -> Update:
    """`kind: update`; `did:` in the front matter, or as the page's text."""
    node = section.find("did")
    update = Update(
        item=section.text("item", required=True),
        date=section.day("date", required=True) or _NEVER,
        by=section.text("by", required=True),
        did=section.text("did") if node or not body else body,
        next=section.text("next"),
        problem=section.text("problem"),
        evidence=_read_evidence(section, "evidence"),
        city_view=section.text("city_view"),
        illustrative=section.flag("illustrative"),
        decision=_read_decision(section.section("decision")),
    )
    if node is None and not body:
        section.find("did", required=True)
    section.close()
    return update


def _read_decision(block: Section | None) -> Decision | None:
    """`decision: {changes: [due], by: City Council, reason: …}`: what moved in the same commit, by whom, and why."""
    if block is None:
        return None
    changes = block.texts("changes", required=True)
    for one, node in zip(changes, block.nodes("changes"), strict=False):
        if one not in _DECIDED:
            block.note("wrong-value", node, f"found `{one}`, expected one of {', '.join(_DECIDED)}")
    decision = Decision(changes, block.text("by", required=True), block.text("reason", required=True))
    block.close()
    return decision


def read_id(section: Section) -> str:
    """An id: lower case, digits, `-` and `.`; `1.10` must be in quotes, or it would be the number 1.1."""
    text = section.text("id", required=True)
    node = section.find("id")
    if text and node and not _ID.fullmatch(text):
        section.note("wrong-value", node, f"found {describe(node)}, expected a-z, 0-9, `-` and `.`, such as 1.4 or s1")
    return text


def read_illustrative(section: Section) -> tuple[str, ...]:
    """Names of keys of the same page whose content is ours, not the city's."""
    names = section.texts("illustrative")
    for name, node in zip(names, section.nodes("illustrative"), strict=False):
        if name not in section.seen | {"body"}:
            section.note("unknown-reference", node, f"`{name}` is not a key here.{suggest(name, section.seen)}")
    return names


def _read_title_and_summary(section: Section) -> tuple[str, str]:
    return section.text("title", required=True), section.text("summary", required=True)


def _read_month(section: Section, key: str) -> str:
    text = section.text(key)
    node = section.find(key)
    if node and text and not _MONTH.fullmatch(text):
        section.note(
            "wrong-value", node, f'found {describe(node)}, expected as much as is known: "2018", 2018-02, 2018-02-05'
        )
    return text


def _read_group(section: Section) -> Group:
    name = section.text("id", required=True)
    node = section.find("id")
    if node and name and (why := explain_slug(name)):
        section.note("wrong-value", node, f"the group id {describe(node)} {why}")
    group = Group(id=name, title=section.text("title", required=True), meets=section.text("meets"))
    section.close()
    return group


def _read_types(section: Section, key: str) -> tuple[str, ...]:
    types = section.texts(key)
    for one, node in zip(types, section.nodes(key), strict=False):
        if one not in TYPES:
            section.note("wrong-value", node, f"found {describe(node)}, expected one of {', '.join(TYPES)}")
    return types


def _read_milestones(section: Section) -> tuple[Milestone, ...]:
    milestones: list[Milestone] = []
    for one in section.sections("milestones"):
        milestone = Milestone(
            id=read_id(one),
            title=one.text("title", required=True),
            due=one.day("due"),
            done=one.day("done"),
            evidence=_read_address(one, "evidence"),
        )
        if milestone.done and not milestone.evidence:
            one.note(
                "missing-key",
                one.find("done") or one.node,
                "done without `evidence:`; add the address of what shows it",
            )
        if any(milestone.id == other.id for other in milestones):
            one.note("duplicate-id", one.node, f"the milestone id `{milestone.id}` is used twice; choose another")
        milestones.append(milestone)
        one.close()
    return tuple(milestones)


def _read_budget(section: Section) -> str:
    """Plain decimal dollars as text, because a number in YAML could lose cents."""
    node = section.find("budget")
    if node is None or node.value == "not-costed":
        return ""
    if isinstance(node.value, str):
        section.note("wrong-value", node, f'found {describe(node)}, expected not-costed or {{approved: "120000"}}')
        return ""
    form = Section(node, section.faults)
    amount = form.text("approved", required=True)
    if (written := form.find("approved")) and amount and not _MONEY.fullmatch(amount):
        form.note("wrong-value", written, f'found {describe(written)}, expected dollars such as "120000" or "1250.50"')
    form.close()
    return amount


def _check_stage(section: Section, action: Action) -> None:
    node = section.find("stage") or section.node
    if action.stage in {"paused", "cancelled"} and not action.stage_reason:
        message = f"{action.stage} without `stage_reason:`; say in one sentence why, and who decided it"
        section.note("missing-key", node, message)
    if action.image and not action.image_alt:
        section.note("missing-key", section.find("image") or node, "an image without `image_alt:`; say what it shows")


def _read_evidence(section: Section, key: str) -> tuple[str, ...]:
    return tuple(_check_address(section, node) for node in section.nodes(key))


def _read_address(section: Section, key: str) -> str:
    node = section.find(key)
    return _check_address(section, node) if node else ""


def _check_address(section: Section, node: Node) -> str:
    """A web address, or a page of this site such as `figures/trees.md`."""
    text = section.text_of(node)
    page = text.split("#")[0].endswith(".md") and ":" not in text
    if text and not page and not is_web_address(text):
        section.note(
            "wrong-value", node, f"found {describe(node)}, expected an address with https:// or a page such as x.md"
        )
    return text
