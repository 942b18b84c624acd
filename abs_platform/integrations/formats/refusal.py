"""Why a file is not taken."""

from abs_platform.core.errors import Invalid


class Refused(Invalid):
    """The file must not be taken as a business document: `code` for programs, `detail` for people.

    Codes: doctype_forbidden, too_large, too_deep, too_many_elements, too_many_lines, xml_malformed, number_missing,
    decimal_invalid, quantity_negative, unit_differs, date_invalid, text_too_long, text_invalid, currency_invalid, stated_twice;
    of an archive archive_damaged, archive_too_many, archive_too_large, archive_bomb, archive_too_deep, archive_encrypted, archive_method,
    archive_path, archive_ambiguous; of an office file office_encrypted; of a Chinese invoice figure_invalid, day_invalid,
    number_shape; ofd_damaged.
    Of a Cross Industry document type_code_unknown; of a hybrid PDF pdf_encrypted, pdf_broken, hybrid_xml_missing,
    hybrid_xml_broken; of one that breaks the rules of EN 16931, the first of them (BR-CO-16).
    `params["line"]`: the line in the file, where known; `params["limit"]`: the bound exceeded.
    """

    title = "The file was not accepted"
