"""Shapes of imports."""

from typing import Any

from rest_framework import serializers

from abs_platform.core.rest.fields import Coded
from abs_platform.core.words import LANGUAGES
from abs_platform.imports.fields import CONSTANTS, KINDS, Type
from abs_platform.imports.mapping import DATE_ORDERS, DECIMAL_MARKS, OPEN
from abs_platform.imports.proposing import Source
from abs_platform.imports.states import ACTIONS, Entry, State
from abs_platform.imports.units import UNITS
from abs_platform.integrations.tables.writing import FORMS

MAX_VALUE = 4_000


class TableUploadIn(serializers.Serializer[Any]):
    file = serializers.FileField()
    kind = serializers.ChoiceField(choices=KINDS)
    sheet = serializers.CharField(
        max_length=100, required=False, help_text="of a workbook; the first that has rows if not given"
    )


class BatchQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=[str(state) for state in State], required=False)
    kind = serializers.ChoiceField(choices=KINDS, required=False)


class MappingFields(serializers.Serializer[Any]):
    columns = serializers.DictField(
        child=serializers.IntegerField(min_value=0), help_text="column by field; the first is 0"
    )
    defaults = serializers.DictField(
        child=serializers.CharField(max_length=500, allow_blank=True),
        help_text=f"one value for the whole table, by field: {', '.join(CONSTANTS)}",
    )
    date_order = serializers.ChoiceField(
        choices=(*DATE_ORDERS, OPEN),
        help_text="of dates in digits; empty: they could be read in two ways, say in which",
    )
    decimal_mark = serializers.ChoiceField(choices=DECIMAL_MARKS)
    units = serializers.DictField(
        child=serializers.ChoiceField(choices=(*UNITS, OPEN)),
        help_text="what one in a column of money is, by field: 10000 for 万元; empty: the headers leave it open, say which",
    )


class MappingIn(MappingFields):
    units = serializers.DictField(
        child=serializers.ChoiceField(choices=UNITS),
        required=False,
        default=dict,
        help_text="what one in a column of money is, by field: 10000 for 万元; as the table states where it is not given",
    )
    date_order = serializers.ChoiceField(
        choices=DATE_ORDERS, help_text="of dates in digits that could be read otherwise"
    )
    header_row = serializers.IntegerField(min_value=1, required=False, help_text="the first row is 1")
    save_as = serializers.CharField(max_length=100, required=False, help_text="keep the mapping under this name")


class ProposalsQuery(serializers.Serializer[Any]):
    header_row = serializers.IntegerField(
        min_value=1, required=False, help_text="the first row is 1; as it is now if not given"
    )


class CorrectionIn(serializers.Serializer[Any]):
    column = serializers.IntegerField(min_value=0)
    value = serializers.CharField(max_length=MAX_VALUE, allow_blank=True, trim_whitespace=False)


class ReplacementIn(serializers.Serializer[Any]):
    column = serializers.IntegerField(min_value=0)
    before = serializers.CharField(max_length=MAX_VALUE, allow_blank=True, trim_whitespace=False)
    after = serializers.CharField(max_length=MAX_VALUE, allow_blank=True, trim_whitespace=False)


class ImportIn(serializers.Serializer[Any]):
    leave_wrong = serializers.BooleanField(
        default=False, help_text="import the sound documents and leave out those with wrong rows"
    )


class RowsQuery(serializers.Serializer[Any]):
    wrong = serializers.BooleanField(required=False, default=None, allow_null=True, help_text="only rows with errors")
    start = serializers.IntegerField(min_value=1, required=False, help_text="from this row on")


class ExportQuery(serializers.Serializer[Any]):
    file = serializers.ChoiceField(choices=FORMS, default=FORMS[0])
    wrong = serializers.BooleanField(required=False, default=False, help_text="only rows with errors")
    lang = serializers.ChoiceField(choices=LANGUAGES, default=LANGUAGES[0])


class BulkQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=KINDS)
    hold = serializers.BooleanField(default=False, help_text="do not import yet what was taken")


class ImportFieldOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=[str(each) for each in Type])
    header = serializers.BooleanField(help_text="belongs to the document, so that its rows agree on it")
    required = serializers.BooleanField()  # type: ignore[assignment]  # the contract\'s name shadows DRF\'s attribute
    constant = serializers.BooleanField(help_text="can be given once for the whole table")
    money = serializers.BooleanField(
        help_text="amounts of money, which may be written in 万元; see `units` of a mapping"
    )


class ImportKindOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=KINDS)
    fields = ImportFieldOut(many=True)  # type: ignore[assignment]  # the contract's name shadows DRF's property
    either = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()), help_text="of each list, one is required"
    )


class ImportSystemOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class ImportChoicesOut(serializers.Serializer[Any]):
    kinds = ImportKindOut(many=True)
    systems = ImportSystemOut(many=True)


class SavedMappingOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS)
    name = serializers.CharField()
    columns = serializers.DictField(child=serializers.CharField(), help_text="header by field")
    defaults = serializers.DictField(child=serializers.CharField(allow_blank=True))
    date_order = serializers.ChoiceField(choices=DATE_ORDERS)
    decimal_mark = serializers.ChoiceField(choices=DECIMAL_MARKS)
    units = serializers.DictField(child=serializers.ChoiceField(choices=UNITS))
    saved_by = serializers.CharField()
    saved_at = serializers.DateTimeField()


class ImportProposalOut(serializers.Serializer[Any]):
    source = serializers.ChoiceField(choices=[str(each) for each in Source])  # type: ignore[assignment]  # the contract's name shadows DRF's attribute
    code = serializers.CharField(
        allow_blank=True,
        help_text="of the system, for a guess the one that it seems to be; of the saved mapping its id",
    )
    name = serializers.CharField(allow_blank=True)
    mapping = MappingFields()
    own = serializers.IntegerField(help_text="columns that the system's own words name; the others go by common ones")
    lacking = serializers.ListField(
        child=serializers.CharField(), help_text="headers of the saved mapping that the table has not"
    )


class ImportProposalsOut(serializers.Serializer[Any]):
    proposals = ImportProposalOut(many=True)


class ImportCountsOut(serializers.Serializer[Any]):
    rows = serializers.IntegerField()
    wrong = serializers.IntegerField(help_text="rows with errors")
    documents = serializers.IntegerField()
    imported = serializers.IntegerField()


class ImportProgressOut(serializers.Serializer[Any]):
    done = serializers.IntegerField()
    total = serializers.IntegerField()


class ImportOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS)
    filename = serializers.CharField()
    state = serializers.ChoiceField(choices=[str(state) for state in State])
    source = serializers.UUIDField(allow_null=True, help_text="the document that keeps the file; none by REST")  # type: ignore[assignment]  # the same
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    imported_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)
    counts = ImportCountsOut()
    progress = ImportProgressOut(allow_null=True, help_text="of what the background does now")
    problem = Coded(allow_null=True)
    allowed_actions = serializers.ListField(child=serializers.ChoiceField(choices=list(ACTIONS)))


class ImportColumnOut(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    header = serializers.CharField(allow_blank=True)
    samples = serializers.ListField(child=serializers.CharField(allow_blank=True))
    field = serializers.CharField(allow_null=True, help_text="as mapped, or as guessed while nothing is")
    unit = serializers.ChoiceField(
        choices=(*UNITS, OPEN), allow_null=True, help_text="what the header says of its unit; null: nothing"
    )


class ImportDetailOut(ImportOut):
    filing = serializers.IntegerField(help_text="how many of its documents are not filed in their trades yet")
    sheet = serializers.CharField(allow_blank=True)
    sheets = serializers.ListField(child=serializers.CharField())
    system = serializers.CharField(allow_blank=True, help_text="the ERP whose headers these are; see `systems`")
    saved_as = serializers.CharField(allow_blank=True, help_text="the saved mapping that this one is, or comes from")
    header_row = serializers.IntegerField(allow_null=True)
    columns = ImportColumnOut(many=True)
    mapping = MappingFields(allow_null=True)
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="what is to be said yet: required fields, date_order, money_unit"
    )


class CellErrorOut(serializers.Serializer[Any]):
    column = serializers.IntegerField(allow_null=True, help_text="null: the row as a whole")
    field = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    params = serializers.DictField(child=serializers.CharField())


class ImportRowOut(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="in the table; the first is 1")
    cells = serializers.ListField(child=serializers.CharField(allow_blank=True), help_text="with corrections")
    read = serializers.DictField(
        child=serializers.CharField(),
        help_text="how a date or figure is read where that is not what its cell says, by column: ISO date, plain decimal",
    )
    corrected = serializers.DictField(
        child=serializers.CharField(allow_blank=True), help_text="what the file says, by corrected column"
    )
    errors = CellErrorOut(many=True)  # type: ignore[assignment]  # the contract's name shadows DRF's property
    ignored = serializers.BooleanField(help_text="before the headers, empty, or a sum of other rows")


class CorrectionOut(serializers.Serializer[Any]):
    row = ImportRowOut()
    counts = ImportCountsOut()


class ReplacementOut(serializers.Serializer[Any]):
    replaced = serializers.IntegerField()
    counts = ImportCountsOut()


class ImportEntryOut(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    number = serializers.CharField()
    issue_date = serializers.DateField()
    buyer_name = serializers.CharField(allow_blank=True)
    currency = serializers.CharField()
    total = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=[str(each) for each in Entry])
    document = serializers.UUIDField(allow_null=True)
    attention = Coded(many=True)


class DependentOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    count = serializers.IntegerField()


class DependentsOut(serializers.Serializer[Any]):
    dependents = DependentOut(many=True)


class BulkErrorOut(serializers.Serializer[Any]):
    index = serializers.IntegerField(help_text="of the document among those sent; the first is 0")
    field = serializers.CharField(allow_blank=True, help_text="a path in the document, such as lines.2.quantity")
    code = serializers.CharField()
    detail = serializers.CharField()


class BulkOut(serializers.Serializer[Any]):
    batch = ImportOut()
    taken = serializers.IntegerField()
    rejected = serializers.IntegerField()
    errors = BulkErrorOut(many=True, help_text="of the first thousand that were rejected")  # type: ignore[assignment]  # the contract's name shadows DRF's property


class BulkLineIn(serializers.Serializer[Any]):
    id = serializers.CharField(max_length=200, required=False)
    item_name = serializers.CharField(max_length=500, required=False)
    item_description = serializers.CharField(max_length=500, required=False)
    seller_item_id = serializers.CharField(max_length=200, required=False)
    buyer_item_id = serializers.CharField(max_length=200, required=False)
    unit = serializers.CharField(max_length=20, required=False)
    quantity = serializers.CharField(required=False, help_text='decimals are strings: "12.50"')
    rejected = serializers.CharField(required=False)
    price = serializers.CharField(required=False)
    amount = serializers.CharField(required=False)
    tax = serializers.CharField(required=False)
    tax_percent = serializers.CharField(required=False)
    order_number = serializers.CharField(max_length=200, required=False)
    order_line_id = serializers.CharField(max_length=200, required=False)
    despatch_number = serializers.CharField(max_length=200, required=False)
    receipt_number = serializers.CharField(max_length=200, required=False)
    invoice_number = serializers.CharField(max_length=200, required=False)
    note = serializers.CharField(max_length=500, required=False)


class BulkDocumentIn(serializers.Serializer[Any]):
    """One line of the request: a document in JSON."""

    number = serializers.CharField(max_length=200)
    issue_date = serializers.DateField()
    due_date = serializers.DateField(required=False)
    buyer_name = serializers.CharField(max_length=300, required=False)
    buyer_id = serializers.CharField(max_length=200, required=False)
    currency = serializers.CharField(max_length=3)
    order_number = serializers.CharField(max_length=200, required=False)
    contract_number = serializers.CharField(max_length=200, required=False)
    payment_terms = serializers.CharField(max_length=500, required=False)
    total = serializers.CharField(required=False, help_text="with tax")
    lines = BulkLineIn(many=True)
