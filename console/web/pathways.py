"""A decision table answered question by question.

The answers so far are carried in the form itself: nothing is remembered between two requests.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from change_control import assessment, lifecycle
from console.views import pathway
from console.views.pathway import Sitting
from console.web import page
from console.web.form import Form, Posted
from console.web.site import Seen
from console.web.visitor import By, Visitor
from evidence.errors import AssuranceError, NotFoundError, UsageError
from evidence.records import ModelLock, Trigger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.views.reading import Reading

router = APIRouter()
TRIGGER, REQUEST = "/triggers/{name}/pathway/{table}", "/requests/{name}/pathway/{table}"
SAID = {"yes": True, "no": False}
GIVEN, DRAFT = "given", "draft"  # prefixes of the fields that carry answers


class Begun(BaseModel):
    """What the change is, as the address says it; or the number of an assessment."""

    change: str = ""
    model: str | None = None
    baseline: str = ""
    begun: str = ""
    assessment: int = 0


@router.get(TRIGGER)
@router.get(REQUEST)
def shown(
    request: Request, by: By, seen: Seen, name: str, table: str, said: Annotated[Begun, Query()]
) -> Response:
    """What the change is; then the questions; or an assessment as it was written down."""
    sitting = _opened(request, by, seen, name, table)
    if said.assessment:
        view = pathway.recorded(seen, sitting, said.assessment)
        return page.draw(request, "pathway", by, view=view)
    sitting = replace(
        sitting,
        change=said.change.strip() or sitting.change,
        model=sitting.model if said.model is None else said.model,
        baseline=said.baseline or sitting.baseline,
        begun=bool(said.begun),
    )
    try:
        view = pathway.pathway(seen, sitting)
    except AssuranceError as error:
        view = pathway.pathway(seen, replace(sitting, begun=False))
        return page.draw(request, "pathway", by, fault=error, view=view)
    return page.draw(request, "pathway", by, view=view)


@router.post(TRIGGER)
@router.post(REQUEST)
def answered(request: Request, seen: Seen, form: Posted, name: str, table: str) -> Response:
    """One more answer, one taken back, or the whole written down."""
    before = _carried(form, _opened(request, form.by, seen, name, table))
    try:
        if form.text("act") == "record":
            return _record(form, seen, before, request.url.path)
        sitting = _taken_back(form, before) if form.text("back") else _answer(form, before)
        view = pathway.pathway(seen, sitting)
    except AssuranceError as error:
        return _refused(request, form, seen, before, error)
    return page.draw(request, "pathway", form.by, view=view)


def _refused(
    request: Request, form: Form, seen: Reading, before: Sitting, error: AssuranceError
) -> Response:
    """The page as it was; from its beginning where the answers cannot be walked any more."""
    try:
        view = pathway.pathway(seen, before)
    except AssuranceError:
        view = pathway.pathway(seen, replace(before, begun=False))
    return page.draw(request, "pathway", form.by, form=form, fault=error, view=view)


def _opened(request: Request, by: Visitor, seen: Reading, name: str, table: str) -> Sitting:
    """A sitting on a trigger or a request, before anything was said."""
    if request.url.path.startswith("/requests/"):
        asked = lifecycle.find(seen.trail, name, seen.access).request
        home, change, trigger, model = f"/requests/{name}", asked.title, asked.trigger, asked.model
    else:
        models = {value.id: value.model for _, value in seen.trail.all(Trigger)}
        if name not in models:
            raise NotFoundError(f"There is no trigger '{name}'.")
        home, change, trigger = f"/triggers/{name}", f"Answer to trigger {name}", name
        model = models[name]
    return Sitting(
        by=by.id,
        home=home,
        table=table,
        change=change,
        trigger=trigger,
        model=_after(seen, model),
        baseline="",
        begun=False,
    )


def _after(seen: Reading, model: str) -> str:
    """The newest version that was locked after one; empty where there is none."""
    locks = [lock for _, lock in seen.trail.all(ModelLock)]
    order = [lock.model for lock in locks if lock.name == model.rpartition("/")[0]]
    return order[-1] if model in order and order[-1] != model else ""


def _carried(form: Form, opened: Sitting) -> Sitting:
    """The sitting as the form carries it."""
    return replace(
        opened,
        change=form.text("change") or opened.change,
        model=form.text("model"),
        baseline=form.text("baseline"),
        given=_answers(form, GIVEN),
        drafts=_answers(form, DRAFT),
        begun=True,
    )


def _answers(form: Form, prefix: str) -> dict[str, tuple[bool, str]]:
    """Carried answers, ``given:3a`` = ``no because``; what is none of them is left aside."""
    found = {}
    for name in form.fields:
        word, _, reason = form.text(name).partition(" ")
        if name.startswith(f"{prefix}:") and word in SAID:
            found[name.removeprefix(f"{prefix}:")] = (SAID[word], reason)
    return found


def _answer(form: Form, before: Sitting) -> Sitting:
    word, key = form.text("answer"), form.text("question")
    if word not in SAID or not key:
        raise UsageError("Choose yes or no.")
    said = {key: (SAID[word], form.text("reason"))}
    return replace(before, given={**before.given, **said}, drafts=_but(before.drafts, key))


def _taken_back(form: Form, before: Sitting) -> Sitting:
    """An answer and all after it are asked again, with what was said as a draft."""
    keys = list(before.given)
    key = form.text("back")
    back = keys[keys.index(key) :] if key in keys else []
    kept = {name: said for name, said in before.given.items() if name not in back}
    drafts = {name: said for name, said in before.given.items() if name in back}
    return replace(before, given=kept, drafts={**before.drafts, **drafts})


def _but(found: Mapping[str, tuple[bool, str]], key: str) -> dict[str, tuple[bool, str]]:
    return {name: said for name, said in found.items() if name != key}


def _record(form: Form, seen: Reading, sitting: Sitting, where: str) -> Response:
    """Write the assessment down, under the id of whoever answered."""
    pathway.require_writer(form.by.roles)
    prepared, walk = pathway.walked(seen, sitting)
    rationale = form.text("rationale")
    record = assessment.record(
        seen.trail, prepared, walk, rationale=rationale, at=seen.at, actor=form.by.id
    )
    return RedirectResponse(f"{where}?assessment={record.seq}", status_code=303)
