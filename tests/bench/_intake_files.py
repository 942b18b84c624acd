"""The real files of the shared data: how many of each folder are accepted, need attention, are refused, and why."""

from collections import Counter
from pathlib import Path

from abs_platform.core import clock
from abs_platform.integrations import formats
from abs_platform.integrations.formats.model import Level
from abs_platform.integrations.formats.reading import Reading, Verdict
from tests.bench._measuring import Figure, Progress, plain
from tests.shared_data import SHARED

FOLDERS = ("01_ubl", "02_facturx", "03_cn_einvoice")
NOT_DOCUMENTS = (".csv", ".md")


def figures_of(progress: Progress) -> list[Figure]:
    """files FOLDER VERDICT: how many; every refusal is explained as it is found."""
    found = []
    for folder in sorted({path.parent for name in FOLDERS for path in (SHARED / name).rglob("*") if path.is_file()}):
        verdicts = Counter(_verdict(path, progress) for path in sorted(folder.iterdir()) if _is_document(path))
        name = folder.relative_to(SHARED).as_posix()
        found += [plain(f"files {name} {verdict}", verdicts[verdict], "files") for verdict in Verdict if verdicts]
    return found


def _is_document(path: Path) -> bool:
    return path.is_file() and path.suffix not in NOT_DOCUMENTS


def _verdict(path: Path, progress: Progress) -> Verdict:
    reading = formats.read(path.read_bytes(), today=clock.today())
    if reading.verdict is Verdict.REFUSED:
        progress(f"{path.relative_to(SHARED)}: {_reasons(reading)}")
    return reading.verdict


def _reasons(reading: Reading) -> str:
    refusing = {remark.rule: remark.detail for remark in reading.all_remarks if remark.level is Level.REFUSED}
    return "; ".join(f"{rule}: {detail}"[:160] for rule, detail in refusing.items())
