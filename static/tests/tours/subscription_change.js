import { registry } from "@web/core/registry";

/** A change with its money: more seats now, a pause scheduled and withdrawn. */
registry.category("web_tour.tours").add("rr_subscription_change", {
    url: "/odoo/subscriptions",
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row:contains(Tour Changing) td[name=partner_id]",
            run: "click",
        },
        {
            content: "Change something",
            trigger: "button[name=action_open_change]:contains(Change)",
            run: "click",
        },
        {
            content: "More seats",
            trigger: ".modal .o_data_row:contains(Pro seat) td[name=quantity]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row td[name=quantity] input",
            run: "edit 2",
        },
        {
            content: "Leave the line",
            trigger: ".modal .modal-title",
            run: "click",
        },
        {
            content: "Before and after, and the money between",
            trigger:
                ".modal .o_field_widget[name=preview]:contains(15 of 30 days):contains(15.00):contains(60.00)",
        },
        {
            trigger: ".modal button[name=action_confirm]:contains(Apply Now)",
            run: "click",
        },
        {
            content: "A line has ended, another runs",
            trigger:
                ".o_field_widget[name=shown_line_ids] .o_data_row:contains(2.00):contains(60.00)",
        },
        {
            content: "Pause from a day on",
            trigger: "button[name=action_open_change]:contains(Pause)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=when] input, .modal .o_field_widget[name=when] select",
        },
        {
            content: "What it gives back",
            trigger: ".modal .o_field_widget[name=preview]:contains(Nothing runs):contains(30.00):contains(back)",
        },
        {
            trigger: ".modal button[name=action_confirm]:contains(Apply Now)",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Paused)",
        },
        {
            content: "And go on",
            trigger: "button[name=action_open_change]:contains(Resume)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=preview]:contains(60.00)",
        },
        {
            trigger: ".modal button[name=action_confirm]:contains(Apply Now)",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Active)",
        },
        {
            content: "Everything stands in the history",
            trigger: "a.nav-link[name=history]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=change_ids] .o_data_row:contains(Quantity changed):contains(1 → 2)",
        },
        {
            trigger: ".o_field_widget[name=change_ids] .o_data_row:contains(Resumed)",
        },
    ],
});
