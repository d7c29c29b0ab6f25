"""The command line: `hub …`."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from sqlalchemy.exc import SQLAlchemyError

from hub.commands.fail import CommandError, database_fault
from hub.settings import Settings, SettingsError

COMMANDS = {
    "run": "everything in one go, embedded stores where none are configured",
    "web": "one web process",
    "relay": "one process that brings messages from the outbox to the workers",
    "worker": "one process that sends mails and does chores of upkeep",
    "cron": "one process that says when upkeep is due",
    "recorder": "one process that keeps the track history",
    "mqtt": "one process that takes positions from an MQTT broker",
    "mail": "list failed mails and have them tried again",
    "mail-catcher": "an SMTP server of the demo that sends nothing on and keeps what it gets",
    "simulate": "technicians driving the demo city",
    "migrate": "bring the database's tables up to date",
    "check": "settings and stores; exit 1 with every fault",
    "demo": "seed the demo",
    "device": "add and revoke devices",
    "link": "make and revoke customers' links",
    "invite": "make and revoke links by which a known contact books",
    "api-key": "add API keys",
    "staff": "let dispatchers and administrators sign in",
    "technician": "enrol technicians' phones",
    "import": "bring customers, technicians and service types in from sheets",
    "export": "write them as sheets",
    "replan": "look for a better order of tomorrow's visits",
    "privacy": "erase everything about one technician",
    "replay": "send a recorded trace",
    "judge": "verdicts of a recorded trace, and what other thresholds would flip",
    "eta": "grade arrival estimates on recorded trips",
}
"""Every command with what it does; `hub/commands/<name>.py` has it. They are loaded only when called."""


def main() -> None:
    """Run one command; faults are messages on standard error and exit code 1."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    parser = _parser(name)
    arguments = parser.parse_args()
    try:
        _module(arguments.command).run(arguments, Settings.from_environment())
    except (CommandError, SettingsError) as error:
        sys.exit("\n".join(f"hub: {line}" for line in str(error).splitlines()))
    except SQLAlchemyError as error:
        sys.exit(f"hub: {database_fault(error)}")
    except KeyboardInterrupt:
        sys.exit(130)


def _parser(wanted: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hub", description="Enroute: technicians under way, live")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, does in COMMANDS.items():
        command = commands.add_parser(name, help=does, description=does)
        if name == wanted:
            _module(name).add_arguments(command)
    return parser


def _module(name: str):  # type: ignore[no-untyped-def]  # a module with `add_arguments` and `run`
    return import_module(f"hub.commands.{name.replace('-', '_')}")
