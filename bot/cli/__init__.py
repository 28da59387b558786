"""The operator's commands. Each lives in a module of its own, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

import click

from bot.errors import BellhopError

# Name of the command: the module, what it is called there, and the line in the overview.
COMMANDS = {
    "run": ("bot.cli.run", "run", "Serve the hotels."),
    "migrate": ("bot.cli.run", "migrate", "Bring the database to this release's schema."),
    "simulate": ("bot.cli.run", "simulate", "Play the providers on loopback, for trying things out."),
    "doctor": ("bot.cli.doctor", "doctor", "Say what is wrong, and what to do about it."),
    "health": ("bot.cli.health", "health", "Ask the running process whether it lives."),
    "hotel": ("bot.cli.hotel", "hotel", "Add hotels, their channels, people and answers."),
    "stays": ("bot.cli.stays", "stays", "Import stays."),
    "triggers": ("bot.cli.triggers", "triggers", "Export and import triggers."),
    "corrections": ("bot.cli.corrections", "corrections", "Export what staff put right of the judgements."),
    "inbox": ("bot.cli.inbox", "inbox", "See and replay what could not be handled."),
    "keys": ("bot.cli.keys", "keys", "Make and rotate encryption keys."),
    "analyse": ("bot.cli.text", "analyse", "Judge texts: one a line in, one JSON object a line out."),
    "evaluate": ("bot.cli.text", "evaluate", "Measure the analysis on labelled texts."),
    "parse": ("bot.cli.text", "parse", "Read one provider payload, write the messages as JSON lines."),
}


class LazyGroup(click.Group):
    """Imports a command's module only when it is run, since some take seconds to import."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, context: click.Context) -> object:
        """Run a command; what Bellhop can name ends it with one line and exit code 1."""
        try:
            return super().invoke(context)
        except BellhopError as error:
            click.echo(f"bellhop: {error}", err=True)
            context.exit(1)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Bellhop: the hotel desk in WhatsApp and Telegram."""


def main() -> None:
    """Run the command that the arguments name."""
    commands.main(prog_name="python -m bot")
