"""How statements, portfolios and trial balances look in replies."""

from typing import Any

from rest_framework import serializers

from abs_platform.core.rest.fields import Body, Named, money, named, number
from abs_platform.financing.lending import ageing
from abs_platform.financing.lending.journal import TrialBalance
from abs_platform.financing.lending.models import ACCOUNT_CODES, KINDS
from abs_platform.financing.lending.portfolio import Figure, Name, Portfolio
from abs_platform.financing.lending.replies import OwedOut, owed_body
from abs_platform.financing.lending.statements import Statement


class MovementOut(serializers.Serializer[Any]):
    loan = serializers.UUIDField()
    entry = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=list(KINDS))
    booked_on = serializers.DateField()
    owed_more = serializers.CharField()
    owed_less = serializers.CharField()
    balance = serializers.CharField()


class AgedOut(serializers.Serializer[Any]):
    bucket = serializers.ChoiceField(choices=list(ageing.BUCKETS))
    amount = serializers.CharField()


class StatementLoanOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    bank_reference = serializers.CharField()
    funder = Named()
    supplier = Named()
    disbursed_on = serializers.DateField()
    due_date = serializers.DateField()
    bucket = serializers.ChoiceField(choices=list(ageing.BUCKETS))
    owed = OwedOut()


class StatementOut(serializers.Serializer[Any]):
    currency = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField()
    opening = serializers.CharField()
    movements = MovementOut(many=True)
    closing = serializers.CharField(help_text="opening + Σ owed_more − Σ owed_less, by what is booked.")
    unbooked_interest = serializers.CharField(help_text="Interest up to `until` that no entry holds yet.")
    total = serializers.CharField(help_text="closing + unbooked_interest: what is owed on that day.")
    ageing = AgedOut(many=True)
    loans = StatementLoanOut(many=True)


def statement_body(found: Statement) -> Body:
    """A statement of account."""
    currency = found.currency
    return {
        "currency": currency,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "opening": money(found.opening, currency),
        "movements": [
            {
                "loan": str(each.loan_id),
                "entry": str(each.entry_id),
                "kind": each.kind,
                "booked_on": each.booked_on.isoformat(),
                "owed_more": money(each.owed_more, currency),
                "owed_less": money(each.owed_less, currency),
                "balance": money(each.balance, currency),
            }
            for each in found.movements
        ],
        "closing": money(found.closing, currency),
        "unbooked_interest": money(found.unbooked, currency),
        "total": money(found.total, currency),
        "ageing": [{"bucket": name, "amount": money(amount, currency)} for name, amount in found.ageing.items()],
        "loans": [
            {
                "id": str(loan.id),
                "bank_reference": loan.bank_reference,
                "funder": named(loan.funder_id, loan.funder.name),
                "supplier": named(loan.supplier_id, loan.supplier.name),
                "disbursed_on": loan.disbursed_on.isoformat() if loan.disbursed_on else None,
                "due_date": loan.due_date.isoformat(),
                "bucket": ageing.bucket_of(loan.due_date, found.until),
                "owed": owed_body(owed, currency),
            }
            for loan, owed in found.loans
        ],
    }


class FigureOut(serializers.Serializer[Any]):
    amount = serializers.CharField()
    loans = serializers.IntegerField()
    filter = serializers.DictField(
        child=serializers.CharField(), help_text="Query parameters of the list of loans that this is the sum of."
    )


class NameOut(FigureOut):
    organisation = Named()
    share = serializers.CharField(help_text="Of all that is out, 0 to 1.")


class AgedFigureOut(FigureOut):
    bucket = serializers.ChoiceField(choices=list(ageing.BUCKETS))


class ExpectedOut(FigureOut):
    on = serializers.DateField(allow_null=True, help_text="Null: overdue.")


class PortfolioOut(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    currency = serializers.CharField()
    currencies = serializers.ListField(child=serializers.CharField())
    outstanding = FigureOut()
    principal = serializers.CharField()
    interest = serializers.CharField()
    fee = serializers.CharField()
    weighted_rate = serializers.CharField(allow_null=True)
    debtors = NameOut(many=True)
    suppliers = NameOut(many=True)
    hhi_debtors = serializers.CharField(allow_null=True)
    hhi_suppliers = serializers.CharField(allow_null=True)
    ageing = AgedFigureOut(many=True)
    expected = ExpectedOut(many=True)
    written_off = FigureOut()


def portfolio_body(found: Portfolio) -> Body:
    """A funder's portfolio."""
    currency = found.currency

    def figure(each: Figure) -> Body:
        return {"amount": money(each.amount, currency), "loans": each.loans, "filter": each.filter}

    def name(each: Name) -> Body:
        organisation = named(each.organisation.id, each.organisation.name)
        return {**figure(each.figure), "organisation": organisation, "share": number(each.share)}

    return {
        "as_of": found.as_of.isoformat(),
        "currency": currency,
        "currencies": list(found.currencies),
        "outstanding": figure(found.outstanding),
        "principal": money(found.principal, currency),
        "interest": money(found.interest, currency),
        "fee": money(found.fee, currency),
        "weighted_rate": number(found.weighted_rate),
        "debtors": [name(each) for each in found.debtors],
        "suppliers": [name(each) for each in found.suppliers],
        "hhi_debtors": number(found.hhi_debtors),
        "hhi_suppliers": number(found.hhi_suppliers),
        "ageing": [{**figure(each), "bucket": bucket} for bucket, each in found.ageing.items()],
        "expected": [
            {**figure(each.figure), "on": each.on.isoformat() if each.on else None} for each in found.expected
        ],
        "written_off": figure(found.written_off),
    }


class TrialLineOut(serializers.Serializer[Any]):
    account = serializers.ChoiceField(choices=list(ACCOUNT_CODES))
    debit = serializers.CharField()
    credit = serializers.CharField()


class TrialBalanceOut(serializers.Serializer[Any]):
    currency = serializers.CharField()
    accounts = TrialLineOut(many=True)
    debit = serializers.CharField()
    credit = serializers.CharField()


class TrialBalancesOut(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    balances = TrialBalanceOut(many=True)


def trial_balance_body(found: TrialBalance) -> Body:
    """One currency's trial balance; its two sums are equal."""
    return {
        "currency": found.currency,
        "accounts": [
            {"account": code, "debit": money(debits, found.currency), "credit": money(credits, found.currency)}
            for code, debits, credits in found.accounts
        ],
        "debit": money(found.debits, found.currency),
        "credit": money(found.credits, found.currency),
    }
