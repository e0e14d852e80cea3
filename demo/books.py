"""What an accountant does with the invoices: payments, and corrections by hand."""

import random

from odoo import Command

from .clock import LAST, on

SLOW = 0.07  # share of the invoices that wait another month
NEVER = {"zinc": 9}  # customer who stops paying in a month of the story


def register_payments(env, calendar, month):
    """Register what came in and went out in a month; return how many payments.

    Consumers pay at once, companies before their 30 days are over; what was credited
    after it was paid is paid back.
    """
    chance = random.Random(1000 + month)  # noqa: S311
    moves = env["account.move"].search(
        [
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("state", "=", "posted"),
            ("payment_state", "in", ("not_paid", "partial")),
            ("invoice_date", "<=", calendar.day(month, 26)),
        ],
        order="id",
    )
    moves = moves.filtered(
        lambda move: (
            chance.random() >= SLOW and NEVER.get(move.partner_id.ref, month) >= month
        )
    )
    consumers = moves.filtered(lambda move: not move.commercial_partner_id.is_company)
    companies = moves - consumers
    if month == LAST:
        companies = companies.filtered(
            lambda move: move.invoice_date < calendar.first(month)
        )
    count = _pay(env, consumers, calendar.day(month, 4))
    return count + _pay(env, companies, calendar.day(month, 26))


def _pay(env, moves, day):
    """Register a payment for each document; return how many."""
    moves = moves.filtered(lambda move: move.invoice_date <= day)
    for _kind, documents in moves.grouped("move_type").items():
        wizard = (
            env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=documents.ids)
            .create({"payment_date": day, "group_payment": False})
        )
        with on(day):
            wizard._create_payments()
    return len(moves)


def leave_to_decide(env, calendar, run, customers):
    """Two credit notes by hand: one of our invoice, one that nobody assigned yet."""
    day = calendar.today
    with on(day):
        _reverse_an_invoice(env, run, day)
        _credit_by_hand(env, customers, day)


def _reverse_an_invoice(env, run, day):
    """The whole invoice was credited: bill the period again, or leave it?"""
    invoice = run.move_ids.filtered(
        lambda move: (
            move.move_type == "out_invoice"
            and move.payment_state == "not_paid"
            and move.partner_id.is_company
            and len(move.invoice_line_ids) == 1
        )
    ).sorted("id")[:1]
    wizard = (
        env["account.move.reversal"]
        .with_context(active_model="account.move", active_ids=invoice.ids)
        .create(
            {
                "journal_id": invoice.journal_id.id,
                "reason": "Seats in dispute",
                "date": day,
            }
        )
    )
    wizard.reverse_moves()
    env["account.move"].search(
        [("reversed_entry_id", "=", invoice.id), ("state", "=", "draft")]
    ).action_post()


def _credit_by_hand(env, customers, day):
    """A gesture of goodwill, typed in without a link to any subscription."""
    partner = customers["malt"]
    invoice = env["account.move"].search(
        [
            ("partner_id", "=", partner.id),
            ("move_type", "=", "out_invoice"),
            ("rr_run_id", "!=", False),
        ],
        order="id desc",
        limit=1,
    )
    line = invoice.invoice_line_ids[:1]
    env["account.move"].create(
        {
            "move_type": "out_refund",
            "partner_id": partner.id,
            "partner_shipping_id": partner.id,
            "invoice_date": day,
            "journal_id": invoice.journal_id.id,
            "ref": f"Two days without service, see {invoice.name}",
            "invoice_line_ids": [
                Command.create({"product_id": line.product_id.id, "price_unit": 9.6})
            ],
        }
    ).action_post()
