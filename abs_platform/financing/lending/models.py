"""Loans, money that comes in and goes on, and the double-entry journal in which every amount stands."""

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.core.models import append_only, one_of
from abs_platform.core.money import amount_field, within_limits
from abs_platform.financing.lending.allocation import PARTS
from abs_platform.financing.states import COUNTING, LoanState, PaymentState, PayoutState
from abs_platform.parties.models import Organisation
from abs_platform.rights.models import Right

# What a funder's books distinguish. Assets and expenses grow by debit, the others by credit.
ACCOUNT_CODES = (
    "cash",
    "principal_receivable",
    "interest_receivable",
    "fee_receivable",
    "payable_to_supplier",
    "payable_to_debtor",
    "interest_income",
    "fee_income",
    "loss",
)
KINDS = ("disbursement", "interest", "payment", "reversal", "write_off", "payout")
PAYERS = ("supplier", "debtor")
PAYEES = PAYERS
BEFORE_DISBURSEMENT = ("awaiting", "cancelled")
ENDED = ("settled", "cancelled", "written_off")
PROPOSED = ("maker_id", "payee_account", "bank_reference", "disbursed_on")
"""What a proposed disbursement fills in."""


# A loan that is paid back leaves nothing behind it open: neither a pledge nor its request.
SETTLES_WHOLE = """
    PERFORM 1 FROM financing_loan AS loan
        JOIN financing_offer AS offer ON offer.id = loan.offer_id
        JOIN financing_invitation AS invitation ON invitation.id = offer.invitation_id
        JOIN financing_request AS request ON request.id = invitation.request_id
        WHERE loan.id = NEW.id AND loan.state = 'settled' AND (
            request.state <> 'settled'
            OR EXISTS (
                SELECT FROM financing_pledge AS pledge
                WHERE pledge.loan_id = loan.id AND pledge.state IN ('registering', 'active')
            )
        );
    IF FOUND THEN
        RAISE EXCEPTION 'loan % is settled, its request or a pledge is not', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


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
    payee_account = models.CharField(max_length=100, blank=True, default="")  # to which it was sent
    bank_reference = models.CharField(max_length=100, blank=True, default="")
    disbursed_on = models.DateField(null=True)  # as proposed, until another person has disbursed it
    claimed_on = models.DateField(null=True)  # with recourse: since when the supplier itself has to pay back
    write_off_maker_id = models.UUIDField(null=True)
    write_off_checker_id = models.UUIDField(null=True)
    write_off_reason = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="settles_whole",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__state=LoanState.SETTLED),
                func=SETTLES_WHOLE,
            )
        ]
        constraints = [
            one_of("state", LoanState, "loan_state_known"),
            within_limits("principal", "loan_principal"),
            models.CheckConstraint(condition=Q(principal__gt=0), name="loan_positive"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="loan_currency"),
            models.CheckConstraint(condition=~Q(funder=F("supplier")), name="loan_between_two"),
            models.CheckConstraint(
                condition=Q(
                    state__in=BEFORE_DISBURSEMENT, disbursed_on=None, maker_id=None, bank_reference="", payee_account=""
                )
                | ~Q(state__in=BEFORE_DISBURSEMENT)
                & Q(disbursed_on__isnull=False, maker_id__isnull=False)
                & ~Q(bank_reference=""),
                name="loan_disbursement_proposed_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*BEFORE_DISBURSEMENT, "disbursement_proposed"], checker_id=None)
                | ~Q(state__in=[*BEFORE_DISBURSEMENT, "disbursement_proposed"]) & Q(checker_id__isnull=False),
                name="loan_disbursed_by_two",
            ),
            models.CheckConstraint(
                condition=Q(checker_id__isnull=True) | ~Q(checker_id=F("maker_id")), name="loan_two_people"
            ),
            models.CheckConstraint(
                condition=Q(disbursed_on=None) | Q(disbursed_on__lte=F("due_date")), name="loan_disbursed_before_due"
            ),
            models.CheckConstraint(
                condition=Q(claimed_on=None) | Q(claimed_on__gt=F("due_date"), disbursed_on__isnull=False),
                name="loan_claimed_once_overdue",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["write_off_proposed", "written_off"], write_off_maker_id__isnull=False)
                & ~Q(write_off_reason="")
                | ~Q(state__in=["write_off_proposed", "written_off"]) & Q(write_off_maker_id=None, write_off_reason=""),
                name="loan_write_off_proposed_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="written_off", write_off_checker_id__isnull=False)
                & ~Q(write_off_checker_id=F("write_off_maker_id"))
                | ~Q(state="written_off") & Q(write_off_checker_id=None),
                name="loan_written_off_by_two",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False) | ~Q(state__in=ENDED) & Q(ended_at__isnull=True),
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

    def take_proposal_back(self) -> None:
        """No disbursement is proposed any more; unsaved."""
        self.maker_id, self.payee_account, self.bank_reference, self.disbursed_on = None, "", "", None

    @property
    def lent_since(self) -> date:
        """The day on which it was paid out. Raises ValueError for a loan that was not, nor is about to be."""
        if self.disbursed_on is None:
            raise ValueError(f"loan {self.id} is not paid out")
        return self.disbursed_on


class LoanFact(models.Model):
    """What the ledger holds of a loan: the statement whose salted commitment was recorded, so that it can be shown."""

    id = models.BigAutoField(primary_key=True)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="facts")
    template = models.CharField(max_length=60)
    statement = models.TextField()
    salt = models.BinaryField(max_length=32)
    record_id = models.UUIDField(unique=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = append_only()


class Payment(models.Model):
    """Money received on a loan: from the debtor on one of its rights, or from the supplier."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="payments")
    payer = models.CharField(max_length=8, choices=[(p, p) for p in PAYERS])
    right = models.ForeignKey(Right, on_delete=models.PROTECT, null=True, related_name="payments")
    amount = amount_field()
    received_on = models.DateField()
    bank_reference = models.CharField(max_length=100)
    state = models.CharField(max_length=17, choices=[(s, s) for s in PaymentState], default=PaymentState.RECORDED)
    reason = models.CharField(max_length=500, blank=True, default="")
    maker_id = models.UUIDField()
    checker_id = models.UUIDField(null=True)
    reversal_maker_id = models.UUIDField(null=True)
    reversal_checker_id = models.UUIDField(null=True)
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
            models.CheckConstraint(
                condition=Q(state__in=["reversal_proposed", "reversed"], reversal_maker_id__isnull=False)
                | ~Q(state__in=["reversal_proposed", "reversed"]) & Q(reversal_maker_id=None),
                name="payment_reversal_proposed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="reversed", reversal_checker_id__isnull=False)
                & ~Q(reversal_checker_id=F("reversal_maker_id"))
                | ~Q(state="reversed") & Q(reversal_checker_id=None),
                name="payment_reversed_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["rejected", "reversal_proposed", "reversed"]) | ~Q(reason=""),
                name="payment_undone_has_reason",
            ),
            models.CheckConstraint(condition=~Q(bank_reference=""), name="payment_has_bank_reference"),
            models.UniqueConstraint(
                fields=["loan", "bank_reference"],
                condition=Q(state__in=["recorded", *map(str, COUNTING)]),
                name="payment_bank_reference_once",
            ),
        ]
        indexes = [models.Index(fields=["loan", "-id"], name="payment_loan")]


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
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="account_currency"),
        ]


class Entry(models.Model):
    """One event in the journal. `effect` names what caused it, so that nothing is booked twice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="entries")
    effect = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20, choices=[(k, k) for k in KINDS])
    booked_on = models.DateField()
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = append_only()
        constraints = [
            one_of("kind", KINDS, "entry_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False) | ~Q(kind="reversal") & Q(reverses=None),
                name="entry_reversal_names_what",
            ),
        ]
        indexes = [models.Index(fields=["loan", "booked_on"], name="entry_loan")]


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
    """What a confirmed payment was used for (see `allocation`). Those of a reversed payment count no more."""

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


class Payout(models.Model):
    """What was left of payments once nothing was owed any more, paid to whose it is: the supplier its surplus (余款), the debtor
    what it paid and did not owe (溢收款)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="payouts")
    payee = models.CharField(max_length=8, choices=[(p, p) for p in PAYEES], default="supplier")
    amount = amount_field()
    paid_on = models.DateField()
    bank_reference = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=[(s, s) for s in PayoutState], default=PayoutState.RECORDED)
    reason = models.CharField(max_length=500, blank=True, default="")
    maker_id = models.UUIDField()
    checker_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            one_of("state", PayoutState, "payout_state_known"),
            one_of("payee", PAYEES, "payout_payee_known"),
            within_limits("amount", "payout_amount"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_positive"),
            models.CheckConstraint(
                condition=Q(state="recorded", checker_id__isnull=True)
                | ~Q(state="recorded") & Q(checker_id__isnull=False),
                name="payout_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(checker_id__isnull=True) | ~Q(checker_id=F("maker_id")), name="payout_two_people"
            ),
            models.CheckConstraint(condition=~Q(state="rejected") | ~Q(reason=""), name="payout_rejected_has_reason"),
            models.CheckConstraint(condition=~Q(bank_reference=""), name="payout_has_bank_reference"),
            models.UniqueConstraint(
                fields=["loan", "bank_reference"],
                condition=Q(state__in=["recorded", "confirmed"]),
                name="payout_bank_reference_once",
            ),
        ]
