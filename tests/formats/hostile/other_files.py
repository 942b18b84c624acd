"""Tables that calculate, pages that run, programs, and what is nothing at all."""

import gzip
import io
import tarfile

from tests.formats.hostile.cases import Case, harmless, refused
from tests.formats.hostile.zip_files import INVOICE, packed

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-" + b"FILE!$H+H*"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def workbook(**parts: bytes) -> bytes:
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
    rows = parts.pop("rows", b'<row r="1"><c r="A1"><v>1</v></c></row>')
    return packed(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.xml": b"<workbook/>",
            "xl/worksheets/sheet1.xml": sheet % rows,
            **{name.replace("__", "/").replace("_", "."): data for name, data in parts.items()},
        }
    )


def tar() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        info = tarfile.TarInfo("../../etc/cron.d/x")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"x"))
    return target.getvalue()


def cases() -> list[Case]:
    """All of them."""
    return [*_tables(), *_pages(), *_programs(), *_nothing()]


def _tables() -> list[Case]:
    head = "number,date,buyer,amount\n"
    formulas = {
        "command": "=cmd|' /C calc'!A0",
        "plus": "+cmd|' /C calc'!A0",
        "minus": "-2+3+cmd|' /C calc'!A0",
        "at": "@SUM(1+1)*cmd|' /C calc'!A0",
        "tab": '"\t=1+1"',
        "carriage-return": '"\r=1+1"',
        "hyperlink": '"=HYPERLINK(""http://127.0.0.1:9/""&A1)"',
        "import": '"=IMPORTXML(""http://127.0.0.1:9/"",""//a"")"',
        "dde": '"=DDE(""cmd"",""/C calc"",""x"")"',
    }
    found = [
        refused(f"formula-{name}.csv", f"{head}1,2026-01-01,{cell},1.00\n".encode(), "formula_cells")
        for name, cell in formulas.items()
    ]
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    return [
        *found,
        refused("nul-bytes.csv", b"a,b\n1,\0\n"),
        harmless("quote-that-never-ends.csv", b'a,b\n1,"' + b"x" * 3_000_000, "no table, so kept as text"),
        harmless("many-columns.csv", b",".join([b"x"] * 300_000) + b"\n" + b",".join([b"y"] * 300_000), "no table as far as anybody looks, so kept as text"),
        refused("gbk.csv", f"{head}1,2026-01-01,某某公司,1.00\n".encode("gb18030"), "table"),
        refused("shared-strings-of-a-billion.xlsx", workbook(xl__sharedStrings_xml=b'<!DOCTYPE sst [<!ENTITY l0 "lol">%s]><sst count="1000000000"><si><t>&l9;</t></si></sst>' % laughs), "table"),
        refused("formulas.xlsx", workbook(rows=b'<row r="1"><c r="A1"><f>WEBSERVICE("http://127.0.0.1:9/")</f></c></row>'), "table"),
        refused("dde.xlsx", workbook(xl__externalLinks__externalLink1_xml=b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/C calc"/></externalLink>'), "external_links"),
        refused("external-links.xlsx", workbook(xl__externalLinks__externalLink1_xml=b"<externalLink/>"), "external_links"),
        refused("connections.xlsx", workbook(xl__connections_xml=b"<connections/>"), "external_links"),
        refused("macros.xlsm", workbook(xl__vbaProject_bin=b"x"), "macros"),
        refused("macro-sheet.xlsm", workbook(xl__macrosheets__sheet1_xml=b"<x/>"), "macros"),
        refused("rows-far-away.xlsx", workbook(rows=b'<row r="1048576"><c r="XFD1048576"><v>1e999</v></c></row>'), "table"),
        refused("sheet-bomb.xlsx", lambda: workbook(rows=b" " * 20_000_000), "table"),
        refused("truncated.xlsx", workbook()[:-40], "archive_damaged"),
        refused("slip.xlsx", packed({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>", "../../x": b"x"}), "archive_path"),
        refused("xls.xls", OLE + "Workbook".encode("utf-16-le") + bytes(500), "table"),
        refused("truncated.xls", OLE[:20], "manual_entry"),
        refused("with-a-password.xlsx", OLE + "EncryptedPackage".encode("utf-16-le") + bytes(500), "office_encrypted"),
        refused("ods.ods", packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}), "table"),
    ]  # fmt: skip


def _pages() -> list[Case]:
    script = "<script>alert(1)</script>"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">{script}</svg>'
    mhtml = (
        f"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n{script}"
    )
    return [
        refused("script.svg", svg.encode(), "active_content"),
        refused("script-declared.svg", f'<?xml version="1.0"?><!-- x -->{svg}'.encode(), "active_content"),
        refused("prefixed.svg", f'<s:svg xmlns:s="http://www.w3.org/2000/svg">{script}</s:svg>'.encode(), "active_content"),
        refused("entities.svg", f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>{svg}'.encode(), "doctype_forbidden"),
        refused("foreign-object.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><iframe src="javascript:1"/></foreignObject></svg>', "active_content"),
        refused("external-use.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><use href="http://127.0.0.1:9/x#a"/><image href="file:///etc/passwd"/></svg>', "active_content"),
        refused("utf-16.svg", ('<?xml version="1.0" encoding="UTF-16"?>' + svg).encode("utf-16"), "active_content"),
        refused("page.html", f"<!DOCTYPE html><html>{script}</html>".encode(), "active_content"),
        refused("page-without-head.html", script.encode(), "active_content"),
        refused("page.xhtml", f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">{script}</html>'.encode(), "active_content"),
        refused("page-behind-a-comment.html", f"<!-- x -->\n<html>{script}</html>".encode(), "active_content"),
        refused("page-in-utf-16.html", f"<html>{script}</html>".encode("utf-16"), "active_content"),
        refused("page-as-invoice.xml", f"\n\n  <HTML>{script}".encode(), "active_content"),
        refused("archive.mhtml", mhtml.encode(), "active_content"),
        refused("mail.eml", b"From: a@b.c\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/html\n\n<script>1</script>", "active_content"),
        refused("redirect.html", b'<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/">', "active_content"),
    ]  # fmt: skip


def _programs() -> list[Case]:
    return [
        refused("program.exe", b"MZ\x90\0\3\0\0\0" + bytes(200), "program"),
        refused("program-as-invoice.xml", b"MZ\x90\0" + INVOICE, "program"),
        refused("program.elf", b"\x7fELF\2\1\1" + bytes(100), "program"),
        refused("program.macho", b"\xcf\xfa\xed\xfe" + bytes(100), "program"),
        refused("program.class", b"\xca\xfe\xba\xbe\0\0\0\x34", "program"),
        refused("program.wasm", b"\0asm\1\0\0\0", "program"),
        refused("script.sh", b"#!/bin/sh\nrm -rf /\n", "program"),
        refused("script.bat", b"@echo off\r\nformat c:\r\n", "program"),
        refused("shortcut.lnk", b"L\0\0\0\1\x14\2\0" + bytes(68), "program"),
        harmless("eicar.txt", EICAR, "kept as text that nobody runs; looking for viruses is the gateway's work"),
        harmless("python-pickle-in-text.txt", b"cos\nsystem\n(S'id'\ntR.", "nothing is unpickled"),
    ]


def _nothing() -> list[Case]:
    return [
        refused("empty", b"", "file_empty"),
        refused("nul-bytes", bytes(64), "format_unknown"),
        refused("million-nul-bytes", lambda: bytes(1_000_000), "format_unknown"),
        refused("one-byte", b"\xff", "format_unknown"),
        harmless("byte-order-mark", b"\xef\xbb\xbf", "a text without a character"),
        harmless("utf-16-mark", b"\xff\xfe", "a text without a character"),
        refused("gzip.gz", gzip.compress(INVOICE), "archive_unsupported"),
        refused("gzip-bomb.gz", lambda: gzip.compress(bytes(50_000_000)), "archive_unsupported"),
        refused("archive.tar", tar(), "archive_unsupported"),
        refused("archive.tar.gz", gzip.compress(tar()), "archive_unsupported"),
        refused("archive.7z", b"7z\xbc\xaf\x27\x1c" + bytes(40), "archive_unsupported"),
        refused("archive.rar", b"Rar!\x1a\x07\1\0" + bytes(40), "archive_unsupported"),
        refused("archive.bz2", b"BZh91AY&SY" + bytes(40), "archive_unsupported"),
        refused("archive.xz", b"\xfd7zXZ\0" + bytes(40), "archive_unsupported"),
        refused("archive.zst", b"\x28\xb5\x2f\xfd" + bytes(40), "archive_unsupported"),
        refused("archive.cab", b"MSCF\0\0\0\0" + bytes(40), "archive_unsupported"),
        refused("rich-text-with-object.rtf", rb"{\rtf1{\object\objdata 0105}}", "manual_entry"),
        refused(
            "orders.edi",
            b"UNA:+.? 'UNB+UNOC:3+5412345678908:14+8798765432106:14+260901:1434+1'UNH+1+ORDERS:D:96A:UN'",
            "manual_entry",
        ),
        refused(
            "orders-without-una.edi",
            b"UNB+UNOA:2+1:14+2:14+221117:0134+4234'\r\nUNH+1+ORDERS:D:96A:UN'",
            "manual_entry",
        ),
        refused(
            "invoice-of-x12.edi",
            b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260901~GS*IN*S*R~",
            "manual_entry",
        ),
        harmless("about-una.txt", b"UNA is a segment, ISA another.", "a text that only speaks of them"),
        harmless("bidi-controls.txt", "amount \u202e00.001".encode(), "kept as text; nothing is read from it"),
        harmless("json-deep.json", b"[" * 200_000, "nobody parses it"),
        harmless("yaml-bomb.yaml", b"a: &a [x,x]\nb: &b [*a,*a]\n", "nobody parses it"),
    ]
