"""From the settings to a model that can be asked."""

from __future__ import annotations

from bot.clock import Clock
from bot.config import Model
from bot.config_values import hides_secrets
from bot.errors import ConfigurationError
from bot.nlu.remote.breaker import Breaker
from bot.nlu.remote.budget import Budget
from bot.nlu.remote.completions import Completions, Endpoint, Wire
from bot.nlu.remote.model import RemoteModel
from bot.storage.unit_of_work import Database


def open_adviser(settings: Model, wire: Wire, database: Database, clock: Clock) -> RemoteModel:
    """Return the model that the settings name; it asks by `wire`. Raises ConfigurationError, as `endpoint_of`."""
    completions = Completions(wire, endpoint_of(settings))
    return RemoteModel(completions, Budget(database, settings.daily_calls), Breaker(clock))


def endpoint_of(settings: Model) -> Endpoint:
    """Return where the model is. Raises ConfigurationError where the settings do not fit together."""
    assert settings.url is not None, "without an address nobody opens it"
    if settings.name is None:
        raise ConfigurationError("BELLHOP_MODEL_NAME is missing: name a model of BELLHOP_MODEL_URL")
    key = settings.key.get_secret_value() if settings.key else None
    if key is not None and not hides_secrets(settings.url):
        raise ConfigurationError("BELLHOP_MODEL_URL can't be used: a key is sent by https only; write https://")
    if key is not None and not (key.isascii() and key.isprintable()):
        raise ConfigurationError("BELLHOP_MODEL_KEY can't be used: copy it anew, without spaces and line ends")
    return Endpoint(settings.url, settings.name, settings.deadline, key)
