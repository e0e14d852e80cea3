"""What the engine refuses, one class per subject, each with a sentence in English.

A sentence and the values that it is about are kept apart, so that a model can say the
same in the user's language (``models/engine_texts``).
"""


class EngineError(ValueError):
    """A value that the engine cannot compute with.

    >>> error = EngineError("Too long: {days} days.", days=40)
    >>> str(error), error.values["days"]
    ('Too long: 40 days.', 40)
    """

    def __init__(self, sentence, **values):
        super().__init__(sentence.format(**values))
        self.sentence, self.values = sentence, values


class PeriodError(EngineError):
    """An interval or a period that does not exist."""


class AlignmentError(PeriodError):
    """An alignment that does not fit the interval."""


class ProrationError(EngineError):
    """A part that lies outside its whole, or an unknown basis."""


class AllocationError(EngineError):
    """An amount that cannot be split as asked."""


class RatingError(EngineError):
    """A price that contradicts itself, or a quantity that cannot be priced."""


class BillingError(EngineError):
    """A subscription line that says nothing the engine can bill."""


class RevisionError(EngineError):
    """A price that cannot be revised as asked."""


class VatError(EngineError):
    """A table of VAT rules or rates that contradicts itself or leaves a gap."""


class RecognitionError(EngineError):
    """Revenue that cannot be spread as asked."""
