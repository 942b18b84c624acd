"""What a tax status may become. The tax office changes it, and a correction of the invoice takes its word back;
what cannot be said is not believed."""

from abs_platform.core.transitions import Table, transition
from abs_platform.integrations.tax.status import Status

TAX_OFFICE = "tax_office"
CORRECTION = "correction"  # what was verified is no longer what the document says

# 作废 is for good, and a red-letter invoice (红冲) is not taken back: both stay, whatever is said later.
_OPEN = (Status.NOT_VERIFIED, Status.VERIFIED, Status.DUPLICATE, Status.LOST_CONTROL, Status.ABNORMAL)

# Each action is named after what the tax office says.
TRANSITIONS: Table = {
    status: transition(sources, status, by=[TAX_OFFICE, *([CORRECTION] if status == Status.NOT_VERIFIED else [])])
    for status, sources in {
        Status.NOT_VERIFIED: _OPEN,
        Status.VERIFIED: _OPEN,
        Status.DUPLICATE: _OPEN,
        Status.LOST_CONTROL: _OPEN,
        Status.ABNORMAL: _OPEN,
        Status.VOIDED: (*_OPEN, Status.VOIDED),
        Status.RED_LETTER: (*_OPEN, Status.RED_LETTER),
    }.items()
}
