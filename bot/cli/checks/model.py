"""The remote model: does it answer as it is asked to?"""

from __future__ import annotations

from pydantic import ValidationError

from bot.channels.wire import Wire
from bot.cli.checks.finding import Finding
from bot.config import Model
from bot.errors import ConfigurationError, PermanentError, TransientError
from bot.nlu.remote.completions import Completions, UnusableAnswer
from bot.nlu.remote.opening import endpoint_of
from bot.nlu.remote.tasks import JUDGE

# Nobody's words; it costs what one message of a guest costs.
_SAMPLE = {"message": "Good morning! When does the pool open?", "answer_language": "en", "items": []}


async def check_model(settings: Model) -> Finding:
    """Let it judge a sentence. Without it everything works, by the embedded model."""
    about = "BELLHOP_MODEL_URL"
    try:
        endpoint = endpoint_of(settings)
        async with Wire() as wire:
            said = await Completions(wire, endpoint).complete(JUDGE.order, _SAMPLE, JUDGE.most_tokens)
        JUDGE.form.model_validate_json(said)
    except ConfigurationError as error:
        return Finding("remote model", problem=str(error), remedy="then ask again")
    except PermanentError as error:
        remedy = "see whether address, BELLHOP_MODEL_NAME and BELLHOP_MODEL_KEY belong together"
        return Finding(about, problem=str(error), remedy=remedy)
    except TransientError as error:
        remedy = f"see to the network and the server's load; it has {endpoint.deadline.total_seconds():g} s to answer"
        return Finding(about, problem=str(error), remedy=remedy)
    except (UnusableAnswer, ValidationError):
        remedy = "name a larger model, or one that can answer in JSON"
        return Finding(about, problem="the model does not answer in the form that it is asked for", remedy=remedy)
    return Finding(about, f"{endpoint.name} answers")
