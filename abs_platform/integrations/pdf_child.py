"""Typesets one PDF: a job (JSON) on standard input, the file on standard output. Run by pdf.py as a process of its own."""

import json
import sys
from datetime import UTC, datetime

import typst

# Attached by code of ours, not by the layout's own, so that a layout cannot leave it out.
_ATTACH = """#for (name, media, description, content) in json(bytes(sys.inputs.attachments)) {
  pdf.attach(name, bytes(content), relationship: "source", mime-type: media, description: description)
}
"""


def main() -> None:
    job = json.load(sys.stdin)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=job["fonts"])
    compiler = typst.Compiler(
        (_ATTACH + job["layout"]).encode(),
        font_paths=fonts,
        sys_inputs={"data": job["data"], "attachments": json.dumps(job["attachments"])},
    )
    pdf = compiler.compile(format="pdf", pdf_standards=["a-3b"], timestamp=datetime.fromtimestamp(job["moment"], UTC))
    if not isinstance(pdf, bytes):  # a list of pages is for other formats
        raise TypeError(f"typst made {type(pdf).__name__}, not a file")
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    try:
        main()
    except typst.TypstError as error:
        sys.exit(f"{error.message}\n{error.diagnostic}")
