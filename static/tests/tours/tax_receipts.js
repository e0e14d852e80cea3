import { registry } from "@web/core/registry";

/** The January campaign of a treasurer: what is missing, three piles, issue, the paper. */
registry.category("web_tour.tours").add("rr_tax_receipts", {
    url: "/odoo/receipts-of-a-year",
    steps: () => [
        {
            content: "An empty list teaches",
            trigger: ".o_view_nocontent:contains(Issue the receipts of a year)",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "The year before is proposed; the signature is missing",
            trigger: ".alert-danger:contains(Picture of the signature)",
        },
        {
            trigger: "button[name=action_preview]:contains(Preview)",
            run: "click",
        },
        {
            content: "Who gets a receipt",
            trigger: ".o_field_widget[name=issue_ids] .o_data_row:contains(Jeanne Martin):contains(230.00)",
        },
        {
            content: "Who does not, and why",
            trigger: ".nav-link:contains(Excluded, and Why)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=excluded_ids] .o_data_row:contains(HelloAsso 4)",
        },
        {
            trigger: ".nav-link:contains(Data Missing)",
            run: "click",
        },
        {
            content: "What is missing is one press away",
            trigger: ".o_field_widget[name=missing_ids] .o_data_row:contains(town) button[name=action_complete]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=city] input",
            run: "edit Lyon",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".breadcrumb-item:contains(Receipts of 2026), .o_breadcrumb a:contains(Receipts of 2026)",
            run: "click",
        },
        {
            content: "Nothing can be issued yet; look again all the same",
            trigger: "button[name=action_preview]:contains(Look Again)",
            run: "click",
        },
        {
            trigger: ".nav-link:contains(/^Tax Receipts$/)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=issue_ids] .o_data_row:contains(Nowhere)",
        },
        {
            content: "To what every receipt says of the association",
            trigger: ".alert-danger button[name=action_complete]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=signatory] input:value(Claire Fontaine)",
        },
        {
            trigger: ".modal .o_field_widget[name=signatory_function] input",
            run: "edit President",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});

/** The association is complete: issue, follow, open a receipt, replace it. */
registry.category("web_tour.tours").add("rr_tax_receipts_issue", {
    url: "/odoo/receipts-of-a-year",
    steps: () => [
        {
            trigger: ".o_data_row:contains(Receipts of 2026) .o_data_cell",
            run: "click",
        },
        {
            trigger: "button[name=action_issue]:contains(Issue 2 receipts)",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)",
        },
        {
            trigger: "button[name=action_open_receipts]:contains(2)",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Jeanne Martin) .o_data_cell[name=name]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=amount_words]:contains(two hundred and thirty euros)",
        },
        {
            trigger: "button:contains(Replace)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Wrong first name",
        },
        {
            trigger: ".modal button:contains(Cancel and Replace)",
            run: "click",
        },
        {
            content: "The new one says what it replaces",
            trigger: ".o_field_widget[name=replaces_id]:contains(2027-0000)",
        },
        {
            content: "The accounts agree",
            trigger: ".o_menu_sections .dropdown-toggle:contains(Tax Receipts)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .dropdown-item:contains(/^Receipts and Accounts$/)",
            run: "click",
        },
        {
            trigger: ".alert-success:contains(difference)",
        },
        {
            trigger: ".o_rr_revenue_table tr[data-key=elsewhere] td[data-key=amount] a",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Jeanne Martin)",
        },
    ],
});
