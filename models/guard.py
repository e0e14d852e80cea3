"""The key that lets a change through the guards of records that otherwise stand still.

A context value could be sent by any caller of the external API; an object cannot, so
only code of this addon holds the key.
"""

KEY = object()


def applying(records):
    """Return ``records`` with the right to write what a change writes."""
    return records.with_context(rr_applying_change=KEY)


def is_applying(env):
    """Tell whether the caller holds the key."""
    return env.context.get("rr_applying_change") is KEY


def typed_over(records, vals, names):
    """Return (record, field) of a guarded value that ``vals`` would change, or None.

    Writing what stands there already is no change; who holds the key may change all.
    """
    guarded = set(names) & set(vals)
    if not guarded or is_applying(records.env):
        return None
    # sudo: the values are only compared; some are hidden from who may write others.
    for record, known in zip(records, records.sudo(), strict=True):
        for name in guarded:
            field = record._fields[name]
            value = field.convert_to_cache(vals[name], known)
            if known[name] != field.convert_to_record(value, known):
                return record, field
    return None


def given(model, vals_list, names):
    """Return a guarded field that a new record would be given by a caller, or None.

    Defaults that a caller sends or keeps count like values; the field's own does not.
    """
    if is_applying(model.env):
        return None
    defaults = model.default_get(list(names))
    for name in names:
        field = model._fields[name]
        own = field.convert_to_write(_own_default(model, field), model)
        for vals in vals_list:
            value = vals.get(name, defaults.get(name))
            if value and value != own:
                return field
    return None


def _own_default(model, field):
    value = field.default(model) if field.default else None
    return field.convert_to_record(field.convert_to_cache(value, model), model)
