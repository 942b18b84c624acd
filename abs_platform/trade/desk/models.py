"""What the confirmation desk keeps: what was signed together, who must agree, in whose name, and what disputes say."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.core.models import append_only, one_of
from abs_platform.core.money import amount_field, within_limits
from abs_platform.parties.models import Organisation, Person
from abs_platform.trade.desk.states import ChangeKind, ChangeState, ProposalState
from abs_platform.trade.signed import Signed


class SignedManifest(Signed):
    """Many documents under one signature: the statement lists each with the digest of the content that was shown."""

    documents = models.PositiveIntegerField()
    on_behalf_of = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        triggers = append_only()
        constraints = [models.CheckConstraint(condition=Q(documents__gte=1), name="manifest_names_documents")]


class DisputeMessage(models.Model):
    """One message of what buyer and seller say to each other of a disputed document."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey("trade.TradeDocument", on_delete=models.PROTECT, related_name="messages")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.CharField(max_length=200)
    text = models.CharField(max_length=2000)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = append_only()
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="dispute_message_says_something")]


class Delegation(models.Model):
    """A person gives another of the same organisation its right to confirm, until and including a day; revocable."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    principal = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    until = models.DateField()
    created_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(principal=F("delegate")), name="delegation_to_another"),
            models.UniqueConstraint(
                fields=["principal", "delegate"], condition=Q(revoked_at=None), name="delegation_once"
            ),
        ]


class SettingsChange(models.Model):
    """A change of the desk's settings: asked for by one person, approved by another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    payload = models.JSONField()
    state = models.CharField(max_length=10, default="requested")
    requested_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("kind", ChangeKind, "settings_change_kind_known"),
            one_of("state", ChangeState, "settings_change_state_known"),
            models.CheckConstraint(
                condition=Q(state="requested", decided_by=None, decided_at=None)
                | ~Q(state="requested") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="settings_change_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("requested_by")), name="settings_change_takes_two"
            ),
        ]


class ConfirmationPolicy(models.Model):
    """Above which amounts an organisation's confirmations take more than one person. Without a row: never."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, primary_key=True, related_name="+")
    currency = models.CharField(max_length=3)
    one_person_up_to = amount_field(null=True)  # above: maker and checker
    two_people_up_to = amount_field(null=True)  # above: one of `executives` as well
    typed_above = amount_field(null=True)  # above: the amount is typed back
    executives = ArrayField(models.UUIDField(), default=list)
    change = models.ForeignKey(SettingsChange, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            within_limits("one_person_up_to", "policy_one_person"),
            within_limits("two_people_up_to", "policy_two_people"),
            within_limits("typed_above", "policy_typed"),
            models.CheckConstraint(
                condition=Q(two_people_up_to=None)
                | Q(
                    one_person_up_to__isnull=False, two_people_up_to__gte=F("one_person_up_to"), executives__len__gte=1
                ),
                name="policy_limits_rise",
            ),
        ]


class OwnKey(models.Model):
    """The public part of an SM2 key that an organisation holds itself; its private part never comes here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    public = models.BinaryField(max_length=65)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)
    change = models.ForeignKey(SettingsChange, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation"], condition=Q(until=None), name="own_key_one_in_force"),
            models.UniqueConstraint(fields=["public"], name="own_key_registered_once"),
        ]


class AutomaticRule(models.Model):
    """Confirms a trusted supplier's documents that differ in nothing, up to an amount each and a sum a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kinds = ArrayField(models.CharField(max_length=20))
    currency = models.CharField(max_length=3)
    amount_up_to = amount_field()
    daily_up_to = amount_field()
    set_by = models.CharField(max_length=420)  # both people, as the signed statements name them
    change = models.OneToOneField(SettingsChange, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            within_limits("amount_up_to", "automatic_rule_amount"),
            within_limits("daily_up_to", "automatic_rule_day"),
            models.CheckConstraint(
                condition=Q(daily_up_to__gte=F("amount_up_to"), amount_up_to__gt=0), name="automatic_rule_limits_rise"
            ),
            models.UniqueConstraint(
                fields=["organisation", "seller"], condition=Q(stopped_at=None), name="automatic_rule_one_in_force"
            ),
        ]


class AutomaticConfirmation(models.Model):
    """What a rule confirmed, and for how much: what its daily limit is counted by."""

    document = models.OneToOneField(
        "trade.TradeDocument", on_delete=models.PROTECT, primary_key=True, related_name="automatic"
    )
    rule = models.ForeignKey(AutomaticRule, on_delete=models.PROTECT, related_name="confirmations")
    amount = amount_field()
    day = models.DateField()

    class Meta:
        triggers = append_only()
        constraints = [within_limits("amount", "automatic_confirmation_amount")]
        indexes = [models.Index(fields=["rule", "day"], name="automatic_confirmation_day")]


class LoneConfirmation(models.Model):
    """What one person confirmed alone, and for how much: what a day is summed by (rules.Act).

    `of_trade` and `subject` are no foreign keys: what was confirmed stays, though its trade was merged into another.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    of_trade = models.UUIDField()
    subject = models.UUIDField()
    kind = models.CharField(max_length=40)
    amount = amount_field(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    person = models.UUIDField()
    right_of = models.UUIDField()  # whose right it was; the person's own unless it was delegated
    day = models.DateField()

    class Meta:
        triggers = append_only()
        constraints = [within_limits("amount", "lone_confirmation_amount")]
        indexes = [models.Index(fields=["organisation", "seller", "day"], name="lone_confirmation_day")]


class Proposal(models.Model):
    """Documents that a maker wants confirmed, until as many other people agree as the policy asks for.

    Each of them acts in a right of its own: `*_right` is the person whose right it is, itself unless it was delegated.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="proposed")
    people = models.PositiveSmallIntegerField()
    amount = amount_field()
    currency = models.CharField(max_length=3, blank=True, default="")
    choices = models.JSONField()  # as desk.choices.to_json
    made_at = models.DateTimeField(default=clock.now)
    maker = models.UUIDField()
    maker_right = models.UUIDField()
    maker_name = models.CharField(max_length=420)
    checked_at = models.DateTimeField(null=True)
    checker = models.UUIDField(null=True)
    checker_right = models.UUIDField(null=True)
    checker_name = models.CharField(max_length=420, blank=True, default="")
    approver = models.UUIDField(null=True)
    approver_right = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=420, blank=True, default="")
    note = models.CharField(max_length=1000, blank=True, default="")
    manifest = models.OneToOneField(SignedManifest, on_delete=models.PROTECT, null=True, related_name="proposal")

    class Meta:
        constraints = [
            one_of("state", ProposalState, "proposal_state_known"),
            within_limits("amount", "proposal_amount"),
            models.CheckConstraint(condition=Q(people__in=[2, 3]), name="proposal_of_two_or_three"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "checked"], ended_at=None)
                | ~Q(state__in=["proposed", "checked"]) & Q(ended_at__isnull=False),
                name="proposal_ended_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="signed", manifest__isnull=False) | ~Q(state="signed") & Q(manifest=None),
                name="proposal_signed_by_manifest",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["checked", "signed"]) | Q(checker__isnull=False, checker_right__isnull=False),
                name="proposal_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="signed", people=3) | Q(approver__isnull=False, approver_right__isnull=False),
                name="proposal_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(checker__in=[F("maker"), F("maker_right")])
                & ~Q(checker_right__in=[F("maker"), F("maker_right")]),
                name="proposal_checker_is_another",
            ),
            models.CheckConstraint(
                condition=~Q(approver__in=[F("maker"), F("maker_right"), F("checker"), F("checker_right")])
                & ~Q(approver_right__in=[F("maker"), F("maker_right"), F("checker"), F("checker_right")]),
                name="proposal_approver_is_a_third",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="proposal_listing")]


class PaymentEntry(models.Model):
    """What one person entered of a payment that takes several: each enters it alone, and it is signed once enough people
    entered the same; the last that one entered counts. `terms`: SM3 of it and of the content that it was entered over.
    No foreign key: trades merge.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    trade_id = models.UUIDField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    terms = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = append_only()
        constraints = [
            models.CheckConstraint(condition=Q(terms__regex="^[0-9a-f]{64}$"), name="payment_entry_names_terms"),
        ]
        indexes = [models.Index(fields=["trade_id", "person"])]


class ProposedDocument(models.Model):
    """A document of a proposal; one open proposal at a time has it."""

    id = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="documents")
    document = models.ForeignKey("trade.TradeDocument", on_delete=models.CASCADE, related_name="proposed")
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document"], condition=Q(open=True), name="document_in_one_open_proposal"),
            models.UniqueConstraint(fields=["proposal", "document"], name="document_once_in_a_proposal"),
        ]
