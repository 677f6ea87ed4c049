"""The `itsm` command: every verb in plain words, errors as one sentence."""

import copy
import functools
import gc
import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click


@dataclass(frozen=True)
class Verb:
    """Where a command stands; `in_app` verbs get the application on a database at the newest schema."""

    about: str
    module: str
    name: str
    in_app: bool = True


# Imported only when called, so that `itsm --help` is quick.
VERBS = {
    "check": Verb(
        "Prüfen, ob Datenbank, Schema, Geheimnisse und Mail bereit sind", "itsm.operations.cli", "check", False
    ),
    "clock": Verb("Den Taktgeber starten, der Zeitaufträge fällig stellt", "itsm.clock", "command"),
    "demo": Verb("Die erfundene Demo-Stadt laden", "itsm.demo.cli", "demo"),
    "migrate": Verb("Das Schema der Datenbank erneuern", "itsm.operations.cli", "migrate", False),
    "up": Verb("Alles auf einem Rechner starten: Datenbank, Web, Worker und Taktgeber", "itsm.up", "command", False),
    "web": Verb("Den Webserver starten", "itsm.up", "web", False),
    "worker": Verb("Den Worker starten, der Mail sendet und Aufträge ausführt", "itsm.worker", "command"),
}
GROUPS = {
    "claims": (
        "Zeitwerte berechnen, Zahlen zu Schäden einlesen",
        {
            "import-years": Verb("Jahreszahlen eines Berichts einlesen", "itsm.claims.yearly_cli", "import_years"),
            "value": Verb("Den Zeitwert am Tag des Schadens berechnen", "itsm.claims.cli", "value", False),
        },
    ),
    "districts": (
        "Campusbezirke vorschlagen",
        {"propose": Verb("Ausgewogene, kompakte Bezirke vorschlagen", "itsm.org.cli", "propose_districts")},
    ),
    "import": (
        "Schulen, Bezirke und Geräte aus Dateien einlesen",
        {
            "devices": Verb("Eine Geräteliste einlesen", "itsm.assets.cli", "import_devices"),
            "schools": Verb("Die amtliche Schulliste einlesen", "itsm.org.cli", "import_schools"),
            "districts": Verb("Die Zuordnung der Schulen zu Bezirken einlesen", "itsm.org.cli", "import_districts"),
            "undo-devices": Verb("Die letzte Geräteliste zurücknehmen", "itsm.assets.cli", "undo_devices"),
        },
    ),
    "jobs": (
        "Zeitaufträge ansehen und von Hand ausführen",
        {
            "list": Verb("Alle Zeitaufträge mit letztem und nächstem Lauf", "itsm.operations.cli", "list_jobs"),
            "run": Verb("Einen Zeitauftrag sofort ausführen", "itsm.operations.cli", "run_job"),
        },
    ),
    "kb": (
        "Artikel der Wissensdatenbank einlesen, ausgeben und suchen",
        {
            "import": Verb("Artikel einlesen: Markdown oder JSON-Zeilen", "itsm.kb.cli", "import_articles"),
            "export": Verb("Artikel als Markdown ausgeben", "itsm.kb.cli", "export_articles"),
            "reindex": Verb("Den Index der Suche neu aufbauen", "itsm.kb.search_cli", "rebuild_index"),
            "search": Verb("Artikel suchen, auch viele Anfragen auf einmal", "itsm.kb.search_cli", "search_articles"),
        },
    ),
    "plan": (
        "Wochen planen",
        {"solve": Verb("Eine Woche aus einer JSON-Datei planen", "itsm.dispatch.cli", "solve_week", False)},
    ),
    "user": (
        "Personen anlegen",
        {"add": Verb("Eine Person mit einem Recht anlegen", "itsm.accounts.cli", "add_user")},
    ),
}
WORDS = {"Options": "Optionen", "Commands": "Befehle", "Show this message and exit.": "Diese Hilfe zeigen."}


class GermanHelp(click.HelpFormatter):
    """The pages of `--help` with German headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line that shows how a verb is called."""
        super().write_usage(prog, args, prefix or "Aufruf: ")

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        super().write_heading(WORDS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of words and what they mean."""
        super().write_dl([(term, WORDS.get(about, about)) for term, about in rows], col_max, col_spacing)


class Verbs(click.Group):
    """A group whose verbs are imported only when they are called."""

    def __init__(self, name: str, *, verbs: dict[str, Verb], about: str) -> None:
        super().__init__(name, help=about)
        self.verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all verbs."""
        return sorted([*self.verbs, *self.commands])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command behind a verb."""
        verb = self.verbs.get(cmd_name)
        if verb is None:
            return super().get_command(ctx, cmd_name)
        with _loading():
            command = copy.copy(getattr(importlib.import_module(verb.module), verb.name))
        assert isinstance(command, click.Command) and command.callback  # noqa: S101
        if verb.in_app:
            command.callback = _in_app(command.callback)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Befehle"):
            formatter.write_dl([(name, self._about(name)) for name in self.list_commands(ctx)])

    def _about(self, name: str) -> str:
        return self.verbs[name].about if name in self.verbs else self.commands[name].help or ""


@contextmanager
def _loading() -> Iterator[None]:
    """Load without looking for garbage: modules stay, and the search among them takes a sixth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _in_app(callback: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(callback)
    def inside(*args: Any, **kwargs: Any) -> Any:
        with _loading():
            from itsm.app import create_app
            from itsm.core.db import db
            from itsm.operations import schema

            app = create_app()
        with app.app_context():
            try:
                schema.ensure_newest(app.config["SETTINGS"])
                return callback(*args, **kwargs)
            finally:
                db.session.remove()
                db.engine.dispose()

    return inside


def _all_verbs() -> Verbs:
    root = Verbs("itsm", verbs=VERBS, about="Der Störungsdienst und die Besuchsplanung eines Schulträgers.")
    for name, (about, verbs) in GROUPS.items():
        root.add_command(Verbs(name, verbs=verbs, about=about))
    return root


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one verb and end the process: 0 on success, else a sentence and another code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; return the exit code."""
    from sqlalchemy.exc import OperationalError

    from itsm.config import SettingError
    from itsm.core.errors import DomainError

    click.Context.formatter_class = GermanHelp
    try:
        result = _all_verbs().main(arguments, prog_name="itsm", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as page:
        return _complain(page.format_message(), page.exit_code)
    except click.ClickException as error:
        return _complain(_sentence(error), error.exit_code)
    except DomainError as error:
        return _complain(error.sentence, 1)
    except SettingError as error:
        return _complain(str(error), 1)
    except OperationalError as error:
        return _complain(f"Die Datenbank antwortet nicht: {str(error.orig).splitlines()[0]}", 1)
    except click.Abort:
        return 130
    return result if isinstance(result, int) else 0


def _complain(sentence: str, code: int) -> int:
    click.echo(sentence, err=True)
    return code


def _sentence(error: click.ClickException) -> str:
    """Say in German what is wrong with the words of a call."""
    more = f" Hilfe: {error.ctx.command_path} --help" if isinstance(error, click.UsageError) and error.ctx else ""
    match error:
        case click.exceptions.NoSuchCommand():
            return f"Den Befehl „{error.command_name}“ gibt es nicht.{more}"
        case click.exceptions.NoSuchOption():
            return f"Die Option „{error.option_name}“ gibt es hier nicht.{more}"
        case click.exceptions.MissingParameter():
            return f"Es fehlt die Angabe {_hint(error)}.{more}"
        case click.exceptions.BadParameter(param=click.Parameter(type=click.Path() | click.File())):
            return f"Die Datei aus der Angabe {_hint(error)} gibt es nicht, oder sie lässt sich nicht lesen.{more}"
        case click.exceptions.BadParameter(param=click.Parameter(type=click.types.IntParamType())):
            return f"Die Angabe {_hint(error)} braucht eine ganze Zahl.{more}"
        case click.exceptions.BadParameter(param=click.Parameter()) if error.message.startswith("'"):
            return f"Die Angabe {_hint(error)} passt hier nicht.{more}"
        case click.UsageError() if not isinstance(error, click.BadParameter):
            return f"So lässt sich der Befehl nicht aufrufen.{more}"
    return error.message


def _hint(error: click.BadParameter) -> str:
    return error.param.get_error_hint(error.ctx) if error.param and error.ctx else str(error.param_hint or "")
