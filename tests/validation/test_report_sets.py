"""Sets of reports and captions, each format read into one frozen form."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.validation.text_files import faults, rows, write
from validation.text_sets import report_sections
from validation.text_sets.formats import read
from validation.text_sets.text_set import Options

REPORT = """                                 FINAL REPORT
 EXAMINATION:  CHEST (PA AND LAT)

 INDICATION:  ___F with cough: worse at night

 FINDINGS:

 The lungs are clear.  Heart size: normal.
 No effusion.

 IMPRESSION:

 No acute process.

 IMPRESSION:  Unchanged.
"""


def test_roco_joins_captions_keywords_and_concepts(tmp_path: Path) -> None:
    """A caption that goes on, files beside it in any order, ids without a caption."""
    captions = write(
        tmp_path,
        "captions.txt",
        "ROCO_00001\t Chest film\nof a child.\nROCO_00002\tAxial CT: größe\n",
    )
    keywords = write(tmp_path, "keywords.txt", "ROCO_00001\tchest\tfilm\nROCO_00009\tx\n")
    concepts = write(tmp_path, "cuis.txt", "ROCO_00002\tC0040405\tC1306645\nROCO_00001\tC0817096\n")
    found = read("roco", [captions, concepts, keywords])
    first, second = rows(found)
    assert first["reference_report"] == "Chest film of a child."
    assert (first["findings"], first["concepts"]) == ("chest;film", "C0817096")
    assert (second["concepts"], second["image"]) == ("C0040405;C1306645", "ROCO_00002.jpg")
    assert {w.code: w.count for w in found.warnings} == {"unmatched-ids": 1}
    broken = write(tmp_path, "broken.txt", "no id\nROCO_00001\t\nROCO_00002\tfine")
    told = faults("roco", [broken])
    assert "does not begin with an id such as ROCO_00001 (row 1)" in told
    assert "'reference_report' is blank (row 2)" in told
    odd = write(tmp_path, "odd.txt", "ROCO_00001\tC0817096\nC0817096")
    assert "odd.txt" in faults("roco", [captions, odd])


def test_imageclef_tables_are_told_apart_by_their_columns(tmp_path: Path) -> None:
    """Captions with commas and quotes; concepts by semicolon; either order."""
    captions = write(tmp_path, "c.csv", 'ID,Caption\nimg_1,"CT, axial; ""large"""\nimg_2,MRI\n')
    concepts = write(tmp_path, "k.csv", "ID,CUIs\nimg_1,C0040405;C0000726 ;\nimg_3,C1\n")
    for paths in ([captions, concepts], [concepts, captions]):
        found = read("imageclef-caption", paths)
        first, second = rows(found)
        assert first["reference_report"] == 'CT, axial; "large"'
        assert first["concepts"] == "C0040405;C0000726"
        assert "concepts" not in second
        assert {w.code: w.count for w in found.warnings} == {"unmatched-ids": 1}
    assert "give one table ID,Caption" in faults("imageclef-caption", [concepts])
    other = write(tmp_path, "o.csv", "a,b\n1,2\n")
    assert "neither ID,Caption nor ID,CUIs" in faults("imageclef-caption", [other])


def test_a_report_is_parted_at_its_headings() -> None:
    """Colons inside a line are none; two impressions are joined; unknown headings end a section."""
    assert report_sections.split(REPORT) == {
        "findings": "The lungs are clear. Heart size: normal. No effusion.",
        "impression": "No acute process. Unchanged.",
    }
    assert report_sections.split("no heading: here")["findings"] == ""
    both = report_sections.split("FINDINGS AND IMPRESSION: clear\nNOTIFICATION: by phone")
    assert both == {"findings": "clear", "impression": ""}


def test_mimic_tables_give_sections_or_are_parted(tmp_path: Path) -> None:
    """Sections as columns or the whole report; the part that is the reference is chosen."""
    sections = write(
        tmp_path,
        "s.csv",
        "subject_id,study_id,dicom_id,findings,impression,split\n10,50,d1,Clear lungs.,No change.,test\n10,51,,,Effusion.,test\n",
    )
    first, second = rows(read("mimic-cxr", [sections]))
    assert first["reference_report"] == "Clear lungs.\nNo change."
    assert (first["case"], first["patient"], first["image"]) == ("50", "10", "d1")
    assert second["reference_report"] == "Effusion."
    told = faults("mimic-cxr", [sections], Options(section="findings"))
    assert "'reference_report' is blank (row 2)" in told
    frame = pd.DataFrame({"study": ["50", "51"], "text": [REPORT, "nothing of the kind"]})
    frame.to_csv(tmp_path / "whole.csv", index=False)
    told = faults("mimic-cxr", [tmp_path / "whole.csv"])
    assert "the report has no heading FINDINGS: or IMPRESSION: (row 2)" in told
    found = read(
        "mimic-cxr", [tmp_path / "whole.csv"], Options(section="impression", exclude_faulty=True)
    )
    assert found.frame["reference_report"].to_list() == ["No acute process. Unchanged."]
    assert found.frame["report_findings"][0].startswith("The lungs are clear.")
    missing = write(tmp_path, "m.csv", "a,b\n1,2\n")
    assert "which column is the study?" in faults("mimic-cxr", [missing])


def test_iu_xray_tables_and_annotation_give_one_form(tmp_path: Path) -> None:
    """The frontal view is the image; a study without a report is a fault."""
    reports = write(
        tmp_path,
        "indiana_reports.csv",
        "uid,MeSH,Problems,image,indication,comparison,findings,impression\n"
        '1,normal,normal,Xray,Cough,None.,"Clear, ""dry"".",Normal.\n'
        "2,Opacity/lung;Effusion,Opacity; Effusion,Xray,,,,Effusion.\n"
        "3,normal,normal,Xray,,,,\n",
    )
    views = write(
        tmp_path,
        "indiana_projections.csv",
        "uid,filename,projection\n1,1_l.png,Lateral\n1,1_f.png,Frontal\n2,2_l.png,Lateral\n",
    )
    assert "'reference_report' is blank (row 3)" in faults("iu-xray", [reports, views])
    found = read("iu-xray", [reports, views], Options(exclude_faulty=True))
    first, second = rows(found)
    assert (first["image"], first["other_images"]) == ("1_f.png", "1_l.png")
    assert first["reference_report"] == 'Clear, "dry".\nNormal.'
    assert (second["image"], second["findings"]) == ("2_l.png", "Opacity;Effusion")
    annotation = {
        "train": [
            {
                "id": "C1",
                "report": "clear .",
                "image_path": ["C1/0.png", "C1/1.png"],
                "split": "train",
            }
        ],
        "val": [{"id": "C2", "report": "effusion .", "image_path": ["C2/0.png"]}],
    }
    path = write(tmp_path, "annotation.json", annotation)
    first, second = rows(read("iu-xray", [path]))
    assert (first["image"], first["split"]) == ("C1/0.png", "train")
    assert (second["reference_report"], second["split"]) == ("effusion .", "val")
