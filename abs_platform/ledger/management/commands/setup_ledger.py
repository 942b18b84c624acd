"""`manage.py setup_ledger`: the channel, the chains' contracts and the trust file. Safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from abs_platform.integrations.chains import ChainError
from abs_platform.ledger.audit.account import NoAuditAccount
from abs_platform.ledger.models import Chain
from abs_platform.ledger.setup import SetupRefused, prepare


class Command(BaseCommand):
    help = (
        "Make the ledger ready: create its channel, deploy the contract on each chain of ABS_CHAINS that has none, "
        "write the trust file. Repeating it changes nothing that is in order."
    )

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's signature
        try:
            unreachable = prepare(say=self.stdout.write)
        except (SetupRefused, NoAuditAccount, ChainError) as error:
            raise CommandError(str(error)) from error
        never = Chain.objects.filter(name__in=unreachable, contract="").values_list("name", flat=True)
        if never:
            raise CommandError(
                f"not set up: {', '.join(never)}. Start the chain or correct its url in ABS_CHAINS, then repeat setup_ledger."
            )
        if unreachable:
            self.stderr.write(f"going on without {', '.join(unreachable)}: its checkpoints follow once it answers")
