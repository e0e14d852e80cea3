import { registry } from "@web/core/registry";

/** An accountant closes last month from Today: checks, preview, post, record, undo. */
registry.category("web_tour.tours").add("rr_close_month", {
    url: "/odoo/today",
    steps: () => [
        {
            content: "Today reminds, and leads to the closing",
            trigger: ".o_rr_today .card:contains(Month not closed) button:contains(Close it)",
            run: "click",
        },
        {
            content: "What is missing is listed: an invoice is still a draft",
            trigger: ".o_rr_checks [data-key=drafts][data-level=warning] a",
            run: "click",
        },
        {
            content: "The draft is there; the breadcrumb leads back",
            trigger: ".o_list_view .o_data_row:contains(Tour Customer)",
        },
        {
            content: "Back to the closing",
            trigger: ".o_breadcrumb .o_back_button a",
            run: "click",
        },
        {
            content: "Nothing but warnings: the preview tells the amount by account",
            trigger: ".o_rr_booking:contains(487000)",
        },
        {
            content: "and by customer",
            trigger: ".o_rr_customers:contains(Tour Customer)",
        },
        {
            content: "Another month is one press away",
            trigger: ".o_rr_months button:nth-last-child(2)",
            run: "click",
        },
        {
            content: "and back",
            trigger: ".o_rr_months button:nth-last-child(2).btn-primary",
        },
        {
            content: "The last month again",
            trigger: ".o_rr_months button:last-child",
            run: "click",
        },
        {
            content: "It is chosen",
            trigger: ".o_rr_months button:last-child.btn-primary",
        },
        {
            content: "Post",
            trigger: "button[name=action_post]",
            run: "click",
        },
        {
            content: "The page becomes the record, and the ledger agrees",
            trigger: ".o_rr_statement .table-success:contains(General ledger 487000)",
        },
        {
            content: "The entries are one press away",
            trigger: "button[name=action_open_entries]",
            run: "click",
        },
        {
            content: "They carry the closing",
            trigger: "button[name=action_rr_open_closing]",
            run: "click",
        },
        {
            content: "Take it back",
            trigger: "button[name=action_undo]",
            run: "click",
        },
        {
            content: "The question says what happens",
            trigger: ".modal:contains(Nothing is deleted) .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is on record",
            trigger: ".o_rr_record:contains(was taken back)",
        },
    ],
});

/** From an invoice to its schedule, its months, and the subscription's tab. */
registry.category("web_tour.tours").add("rr_schedule", {
    steps: () => [
        {
            content: "The invoice says what of it is still deferred",
            trigger: "button[name=action_rr_open_schedules]",
            run: "click",
        },
        {
            content: "Its schedule",
            trigger: ".o_list_view .o_data_row:first td[name=label]",
            run: "click",
        },
        {
            content: "Months with their cause",
            trigger: ".o_field_widget[name=month_ids] .o_data_row:contains(Sold)",
        },
        {
            content: "Invoice line and what acted on it",
            trigger: ".nav-link[name=family]",
            run: "click",
        },
        {
            content: "The family",
            trigger: ".o_field_widget[name=family_ids] .o_data_row",
        },
        {
            content: "The subscription that was billed",
            trigger: "button[name=action_open_subscription]",
            run: "click",
        },
        {
            content: "It tells its revenue",
            trigger: "button[name=action_view_schedules]:contains(Revenue)",
        },
        {
            content: "and its schedules",
            trigger: ".nav-link[name=accounting]",
            run: "click",
        },
        {
            content: "in a tab",
            trigger: ".o_field_widget[name=schedule_ids] .o_data_row",
        },
        {
            content: "The whole list",
            trigger: "button[name=action_view_schedules]",
            run: "click",
        },
        {
            content: "of this subscription",
            trigger: ".o_list_view .o_data_row td[name=label]",
        },
    ],
});

/** A credit note asks why, because that decides about its months. */
registry.category("web_tour.tours").add("rr_credit_cause", {
    steps: () => [
        {
            content: "Credit the invoice",
            trigger: "button[name=action_reverse]",
            run: "click",
        },
        {
            content: "It is asked why",
            trigger: ".modal .o_field_widget[name=rr_credit_cause] input:first",
        },
        {
            content: "Without an answer nothing is made",
            trigger: ".modal button[name=refund_moves]",
            run: "click",
        },
        {
            content: "The question is marked",
            trigger: ".modal .o_field_widget[name=rr_credit_cause].o_field_invalid",
        },
        {
            content: "The contract ends",
            trigger:
                ".modal .o_field_widget[name=rr_credit_cause] input[data-value=terminated]",
            run: "click",
        },
        {
            content: "From when on is asked then",
            trigger: ".modal .o_field_widget[name=rr_credit_date]",
        },
        {
            content: "Make the credit note",
            trigger: ".modal button[name=refund_moves]",
            run: "click",
        },
        {
            content: "The draft keeps the answer",
            trigger: "[name=rr_credit_cause].alert:contains(Why it is credited decides)",
        },
        {
            content: "Post it",
            trigger: "button[name=action_post]:visible",
            run: "click",
        },
        {
            content: "It has its schedule",
            trigger: "button[name=action_rr_open_schedules]",
        },
    ],
});
