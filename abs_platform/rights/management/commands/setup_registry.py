"""`manage.py setup_registry`: the contract that rights are registered in. Safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from abs_platform.integrations.chains import ChainError
from abs_platform.rights.registry import contract


class Command(BaseCommand):
    help = (
        "Make the registry of rights ready: take the contract of ABS_REGISTRY_CONTRACT, or deploy one on a development "
        "chain. Repeating it changes nothing that is in order."
    )

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's signature
        try:
            contract.prepare(say=self.stdout.write)
        except contract.SetupRefused as error:
            raise CommandError(str(error)) from error
        except ChainError as error:
            if contract.known() is None:
                raise CommandError(
                    f"no registry of rights: {error}. Start its chain, then repeat setup_registry."
                ) from error
            self.stderr.write(f"going on without the registry of rights: its steps follow once it answers ({error})")
