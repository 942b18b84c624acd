"""The backing services: PostgreSQL, Redis and two chains, embedded unless the environment names real ones."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from abs_platform.launch import ports
from abs_platform.launch.console import Console, Failure
from abs_platform.launch.evm import NETWORKS, Evm
from abs_platform.launch.paths import BOOT, StateFolder
from abs_platform.launch.postgres import Postgres
from abs_platform.launch.redis_server import Redis
from abs_platform.launch.supervisor import Service, StartFailure, Supervisor, ending

POSTGRES, REDIS, EVM = "postgres", "redis", "evm"
ALL = frozenset({POSTGRES, REDIS, EVM})
VARIABLES = {POSTGRES: "DATABASE_URL", REDIS: "REDIS_URL", EVM: "ABS_CHAINS"}
AUDIT_VARIABLE = "ABS_AUDIT_DATABASE_URL"  # the auditor's account in the same database
_ATTEMPTS = 3


class _Server(Protocol):
    port: int

    def move(self) -> None: ...
    def service(self) -> Service: ...


@dataclass(frozen=True, slots=True)
class Backing:
    """Addresses of the services, as environment variables; which of them are somebody else's."""

    variables: Mapping[str, str]
    external: frozenset[str]


def base_environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's environment, with loopback addresses kept from any proxy and output unbuffered.

    Compiled Python is kept even where the caller wants none beside the sources, in a folder of its own: without it each
    process takes 1.5 s longer to start.
    """
    found = dict(os.environ if env is None else env)
    for name in ("NO_PROXY", "no_proxy"):
        known = [part for part in found.get(name, "").split(",") if part]
        found[name] = ",".join(dict.fromkeys([*known, ports.HOST, "localhost"]))
    found["PYTHONUNBUFFERED"] = "1"
    if found.pop("PYTHONDONTWRITEBYTECODE", ""):
        found.setdefault("PYTHONPYCACHEPREFIX", str(BOOT / "pycache"))
    for name in ("POSTGRES_URL", "PGDATA", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGOPTIONS"):
        found.pop(name, None)
    return found


def throw_away_environment(env: Mapping[str, str], found: Backing, state: StateFolder) -> dict[str, str]:
    """The environment of tests and benchmarks: development settings, whatever the caller's own are."""
    kept = {name: value for name, value in env.items() if not name.startswith("ABS_") or name == "ABS_CHROMIUM"}
    own = {"ABS_STATE": str(state.path), "ABS_SECRET_KEY": state.secret("secret.key")}
    return {**kept, **found.variables, **own, "DJANGO_SETTINGS_MODULE": "abs_platform.config.settings"}


def external_chains(env: Mapping[str, str]) -> str | None:
    """ABS_CHAINS as given, when it names a chain. Raises Failure when it is not a JSON list."""
    text = env.get("ABS_CHAINS", "").strip()
    if not text:
        return None
    try:
        chains = json.loads(text)
    except ValueError as error:
        raise Failure(f"ABS_CHAINS is not JSON: {error}") from error
    if not isinstance(chains, list):
        raise Failure('ABS_CHAINS must be a JSON list such as [{"name": "business", "kind": "evm", "url": "http://…"}]')
    return text if chains else None


def start(
    supervisor: Supervisor,
    console: Console,
    state: StateFolder,
    env: Mapping[str, str],
    *,
    wanted: frozenset[str] = ALL,
    quick: bool = False,
) -> Backing:
    """Start those wanted services that the environment does not name. `quick`: nobody will miss their data, and
    none waits for a block."""
    book = ports.PortBook(state)
    given = {
        POSTGRES: env.get("DATABASE_URL", "").strip() or None,
        REDIS: env.get("REDIS_URL", "").strip() or None,
        EVM: external_chains(env),
    }
    found = {VARIABLES[name]: url for name, url in given.items() if url and name in wanted}
    if POSTGRES in wanted and not given[POSTGRES]:
        postgres = Postgres(state, book, env, quick)
        _run_postgres(supervisor, console, postgres)
        found["DATABASE_URL"], found[AUDIT_VARIABLE] = postgres.url, postgres.audit_url
    elif POSTGRES in wanted and env.get(AUDIT_VARIABLE):
        found[AUDIT_VARIABLE] = env[AUDIT_VARIABLE]
    if REDIS in wanted and not given[REDIS]:
        redis = Redis(state, book, env, quick)
        with console.step("Redis") as notes:
            _start(supervisor, redis)
            notes.append(f"port {redis.port}")
        found["REDIS_URL"] = redis.url
    if EVM in wanted and not given[EVM]:
        chains = [Evm(network, state, book, env, quick) for network in NETWORKS]
        with console.step("EVM chains") as notes:
            for chain in chains:
                _start(supervisor, chain)
                notes.append(f"{chain.network.name} on port {chain.port}")
        found["ABS_CHAINS"] = json.dumps([chain.entry for chain in chains])
    external = frozenset(name for name in wanted if given[name])
    for name in sorted(external):
        console.say(f"  {name}: using {VARIABLES[name]} of the environment")
    return Backing(found, external)


def _run_postgres(supervisor: Supervisor, console: Console, postgres: Postgres) -> None:
    if postgres.is_new():
        with console.step("making a PostgreSQL cluster"):
            command = postgres.initdb()
            code = supervisor.run(command, timeout=120)
            if code != 0:
                tail = "" if command.log is None else "\n" + command.log.read_text(encoding="utf-8", errors="replace")
                raise Failure(f"initdb {ending(code)}{tail}")
            postgres.adopt()
    with console.step("PostgreSQL") as notes:
        _start(supervisor, postgres)
        notes.append(f"port {postgres.port}")
        postgres.create_database()


def _start(supervisor: Supervisor, server: _Server) -> None:
    """Start a server; when another program took its port in the meantime, on another port."""
    for attempt in range(_ATTEMPTS):
        try:
            supervisor.start(server.service())
        except StartFailure:
            if attempt == _ATTEMPTS - 1 or ports.is_free(server.port):
                raise
            server.move()
        else:
            return
