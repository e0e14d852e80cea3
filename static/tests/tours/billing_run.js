import { registry } from "@web/core/registry";

/** A billing officer bills from Today: preview, press, follow the bar, read the record. */
registry.category("web_tour.tours").add("rr_billing_run", {
    url: "/odoo/today",
    steps: () => [
        {
            content: "Today says what is due and leads to the billing",
            trigger: ".o_rr_next:contains(2 invoices) button:contains(Preview and bill)",
            run: "click",
        },
        {
            content: "Ask what it would do",
            trigger: "button[name=action_preview]:contains(Preview)",
            run: "click",
        },
        {
            content: "The problem comes first, with the way to what must be mended",
            trigger: ".o_rr_preview .alert:contains(Tour Bad):contains(is archived)",
        },
        {
            content: "It is a link into the client",
            trigger: ".o_rr_preview .alert a:contains(Open what to mend)",
            run: "click",
        },
        {
            content: "The customer opens, and the breadcrumb leads back",
            trigger: ".o_breadcrumb a:contains(New billing)",
            run: "click",
        },
        {
            content: "Totals and VAT are there",
            trigger: ".o_rr_preview .o_rr_vat:contains(20 %)",
        },
        {
            content: "So are the documents",
            trigger: ".o_rr_preview .o_rr_documents:contains(Tour One)",
        },
        {
            content: "Bill",
            trigger: "button[name=action_start]:contains(Bill 2 subscriptions)",
            run: "click",
        },
        {
            content: "The bar follows the background job",
            trigger: ".o_rr_progress:contains(of 3 subscriptions)",
        },
        {
            content: "Without reloading, the page becomes the record of what happened",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)",
            timeout: 30000,
        },
        {
            content: "The one that failed says why",
            trigger: ".o_field_widget[name=problem_ids]:contains(is archived)",
        },
        {
            content: "The invoices are one press away",
            trigger: "button[name=action_open_invoices]:contains(2)",
            run: "click",
        },
        {
            content: "Both were made",
            trigger: ".o_list_view .o_data_row:contains(Tour Two)",
        },
        {
            content: "No button makes another one here",
            trigger: "body:not(:has(.o_list_button_add))",
        },
    ],
});
