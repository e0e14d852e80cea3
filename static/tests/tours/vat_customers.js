import { registry } from "@web/core/registry";

/** Which VAT, and why: on the subscription, and on its customer. */
registry.category("web_tour.tours").add("rr_vat_line", {
    url: "/odoo/subscriptions",
    steps: () => [
        {
            trigger: ".o_data_row td:contains(Tour GmbH)",
            run: "click",
        },
        {
            content: "The VAT of the next invoice, in a line",
            trigger:
                ".o_field_widget[name=vat_html]:contains(reverse charge, Germany)",
        },
        {
            trigger: ".o_field_widget[name=vat_html] summary:contains(Why?)",
            run: "click",
        },
        {
            content: "And its reasons",
            trigger:
                ".o_field_widget[name=vat_html] details[open]:contains(Directive 2006/112)",
        },
        {
            content: "The customer is a click away",
            trigger: ".o_form_view .oe_title a:contains(Tour GmbH), .o_form_view .o_field_widget[name=partner_id] .o_external_button",
            run: "click",
        },
        {
            content: "The same line there, beside the number and its state",
            trigger:
                ".o_field_widget[name=rr_vat_html]:contains(reverse charge, Germany)",
        },
        { trigger: "button[name=action_ask_vies]" },
    ],
});

/** An invoice line leads to the record of its decision, and that to its invoices. */
registry.category("web_tour.tours").add("rr_vat_decision", {
    steps: () => [
        {
            trigger:
                ".o_field_widget[name=invoice_line_ids] .o_data_row button[name=action_rr_vat_decision]",
            run: "click",
        },
        {
            trigger: ".modal .o_form_view h1:contains(reverse charge, Germany)",
        },
        { trigger: ".modal .o_field_widget[name=why]:contains(10115 Germany)" },
        { trigger: ".modal .o_field_widget[name=mention_text]:contains(Reverse charge)" },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

registry.category("web_tour.tours").add("rr_vat_decisions", {
    url: "/odoo/vat-decisions",
    steps: () => [
        {
            trigger: ".o_data_row:contains(Tour GmbH) td[name=summary]",
            run: "click",
        },
        { trigger: "button[name=action_open_invoices]", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Tour GmbH)" },
    ],
});

/** From Today to the list of numbers, and a wrong one is corrected there. */
registry.category("web_tour.tours").add("rr_vat_numbers", {
    url: "/odoo/today",
    steps: () => [
        {
            trigger: ".o_rr_section[data-section=numbers]:contains(Tour SARL)",
        },
        {
            trigger: ".o_rr_section[data-section=numbers] button:contains(Correct them)",
            run: "click",
        },
        {
            content: "What is wrong, and what to do",
            trigger: ".o_data_row:contains(Tour SARL):contains(SIREN or SIRET wrong)",
        },
        {
            trigger: ".o_data_row:contains(Tour SARL) td[name=company_registry]",
            run: "click",
        },
        {
            trigger: ".o_selected_row td[name=company_registry] input",
            run: "edit 73282932000074",
        },
        { trigger: ".o_list_button_save", run: "click" },
        {
            content: "In order: nothing is left to do about it",
            trigger: ".o_data_row:contains(Tour SARL):not(:contains(SIREN or SIRET wrong))",
        },
    ],
});
