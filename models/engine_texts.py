"""What the engine refuses, in the user's language.

The engine knows no language: it raises an English sentence and the values in it. Each
sentence stands here once more, for the translators; a test compares the two.
"""

import re
from datetime import date

from odoo.tools import LazyTranslate, format_date

_lt = LazyTranslate(__name__)
PLACE = re.compile(r"\{(\w+)\}")  # not str.format: a translation is no code

SENTENCES = {
    text._source: text
    for text in (
        _lt("{unit} is not a unit of time."),
        _lt("An interval counts at least 1 {unit}, not {count}."),
        _lt("There is no alignment by {kind} on day {day} of month {month}."),
        _lt("Periods counted in {unit}s cannot be aligned by {kind}."),
        _lt("{reason}: {count} {unit}s cannot be aligned by {kind}."),
        _lt("A period ends after it starts: {start} to {end} is empty."),
        _lt("The anchor {anchor} is not on the alignment by {kind}."),
        _lt("{start} to {end} lies outside its period."),
        _lt("{basis} is not a proration basis."),
        _lt("An amount is split by weights of zero or more."),
        _lt("A quantity of {quantity} cannot be priced."),
        _lt("{model} is not a charge model."),
        _lt("Included units and a minimum are not negative."),
        _lt("The maximum {maximum} is below the minimum {minimum}."),
        _lt("A package holds more than 0 units."),
        _lt("Fees and limits of an event are not negative."),
        _lt("An event costs at most {maximum} and at least {minimum}."),
        _lt("{name} is not a way to add up usage."),
        _lt("{name} is not a way to round."),
        _lt("Usage is billed when it is known: in arrears."),
        _lt("The last tier of a price scale has no upper limit."),
        _lt("Tiers ascend: {up_to} does not follow {reached}."),
        _lt("A line is not billed {timing} with a first period {stub}."),
        _lt("Two lines have the key {key}."),
        _lt("The least change {floor} % is above the greatest {cap} %."),
        _lt("A price cannot fall by more than 100 %."),
        _lt("An index is above 0."),
        _lt("Two values of {key} begin on one day."),
        _lt("No VAT rule of {country} fits: {facts}."),
        _lt("The VAT rule {code} says {text} for {name}."),
        _lt("Revenue is not recognised by “{method}”."),
        _lt("Each member has a year of their own: joining cannot be for the next."),
        _lt("Two promises of a contract have one name."),
        _lt("“{part}” belongs to “{whole}”, which is no obligation of its own."),
        _lt(
            "The discount is greater than what it belongs to costs: {rest} would be "
            "left for it."
        ),
    )
}


def engine_sentence(env, error):
    """Return what an EngineError says, in the language of the environment."""
    text = SENTENCES.get(error.sentence)
    if text is None:
        return str(error)
    values = {
        name: format_date(env, value) if isinstance(value, date) else value
        for name, value in error.values.items()
    }
    return PLACE.sub(lambda place: str(values[place[1]]), env._(text))


def sentence_of(env, error):
    """Return the words of an engine's or a user's error, for the user."""
    return engine_sentence(env, error) if hasattr(error, "sentence") else str(error)
