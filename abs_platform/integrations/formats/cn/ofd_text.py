"""The texts of an OFD's pages, with the templates that they are printed on.

Source: GB/T 33190-2016, 7.7 (pages, templates), 11.3 (CT_Text: Boundary, TextCode).
"""

from collections.abc import Callable
from copy import deepcopy
from functools import cached_property

from abs_platform.integrations.formats.cn.paths import resolve
from abs_platform.integrations.formats.cn.rows import Row, Run, rows_of, width_of
from abs_platform.integrations.formats.cn.values import Element, children, local

MAX_PAGES = 50
MAX_TEXTS = 20_000


class Pages:
    """The pages of a document; `tree` gives the XML member at a path."""

    def __init__(self, document: Element | None, name: str, tree: Callable[[str], Element | None]) -> None:
        self._document, self._name, self._tree = document, name, tree

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every row of every page. Raises Refused."""
        return rows_of(run for runs in self._contents for run, _ in runs)

    @cached_property
    def texts(self) -> dict[tuple[str, str], str]:
        """What each text object says, by page and object; with an empty page for references that name none."""
        texts: dict[tuple[str, str], str] = {}
        for (page_id, _), runs in zip(self._page_list, self._contents, strict=True):
            for run, object_id in runs:
                for page in (page_id, "") if object_id else ():
                    texts[page, object_id] = texts.get((page, object_id), "") + run.text
        return texts

    def resolved(self, tags: Element) -> Element | None:
        """The tree of tags with references to texts replaced by what these say; None where it names no invoice."""
        tree = deepcopy(tags)
        for each in list(tree.iter()):
            parts = [child for child in each if local(child) in ("ObjectRef", "ObjectData")]
            if not parts:
                continue
            each.text = "".join(self._said(part) for part in parts)
            for part in parts:
                each.remove(part)
        named = next((each for each in tree.iter("{*}eInvoice", "{*}EInvoice") if len(each)), None)
        number = next(iter(tree.iter("{*}InvoiceNo")), None) if named is None else None
        holder = number.getparent() if number is not None else None
        if holder is not None:
            # The fields are those of the eInvoice whatever their issuer calls what holds them.
            holder.tag = "eInvoice"
        return named if named is not None else holder

    def _said(self, part: Element) -> str:
        text = str(part.text or "").strip()
        if local(part) == "ObjectData":
            return text
        return self.texts.get((part.get("PageRef") or "", text)) or self.texts.get(("", text), "")

    @cached_property
    def _page_list(self) -> list[tuple[str, str]]:
        """(id, path) of each page."""
        groups = children(self._document, "Pages") if self._document is not None else []
        pages = [each for group in groups for each in children(group, "Page")]
        return [(each.get("ID") or "", resolve(each.get("BaseLoc") or "", self._name)) for each in pages[:MAX_PAGES]]

    @cached_property
    def _contents(self) -> list[list[tuple[Run, str]]]:
        templates = self._templates
        contents = []
        for number, (_, path) in enumerate(self._page_list):
            page = self._tree(path)
            runs = _runs(page, number) if page is not None else []
            for each in children(page, "Template") if page is not None else ():
                template = self._tree(templates.get(each.get("TemplateID") or "", ""))
                # Objects of a template have numbers of their own that no tag means.
                runs += [(run, "") for run, _ in _runs(template, number)] if template is not None else []
            contents.append(runs[:MAX_TEXTS])
        return contents

    @cached_property
    def _templates(self) -> dict[str, str]:
        commons = children(self._document, "CommonData") if self._document is not None else []
        return {
            each.get("ID") or "": resolve(each.get("BaseLoc") or "", self._name)
            for common in commons
            for each in children(common, "TemplatePage")
        }


def _runs(page: Element, number: int) -> list[tuple[Run, str]]:
    """The texts of a page's content with the object that each belongs to."""
    runs = []
    for text_object in page.iter("{*}TextObject"):
        left, top = [*_numbers(text_object.get("Boundary")), 0.0, 0.0][:2]
        size = next(iter(_numbers(text_object.get("Size"))), 3.0) or 3.0
        for code in children(text_object, "TextCode"):
            text = str(code.text or "")[:2_000]
            x, y = (next(iter(_numbers(code.get(name))), 0.0) for name in ("X", "Y"))
            run = Run(number, left + x, top + y, width_of(text, size), size, text)
            runs.append((run, text_object.get("ID") or ""))
            if len(runs) >= MAX_TEXTS:
                return runs
    return runs


def _numbers(text: str | None) -> list[float]:
    try:
        found = [float(each) for each in (text or "").split()[:8]]
    except ValueError:
        return []
    return [each if abs(each) < 100_000 else 0.0 for each in found]
