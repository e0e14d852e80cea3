"""Points at which a script kills its own process, as a power cut would.

    crash.before("recurring.billing.run", "_bill_batch", nth=2)
    crash.after("account.move", "_post")
    crash.before_commit(3)
    crash.after_commit(1)
    crash.before_query(250)
    crash.here("half way")        # kills only when RR_CRASH_AT is "half way"

Nothing is flushed, rolled back or said goodbye to: SIGKILL.
"""

import functools
import itertools
import os
import signal


class Crash:
    """Knows the registry whose methods it wraps."""

    def __init__(self, env):
        self.env = env

    @staticmethod
    def now():
        os.kill(os.getpid(), signal.SIGKILL)

    def here(self, name):
        """Die if the test asked for this point."""
        if os.environ.get("RR_CRASH_AT") == name:
            self.now()

    def before(self, model, method, nth=1):
        """Die when the method of a model is entered for the nth time."""
        self._wrap(self.env.registry[model], method, nth, before=True)

    def after(self, model, method, nth=1):
        """Die when the method of a model has ended for the nth time."""
        self._wrap(self.env.registry[model], method, nth, before=False)

    def before_commit(self, nth=1):
        """Die when the nth transaction is about to be committed."""
        self._wrap(self._cursor_class(), "commit", nth, before=True)

    def after_commit(self, nth=1):
        """Die when the nth transaction has just been committed."""
        self._wrap(self._cursor_class(), "commit", nth, before=False)

    def before_query(self, nth):
        """Die at the nth query from now on."""
        self._wrap(self._cursor_class(), "execute", nth, before=True)

    def _cursor_class(self):
        return type(self.env.cr)

    def _wrap(self, owner, name, nth, before):
        original = getattr(owner, name)
        calls = itertools.count(1)

        @functools.wraps(original)
        def wrapper(*args, **kwargs):
            last = next(calls) == nth
            if last and before:
                self.now()
            result = original(*args, **kwargs)
            if last:
                self.now()
            return result

        setattr(owner, name, wrapper)
