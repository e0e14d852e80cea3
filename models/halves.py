"""One that fails does not stop the others (law 6): again by halves, down to it."""

from .subscription.imports.import_job_work import NOT_OF_A_ROW


def in_halves(env, parts, treat, fail):
    """Call ``treat(parts)`` in a savepoint; where it raises, each half of the parts
    is treated by itself, and ``fail(part, error)`` is called for those that raise
    alone. What is not the fault of a part (a conflict, no memory) is raised.

    :param parts: a list, or records
    """
    try:
        with env.cr.savepoint():
            treat(parts)
            env.flush_all()
    except NOT_OF_A_ROW:
        raise
    except Exception as error:
        if len(parts) == 1:
            fail(parts[0], error)
            return
        half = len(parts) // 2
        in_halves(env, parts[:half], treat, fail)
        in_halves(env, parts[half:], treat, fail)
