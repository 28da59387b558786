"""Settings: read once from the environment, checked before anything starts, frozen from then on.

Every setting is `BELLHOP_` and the name below; an empty value counts as unset. Defaults are written as one
would write them in the environment, so that the README's table is made from this file (`settings_table`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config_values import (
    LogFormat,
    LogLevel,
    api_url,
    milliseconds,
    model_name,
    postgres_url,
    public_url,
    redis_url,
    seconds,
    seconds_up_to,
    whole_number,
)
from bot.errors import ConfigurationError

PREFIX = "BELLHOP_"
MOST_PROCESSES = 64

Seconds = Annotated[timedelta, BeforeValidator(seconds)]
Milliseconds = Annotated[timedelta, BeforeValidator(milliseconds)]
# Whoever waits for a model keeps a chat waiting, and a process that was told to stop.
Patience = Annotated[timedelta, BeforeValidator(seconds_up_to(timedelta(seconds=8)))]
DailyCalls = Annotated[int, BeforeValidator(whole_number(1, 1_000_000))]
ModelName = Annotated[str, AfterValidator(model_name)]
Port = Annotated[int, BeforeValidator(whole_number(0, 65_535))]
# Room is left for the ports of the other processes, which follow.
MetricsPort = Annotated[int, BeforeValidator(whole_number(1, 65_000))]
Processes = Annotated[int, BeforeValidator(whole_number(1, MOST_PROCESSES))]
Months = Annotated[int, BeforeValidator(whole_number(1, 1_200))]
PoolSize = Annotated[int, BeforeValidator(whole_number(1, 1_000))]
PostgresUrl = Annotated[SecretStr, BeforeValidator(postgres_url)]
RedisUrl = Annotated[SecretStr, BeforeValidator(redis_url)]
ApiUrl = Annotated[str, AfterValidator(api_url)]
PublicUrl = Annotated[str, AfterValidator(public_url)]


def setting(default: str | None, description: str) -> Any:
    """A field whose default is written as in the environment, and checked like a value from there."""
    return Field(default, description=description, validate_default=True)


class Concern(BaseSettings):
    """Settings that belong together; the variable of a field is the class's prefix and the field's name."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True)

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `read` was given counts: no .env file, no look at the process's own environment."""
        return (init_settings,)

    @classmethod
    def variables(cls) -> dict[str, FieldInfo]:
        """The fields by the names of their variables."""
        return {f"{cls.model_config['env_prefix']}{name}".upper(): field for name, field in cls.model_fields.items()}

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Build from the environment. Raises ConfigurationError in one line that names the variable."""
        source = EnvSettingsSource(cls)
        source.env_vars = {name.lower(): environ[name].strip() or None for name in cls.variables() if name in environ}
        try:
            return cls(**source())
        except ValidationError as error:
            raise ConfigurationError(_sentence(cls.model_config["env_prefix"], error)) from None


class Database(Concern):
    model_config = SettingsConfigDict(env_prefix="BELLHOP_DATABASE_")

    url: PostgresUrl | None = setting(
        None, "PostgreSQL login that owns the schema and migrates it; unset: an embedded server"
    )
    app_url: PostgresUrl | None = setting(
        None, "login that the process serves hotels with, bound by row level security; unset: derived"
    )
    runtime_url: PostgresUrl | None = setting(
        None, "login that claims work across hotels, seeing ids only; unset: derived"
    )
    pool_size: PoolSize = setting("10", "connections kept per process")
    statement_timeout: Seconds = setting("5", "longest time of one statement, in seconds")
    keep_months: Months | None = setting(
        None, "whole months for which messages are kept after their own; unset: for good"
    )


class Redis(Concern):
    model_config = SettingsConfigDict(env_prefix="BELLHOP_REDIS_")

    url: RedisUrl | None = setting(None, "Redis for wake-ups between processes; unset: in-process")


class Encryption(Concern):
    model_config = SettingsConfigDict(env_prefix="BELLHOP_ENCRYPTION_")

    keys: SecretStr | None = setting(
        None,
        "key-encryption keys as `id:base64 of 32 bytes`, comma separated; the first encrypts; "
        "unset: a key file in the data folder, with the embedded database only",
    )


class Channels(Concern):
    model_config = SettingsConfigDict(env_prefix=PREFIX)

    telegram_api: ApiUrl = setting("https://api.telegram.org", "base address of the Telegram Bot API")
    green_api: ApiUrl = setting("https://api.green-api.com", "base address of the Green API")


class Model(Concern):
    model_config = SettingsConfigDict(env_prefix="BELLHOP_MODEL_")

    url: ApiUrl | None = setting(
        None, "base address of an OpenAI-compatible API, such as `https://host/v1`; unset: the embedded model alone"
    )
    name: ModelName | None = setting(None, "name of the model there; needed with the address")
    key: SecretStr | None = setting(None, "key of that API; unset: none is sent")
    deadline: Patience = setting("4", "longest wait for one of its answers, in seconds, up to 8")
    daily_calls: DailyCalls = setting("1000", "how often it is asked for one hotel on one of its days")


class Web(Concern):
    model_config = SettingsConfigDict(env_prefix=PREFIX)

    host: str = setting("127.0.0.1", "address to listen on")
    port: Port = setting("8080", "port to listen on; 0: any free one")
    metrics_port: MetricsPort | None = setting(
        None, "port of /metrics, and of the health of one process; several processes take one each from here on"
    )
    public_url: PublicUrl | None = setting(
        None, "https address under which providers reach the webhooks; unset: polling"
    )


class Log(Concern):
    model_config = SettingsConfigDict(env_prefix="BELLHOP_LOG_")

    level: Annotated[LogLevel, BeforeValidator(str.lower)] = setting("info", "debug, info, warning or error")
    format: Annotated[LogFormat, BeforeValidator(str.lower)] = setting("json", "json or console")


class Process(Concern):
    model_config = SettingsConfigDict(env_prefix=PREFIX)

    processes: Processes = setting("1", "bot processes that `run` starts and keeps running; 1: only itself")
    data_dir: Annotated[Path, AfterValidator(Path.expanduser)] = setting(
        ".data", "folder of the embedded server and of its key file"
    )
    simulator_port: Port = setting("8090", "port of the simulator's page and APIs; 0: any free one")
    slow_query: Milliseconds = setting("200", "a query is logged from this time on, in milliseconds")
    stop_timeout: Seconds = setting("10", "time to finish work after a stop signal, in seconds")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings by concern."""

    concerns: ClassVar[dict[str, type[Concern]]] = {
        "database": Database,
        "redis": Redis,
        "encryption": Encryption,
        "channels": Channels,
        "model": Model,
        "web": Web,
        "log": Log,
        "process": Process,
    }

    database: Database
    redis: Redis
    encryption: Encryption
    channels: Channels
    model: Model
    web: Web
    log: Log
    process: Process


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read all settings. Raises ConfigurationError: one line, the variable and the remedy, never the value."""
    _check_names(environ)
    read: dict[str, Any] = {name: concern.read(environ) for name, concern in Settings.concerns.items()}
    return Settings(**read)


def settings_table() -> str:
    """The README's table of settings, in Markdown, without a closing line break."""
    rows = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]
    for variable, field in _variables().items():
        default = "" if field.default is None else f"`{field.default}`"
        rows.append(f"| `{variable}` | {default} | {field.description} |")
    return "\n".join(rows)


def _variables() -> dict[str, FieldInfo]:
    return {name: field for concern in Settings.concerns.values() for name, field in concern.variables().items()}


def _check_names(environ: Mapping[str, str]) -> None:
    known = _variables()
    for name in sorted(environ):
        if name.upper().startswith(PREFIX) and name not in known:
            nearest = get_close_matches(name.upper(), known, n=1)
            remedy = f"did you mean {nearest[0]}?" if nearest else "remove it; the README lists all settings"
            raise ConfigurationError(f"{_printable(name)} is not a setting: {remedy}")


def _sentence(prefix: str, error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    variable = f"{prefix}{first['loc'][0]}".upper()
    reason = str(first.get("ctx", {}).get("error", first["msg"]))
    return f"{variable} can't be used: {reason[:1].lower()}{reason[1:]}"


def _printable(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name[:80])
