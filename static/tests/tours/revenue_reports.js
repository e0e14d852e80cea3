import { registry } from "@web/core/registry";

/** The roll-forward agrees with the ledger; a figure opens what it is made of. */
registry.category("web_tour.tours").add("rr_revenue_rollforward", {
    url: "/odoo/today",
    steps: () => [
        {
            trigger: ".o_menu_sections .dropdown-toggle:contains(/^Revenue$/)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .dropdown-item:contains(/^Roll-forward$/)",
            run: "click",
        },
        {
            content: "The ledger and the schedules agree",
            trigger: ".alert-success:contains(487000)",
        },
        {
            content: "December: 1,147.40 less 101.92",
            trigger:
                ".o_rr_revenue_table tr[data-key='2026-12-01'] td[data-key=closing]:contains(1,045.48)",
        },
        {
            trigger: ".o_field_widget[name=months_apart] input",
            run: "click",
        },
        {
            content: "Months side by side, the ledger below",
            trigger:
                ".o_rr_revenue_table tr[data-key=ledger] td[data-key='2026-12-01']:contains(1,045.48)",
        },
        {
            content: "From a figure to its months",
            trigger:
                ".o_rr_revenue_table tr[data-key=recognised] td[data-key='2026-12-01'] a",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(101.92)",
        },
        {
            content: "And on to the entry",
            trigger: ".o_data_row button[name=action_open_entry]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name]:contains(REV/2026/12)",
        },
        {
            trigger: ".breadcrumb-item:contains(Roll-forward), .o_back_button",
            run: "click",
        },
        {
            trigger: ".o_rr_revenue_table, .o_list_view",
        },
    ],
});
