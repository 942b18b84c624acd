"""Tables of the outside world (XLSX, XLS, ODS, CSV) as columns of text.

Everything in a file is text here: what a column means, and whether a cell is sound, is for whoever knows the mapping. The
bytes are never trusted: they are read in a process of its own, within the limits of `model.py`.
"""

from abs_platform.integrations.tables.model import Table, TableRefused
from abs_platform.integrations.tables.process import read

__all__ = ["Table", "TableRefused", "read"]
