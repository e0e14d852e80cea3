import { registry } from "@web/core/registry";

const CONTINUE = ".o_statusbar_buttons button[name=action_next].btn-primary";
const at = (step) => `.o_arrow_button_current:contains(${step})`;

/** From an empty company to books that were taken over: a preview before each step. */
registry.category("web_tour.tours").add("rr_revenue_set_up", {
    url: "/odoo/revenue-set-up",
    steps: () => [
        {
            content: "The accounts of the chart are proposed",
            trigger: ".o_field_widget[name=rr_deferred_account_id]",
        },
        {
            content: "What the chart lacks is listed",
            trigger: ".o_field_widget[name=missing_html]:contains(445890):contains(PCA)",
        },
        { trigger: CONTINUE, run: "click" },
        {
            content: "Nothing is made unasked",
            trigger: ".modal:contains(Create What Is Missing)",
        },
        { trigger: ".modal button:contains(Close)", run: "click" },
        {
            trigger: ".o_field_widget[name=create_missing] input",
            run: "click",
        },
        { trigger: CONTINUE, run: "click" },
        { trigger: at("Policies") },
        {
            content: "A policy for each nature, with its reason",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Usage):contains(Revenue when it is invoiced)",
        },
        {
            trigger: ".o_field_widget[name=method] label:contains(equal months)",
            run: "click",
        },
        {
            content: "Services follow the method",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(each month alike)",
        },
        {
            trigger: ".o_field_widget[name=method] label:contains(By day)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(each day alike)",
        },
        {
            trigger: ".o_field_widget[name=date_from] input, .o_field_widget[name=date_from] button",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=date_from] input",
            run: "edit 01/01/2026 && press Enter",
        },
        { trigger: CONTINUE, run: "click" },
        { trigger: at("Existing Books") },
        {
            content: "What is still to be earned, compared with the books",
            trigger: ".o_field_widget[name=opening_html]:contains(1,045.48):contains(1,000.00)",
        },
        {
            content: "Only the difference is booked",
            trigger: ".o_field_widget[name=opening_html]:contains(45.48)",
        },
        { trigger: "button[name=action_take_over]", run: "click" },
        { trigger: ".modal button.btn-primary", run: "click" },
        {
            trigger: ".o_field_widget[name=opening_html]:contains(Nothing is left to take over)",
        },
        { trigger: ".o_statusbar_buttons button[name=action_finish].btn-primary", run: "click" },
        { trigger: ".o_breadcrumb .active:contains(Revenue Policies)" },
        { trigger: ".o_list_view .o_data_row:contains(Dues of members)" },
    ],
});
