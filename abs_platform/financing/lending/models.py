"""Loans, money that comes in, and the double-entry journal in which every amount stands."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.core.models import append_only, one_of
from abs_platform.core.money import amount_field, within_limits
from abs_platform.financing.states import LoanState, PaymentState
from abs_platform.parties.models import Organisation
from abs_platform.rights.models import Right

# What a funder's books distinguish. Assets and expenses grow by debit, the others by credit.
ACCOUNT_CODES = (
    "cash",
    "principal_receivable",
    "interest_receivable",
    "fee_receivable",
    "payable_to_supplier",
    "interest_income",
    "fee_income",
    "loss",
)
PAYERS = ("supplier", "debtor")
PARTS = ("fee", "interest", "principal", "surplus")


class Loan(models.Model):
    """Money lent on an accepted offer. Its terms are the offer's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    offer = models.OneToOneField("financing.Offer", on_delete=models.PROTECT, related_name="loan")
    funder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="loans_given")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="loans_taken")
    principal = amount_field()
    currency = models.CharField(max_length=3)
    due_date = models.DateField()
    state = models.CharField(max_length=22, choices=[(s, s) for s in LoanState], default=LoanState.AWAITING)
    maker_id = models.UUIDField(null=True)
    checker_id = models.UUIDField(null=True)
    bank_reference = models.CharField(max_length=100, blank=True, default="")
    disbursed_on = models.DateField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("state", LoanState, "loan_state_known"),
            within_limits("principal", "loan_principal"),
            models.CheckConstraint(condition=Q(principal__gt=0), name="loan_positive"),
            models.CheckConstraint(condition=~Q(funder=F("supplier")), name="loan_between_two"),
            models.CheckConstraint(
                condition=Q(state__in=["awaiting", "disbursement_proposed", "cancelled"], disbursed_on__isnull=True)
                | Q(
                    state__in=["outstanding", "settled", "written_off"],
                    disbursed_on__isnull=False,
                    maker_id__isnull=False,
                    checker_id__isnull=False,
                )
                & ~Q(bank_reference=""),
                name="loan_disbursed_by_two",
            ),
            models.CheckConstraint(
                condition=Q(checker_id__isnull=True) | ~Q(checker_id=F("maker_id")), name="loan_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["settled", "cancelled", "written_off"], ended_at__isnull=False)
                | ~Q(state__in=["settled", "cancelled", "written_off"]) & Q(ended_at__isnull=True),
                name="loan_ended_has_time",
            ),
            models.UniqueConstraint(
                fields=["funder", "bank_reference"], condition=~Q(bank_reference=""), name="loan_bank_reference_once"
            ),
        ]
        indexes = [
            models.Index(fields=["funder", "-id"], name="loan_funder"),
            models.Index(fields=["supplier", "-id"], name="loan_supplier"),
            models.Index(fields=["due_date"], name="loan_outstanding", condition=Q(state="outstanding")),
        ]


class Payment(models.Model):
    """Money received on a loan: from the debtor on one of its rights, or from the supplier."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="payments")
    payer = models.CharField(max_length=8, choices=[(p, p) for p in PAYERS])
    right = models.ForeignKey(Right, on_delete=models.PROTECT, null=True, related_name="payments")
    amount = amount_field()
    received_on = models.DateField()
    bank_reference = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=[(s, s) for s in PaymentState], default=PaymentState.RECORDED)
    reason = models.CharField(max_length=500, blank=True, default="")
    maker_id = models.UUIDField()
    checker_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            one_of("state", PaymentState, "payment_state_known"),
            one_of("payer", PAYERS, "payment_payer_known"),
            within_limits("amount", "payment_amount"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(payer="debtor", right__isnull=False) | Q(payer="supplier", right__isnull=True),
                name="payment_of_debtor_names_right",
            ),
            models.CheckConstraint(
                condition=Q(state="recorded", checker_id__isnull=True)
                | ~Q(state="recorded") & Q(checker_id__isnull=False),
                name="payment_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(checker_id__isnull=True) | ~Q(checker_id=F("maker_id")), name="payment_two_people"
            ),
            models.UniqueConstraint(
                fields=["loan", "bank_reference"],
                condition=Q(state__in=["recorded", "confirmed"]),
                name="payment_bank_reference_once",
            ),
        ]


class Account(models.Model):
    """One account of one organisation's books, in one currency."""

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="accounts")
    code = models.CharField(max_length=24, choices=[(c, c) for c in ACCOUNT_CODES])
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "code", "currency"], name="account_once"),
            one_of("code", ACCOUNT_CODES, "account_code_known"),
        ]


class Entry(models.Model):
    """One event in the journal. `effect` names what caused it, so that nothing is booked twice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="entries")
    effect = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20)
    booked_on = models.DateField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = append_only()


BALANCED = """
    PERFORM 1 FROM financing_posting AS posting
        JOIN financing_account AS account ON account.id = posting.account_id
        WHERE posting.entry_id = NEW.entry_id
        GROUP BY account.currency, account.owner_id HAVING sum(posting.debit) <> sum(posting.credit);
    IF FOUND THEN
        RAISE EXCEPTION 'journal entry % does not balance', NEW.entry_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


class Posting(models.Model):
    """One side of an entry. The debits of an entry equal its credits, in each books and currency, at commit."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    debit = amount_field(default=0)
    credit = amount_field(default=0)

    class Meta:
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="balanced",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=BALANCED,
            ),
        ]
        constraints = [
            within_limits("debit", "posting_debit"),
            within_limits("credit", "posting_credit"),
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0), name="posting_one_side"
            ),
        ]
        indexes = [models.Index(fields=["account", "id"], name="posting_account")]


class Allocation(models.Model):
    """What a confirmed payment was used for, in turn: fees, interest, principal; what is left is the supplier's."""

    id = models.BigAutoField(primary_key=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    part = models.CharField(max_length=9, choices=[(p, p) for p in PARTS])
    amount = amount_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "part"], name="allocation_once"),
            one_of("part", PARTS, "allocation_part_known"),
            within_limits("amount", "allocation_amount"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_positive"),
        ]
