"""IU X-ray (Open-i): chest radiographs with reports.

Formats: Demner-Fushman D et al., J Am Med Inform Assoc 2016; 23: 304-310, as the tables
``indiana_reports.csv`` (uid, MeSH, Problems, image, indication, comparison, findings, impression)
and ``indiana_projections.csv`` (uid, filename, projection) of its Kaggle copy; and as
``annotation.json`` of R2Gen (Chen Z et al., EMNLP 2020): lists by split of id, image_path, report.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from validation.text_sets import report_sections, sources
from validation.text_sets.draft import Draft, clean
from validation.text_sets.text_set import LISTED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from validation.text_sets.text_set import Options

REPORTS = ("uid", "findings", "impression")
PROJECTIONS = ("uid", "filename", "projection")
ANNOTATION = ("id", "report", "image_path")
FRONTAL = "frontal"


def read(paths: Sequence[Path], how: Options) -> Draft:
    """Read the tables, or the annotation file.

    The image is the first frontal view (the first view where there is none), the others stand in
    ``other_images``. Problems are the findings, MeSH terms the concepts.

    Raises:
        DataError: A file cannot be read.
    """
    draft = Draft(name=str(paths[0]))
    if sources.is_json(paths[0]):
        _annotation(paths[0], draft)
    else:
        views = _views(paths[1]) if len(paths) > 1 else {}
        _reports(paths[0], views, draft, how.section)
    return draft


def _reports(path: Path, views: dict[str, list[str]], draft: Draft, section: str) -> None:
    for number, _, item in sources.rows(path, REPORTS):
        uid = clean(item["uid"])
        images = views.get(uid, [])
        made = draft.add(
            number,
            {
                "case": uid,
                "patient": uid,
                "image": images[0] if images else "",
                "report_findings": item["findings"],
                "report_impression": item["impression"],
                "findings": _listed(item.get("Problems")),
                "concepts": _listed(item.get("MeSH")),
                "indication": item.get("indication"),
                "other_images": LISTED.join(images[1:]),
            },
        )
        made["reference_report"] = report_sections.reference(
            made["report_findings"], made["report_impression"], section
        )


def _listed(value: Any) -> str:
    return LISTED.join(filter(None, (part.strip() for part in clean(value).split(LISTED))))


def _views(path: Path) -> dict[str, list[str]]:
    """Study to its images, frontal ones first."""
    found: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    for _, _, row in sources.rows(path, PROJECTIONS):
        side = clean(row["projection"]).lower() != FRONTAL
        found[clean(row["uid"])].append((side, clean(row["filename"])))
    ordered = {uid: sorted(views, key=lambda view: view[0]) for uid, views in found.items()}
    return {uid: [name for _, name in views] for uid, views in ordered.items()}


def _annotation(path: Path, draft: Draft) -> None:
    for number, split, item in sources.read(path, ANNOTATION, draft):
        images = item.get("image_path")
        images = [images] if isinstance(images, str) else images
        if not isinstance(images, list) or not all(isinstance(name, str) for name in images):
            draft.fault(number, "'image_path' is no list of paths")
            images = []
        draft.add(
            number,
            {
                "case": item.get("id"),
                "patient": item.get("id"),
                "image": images[0] if images else "",
                "reference_report": item.get("report"),
                "split": item.get("split") or split,
                "other_images": LISTED.join(images[1:]),
            },
        )
