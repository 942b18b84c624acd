"""`manage.py create_person`: somebody who can sign in for an organisation."""

import secrets
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from abs_platform.core.errors import DomainError
from abs_platform.parties import services as parties
from abs_platform.parties.actor import PLATFORM


class Command(BaseCommand):
    """Makes one account; its password is generated and told this once."""

    help = "Make an account for somebody of an organisation; prints the generated password, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisation", type=UUID, required=True, metavar="ID")
        parser.add_argument("--username", required=True, metavar="U")
        parser.add_argument("--name", required=True, metavar="N", help="the person's name, as signatures show it")
        parser.add_argument("--roles", required=True, metavar="R1,R2", help="among the organisation's roles")

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's own signature
        password = secrets.token_urlsafe(15)
        try:
            parties.create_person(
                actor=PLATFORM,
                organisation_id=options["organisation"],
                username=options["username"],
                password=password,
                display_name=options["name"],
                roles=[role for role in options["roles"].split(",") if role],
            )
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(password)
