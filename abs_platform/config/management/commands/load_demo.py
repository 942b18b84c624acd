"""`manage.py load_demo`: the demonstration's organisations, accounts and story. Idempotent; refused outside demo mode."""

import json
import os
import secrets
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from abs_platform.config.demo import cast, story
from abs_platform.core.models import Job
from abs_platform.parties.models import Person


class Command(BaseCommand):
    """Makes the cast once and tells the story once; the accounts' passwords are generated and kept in the state folder."""

    help = "Load the demonstration: organisations, accounts and their trades. Idempotent."

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's own signature
        if not settings.DEMO:
            raise CommandError("this is no demonstration: set ABS_DEMO=1 to load demo data")
        call_command("setup_operator")
        if settings.DEMO_ACCOUNTS_FILE.exists():
            known = {account["username"] for account in json.loads(settings.DEMO_ACCOUNTS_FILE.read_text())}
            if Person.objects.filter(username__in=known).count() == len(known):
                self.stdout.write("the demonstration is loaded")
                return
        passwords = {role.username: secrets.token_urlsafe(12) for role in cast.ROLES}
        players = cast.make(passwords)
        story.tell(players)
        accounts = [
            {
                "username": role.username,
                "password": passwords[role.username],
                "organisation": players[role.username].organisation_name,
                "role": role.role,
                "description": role.description,
            }
            for role in cast.ROLES
        ]
        descriptor = os.open(settings.DEMO_ACCOUNTS_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            json.dump(accounts, handle, ensure_ascii=False, indent=1)
        waiting = Job.objects.filter(state="queued").count()
        self.stdout.write(f"{len(accounts)} accounts; {waiting} jobs go on in the background")
