"""中登 registrations and notices to debtors, as people record them here. The filing itself is done at 中登, by hand."""

from django.db import models
from django.db.models import F, Q

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.core.models import append_only, one_of
from abs_platform.parties.models import Organisation

AMENDMENTS = ["extend", "amend", "cancel", "mistake"]


class Recorded(models.Model):
    """Who recorded it, and of which right. The right's and the pledge's ids are no foreign keys: records outlive them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    right_id = models.UUIDField()
    pledge_id = models.UUIDField(null=True)  # of ours; of a rival's there is none
    party = models.CharField(max_length=200)  # the assignee or pledgee
    is_rival = models.BooleanField(default=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True


class ZhongdengRegistration(Recorded):
    """An initial registration (初始登记) in 中登's unified system for movables and rights."""

    number = models.CharField(max_length=40)
    registered_at = models.DateTimeField()
    expires_on = models.DateField()
    description = models.TextField()  # 财产描述, as filed

    class Meta:
        triggers = append_only()
        indexes = [models.Index(fields=["right_id", "registered_at"], name="zhongdeng_right")]
        constraints = [
            models.UniqueConstraint(fields=["right_id", "number"], name="zhongdeng_number_once"),
            models.CheckConstraint(condition=Q(number__regex=r"^[0-9A-Za-z-]{6,40}$"), name="zhongdeng_number_plain"),
            models.CheckConstraint(condition=~Q(party="") & ~Q(description=""), name="zhongdeng_says_whose_and_what"),
            models.CheckConstraint(
                condition=Q(is_rival=False) | Q(pledge_id=None), name="zhongdeng_rival_has_no_pledge"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("registered_at__date")), name="zhongdeng_expires_later"
            ),
        ]


class ZhongdengAmendment(models.Model):
    """What was filed after it: 展期 extend, 变更 amend, 注销 cancel; or that it was recorded here by mistake."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    registration = models.ForeignKey(ZhongdengRegistration, on_delete=models.PROTECT, related_name="amendments")
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in AMENDMENTS])
    number = models.CharField(max_length=40, blank=True, default="")  # of the amendment at 中登
    expires_on = models.DateField(null=True)
    description = models.TextField(blank=True, default="")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = append_only()
        indexes = [models.Index(fields=["registration", "id"], name="zhongdeng_amendment_order")]
        constraints = [
            one_of("kind", AMENDMENTS, "zhongdeng_amendment_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="extend", expires_on__isnull=False) | ~Q(kind="extend") & Q(expires_on=None),
                name="zhongdeng_extended_until",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["amend", "mistake"]) | ~Q(description=""), name="zhongdeng_amendment_says_what"
            ),
            models.CheckConstraint(
                condition=Q(kind="mistake", number="") | ~Q(kind="mistake") & Q(number__regex=r"^[0-9A-Za-z-]{6,40}$"),
                name="zhongdeng_amendment_has_number",
            ),
        ]


class ZhongdengSearch(models.Model):
    """A search at 中登 that showed nobody else's registration of the claim. What one shows is recorded as a rival's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    right_id = models.UUIDField()
    number = models.CharField(max_length=40)  # of the search's certificate (查询证明)
    searched_at = models.DateTimeField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["right_id", "number"], name="zhongdeng_search_once"),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9A-Za-z-]{6,40}$"), name="zhongdeng_search_number_plain"
            ),
        ]


class DebtorNotice(Recorded):
    """A notice of assignment or pledge that reached the debtor. A second one of the same party corrects the first."""

    reached_at = models.DateTimeField()
    how = models.CharField(max_length=200)  # it was delivered, and what shows that it arrived

    class Meta:
        triggers = append_only()
        indexes = [models.Index(fields=["right_id", "id"], name="debtor_notice_right")]
        constraints = [
            models.CheckConstraint(condition=~Q(party="") & ~Q(how=""), name="debtor_notice_says_whose_and_how"),
            models.CheckConstraint(
                condition=Q(is_rival=False) | Q(pledge_id=None), name="debtor_notice_rival_has_no_pledge"
            ),
        ]
