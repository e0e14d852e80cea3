import { registry } from "@web/core/registry";

const menu = (item) => [
    {
        trigger: ".o_menu_sections .dropdown-toggle:contains(/^VAT$/)",
        run: "click",
    },
    {
        trigger: `.o-dropdown--menu .dropdown-item:contains(/^${item}$/)`,
        run: "click",
    },
];

/** How far the year is from the threshold, which lines count, what is declared. */
registry.category("web_tour.tours").add("rr_vat_oss", {
    url: "/odoo/today",
    steps: () => [
        {
            content: "The gauge on Today",
            trigger: ".o_action_manager:contains(100.00)",
        },
        ...menu("Sales to EU Consumers"),
        {
            trigger: ".o_data_row:contains(2026):contains(100.00)",
        },
        { trigger: ".o_data_row td[name=sold_amount]", run: "click" },
        {
            content: "What was sold elsewhere counts too",
            trigger: ".o_field_widget[name=opening_amount] input",
            run: "edit 9000",
        },
        { trigger: ".o_form_button_save", run: "click" },
        {
            content: "Near: somebody is told what to do",
            trigger: ".o_arrow_button_current:contains(Close), .o_statusbar_status:contains(Close)",
        },
        { trigger: ".alert-warning .o_field_widget[name=meaning]" },
        { trigger: "button[name=action_open_lines]", run: "click" },
        {
            content: "The ledger: the lines behind the figure",
            trigger: ".o_list_view .o_data_row:contains(Tour Consumer)",
        },
    ],
});

registry.category("web_tour.tours").add("rr_vat_statement", {
    url: "/odoo/today",
    steps: () => [
        ...menu("EU Sales Statements"),
        {
            trigger: ".o_field_widget[name=kind] label:contains(DES)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=period] input, .o_field_widget[name=period] select",
        },
        { trigger: "button[name=action_show]", run: "click" },
        {
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(DE136695976):contains(100)",
        },
        {
            content: "The lines behind it",
            trigger: ".o_field_widget[name=line_ids] button[name=action_open_lines]",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Tour GmbH)" },
    ],
});

registry.category("web_tour.tours").add("rr_vat_reconciliation", {
    url: "/odoo/today",
    steps: () => [
        ...menu("VAT Reconciliation"),
        { trigger: "button[name=action_compute]", run: "click" },
        {
            trigger: ".alert-success:contains(Books and VAT return agree)",
        },
        {
            content: "Each figure opens its journal items",
            trigger: ".o_field_widget[name=bases_ids] .o_data_row:contains(100.00) button[name=action_open_items]",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row" },
        { trigger: ".o_breadcrumb a:contains(VAT Reconciliation)", run: "click" },
        { trigger: ".alert-success:contains(Books and VAT return agree)" },
    ],
});

registry.category("web_tour.tours").add("rr_ereporting", {
    url: "/odoo/today",
    steps: () => [
        ...menu("E-reporting"),
        {
            trigger: ".modal .o_field_widget[name=date_from]",
        },
        {
            content: "What the files hold, and for which days",
            trigger: ".modal .o_field_widget[name=date_to]",
        },
        { trigger: ".modal button[name=action_csv]" },
        {
            content: "A download leaves the page where it is",
            trigger: ".modal button[name=action_workbook]",
            run: "click",
        },
        { trigger: ".modal button[special=cancel]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

/** A rate changes by law: what it does to what was billed is seen before. */
registry.category("web_tour.tours").add("rr_vat_tax_change", {
    url: "/odoo/vat-tax-changes",
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Tour: energy",
        },
        {
            trigger: ".o_field_widget[name=old_tax_id] input",
            run: "edit Tour old",
        },
        {
            trigger: ".o-autocomplete--dropdown-item > a:contains(Tour old)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=new_tax_id] input",
            run: "edit Tour new",
        },
        {
            trigger: ".o-autocomplete--dropdown-item > a:contains(Tour new)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=date] input, .o_field_widget[name=date] button",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=date] input",
            run: "edit 08/01/2025 && press Enter",
        },
        { trigger: "button[name=action_preview]", run: "click" },
        {
            content: "273 of 365 days of 240.00",
            trigger: ".modal .o_field_widget[name=line_ids] .o_data_row:contains(179.51)",
        },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Applied)" },
    ],
});

/** An invoice that nobody will pay is given up, and the screen says by what. */
registry.category("web_tour.tours").add("rr_vat_bad_debt", {
    steps: () => [
        { trigger: "button[name=action_rr_bad_debt]", run: "click" },
        {
            content: "Never due on what stays unpaid",
            trigger: ".modal .o_field_widget[name=amount_waiting]:contains(20.00)",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Liquidation closed",
        },
        { trigger: ".modal button[name=action_book]", run: "click" },
        { trigger: ".alert-warning:contains(Given up as irrecoverable)" },
        {
            content: "It can be undone",
            trigger: ".alert-warning button[name=action_rr_bad_debt_undo]",
            run: "click",
        },
        { trigger: ".modal .btn-primary:contains(Undo)", run: "click" },
        { trigger: "button[name=action_rr_bad_debt]" },
    ],
});
