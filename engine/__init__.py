"""The arithmetic of recurring revenue: dates and Decimals in, dates and Decimals out.

Pure Python: no Odoo, no database, no clock and no float, so that every figure can be
checked by hand and tested without a server. ``period`` cuts time, ``proration`` says
which share of a period a part is, ``rating`` prices a quantity, ``allocation`` splits
money without losing a cent, ``billing`` compares what should have been billed with
what was, ``preview`` looks ahead, ``documents`` sorts the result into invoices and
credit notes, ``revision`` raises prices.
"""
