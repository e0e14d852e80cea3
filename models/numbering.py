"""Many numbers of a sequence at once: a batch asks the database once."""

from odoo.tools import SQL


def next_numbers(env, code, company_id, count):
    """Return the next ``count`` numbers of the sequence of a company, in order.

    :param code: of the sequence, as for ``next_by_code``
    :return: list of texts; ``False`` in each place where there is no such sequence
    """
    sequences = env["ir.sequence"].with_company(company_id)
    sequences.browse().check_access("read")
    sequence = sequences.search(
        [("code", "=", code), ("company_id", "in", [company_id, False])],
        order="company_id",
        limit=1,
    )
    if not sequence:
        return [False] * count
    if sequence.use_date_range or sequence.implementation != "standard":
        return [sequence.next_by_id() for _number in range(count)]
    rows = env.execute_query(
        SQL(
            "SELECT nextval(%s) FROM generate_series(1, %s)",
            f"ir_sequence_{sequence.id:03d}",
            count,
        )
    )
    return [sequence.get_next_char(number) for (number,) in rows]
