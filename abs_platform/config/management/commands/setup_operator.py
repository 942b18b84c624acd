"""`manage.py setup_operator`: the operating organisation and its credentials, made once."""

import json
import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from abs_platform.parties import selectors
from abs_platform.parties import services as parties
from abs_platform.parties.actor import PLATFORM
from abs_platform.parties.models import Network, Organisation
from abs_platform.parties.roles import Role

NETWORK = "main"


class Command(BaseCommand):
    """Makes the main network, the operating organisation and an API client whose credentials go into operator.json."""

    help = "Make the operating organisation and write its API credentials to the state folder. Idempotent."

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's own signature
        with transaction.atomic():
            operator = selectors.operating_organisation() or self._create()
            if settings.OPERATOR_FILE.exists():
                return
            _, client_id, secret = parties.create_api_client(
                actor=PLATFORM, organisation_id=operator.id, name="operator console", roles=[Role.OPERATOR]
            )
            descriptor = os.open(settings.OPERATOR_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as handle:
                json.dump({"client_id": client_id, "client_secret": secret}, handle)
        self.stdout.write(f"operator credentials written to {settings.OPERATOR_FILE}")

    @staticmethod
    def _create() -> Organisation:
        network = Network.objects.filter(name=NETWORK).first() or parties.create_network(actor=PLATFORM, name=NETWORK)
        return parties.create_organisation(
            actor=PLATFORM,
            network_id=network.id,
            name="平台运营中心",
            name_en="Platform Operations Centre",
            roles=[Role.OPERATOR, Role.RISK_OFFICER],
        )
