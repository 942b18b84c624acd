"""Every hostile file there is."""

from tests.formats.hostile import other_files, pdf_files, picture_files, xml_files, zip_files
from tests.formats.hostile.cases import Case

GROUPS = {
    "xml": xml_files.cases,
    "zip": zip_files.cases,
    "pdf": pdf_files.cases,
    "picture": picture_files.cases,
    "other": other_files.cases,
}


def cases() -> list[Case]:
    """All of them, each under a name of its own: "group/name"."""
    return [
        Case(f"{group}/{case.name}", case.make, case.rule, case.harmless)
        for group, make in GROUPS.items()
        for case in make()
    ]
