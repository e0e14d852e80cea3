import { registry } from "@web/core/registry";

/** Today leads to what needs a person, and says so when nothing does. */
registry.category("web_tour.tours").add("rr_today", {
    url: "/odoo/today",
    steps: () => [
        {
            content: "What failed is told with its reason",
            trigger: ".o_rr_section[data-section=problems]:contains(is archived)",
        },
        {
            content: "Its button opens the list",
            trigger: ".o_rr_section[data-section=problems] button:contains(Mend them)",
            run: "click",
        },
        {
            content: "The list offers to open what to mend",
            trigger: ".o_list_view .o_data_row:contains(Tour Bad) button[name=action_open_cause]",
            run: "click",
        },
        {
            content: "The archived customer opens",
            trigger: ".o_form_view .o_field_widget[name=name]:contains(Tour Bad), .o_form_view .o_field_widget[name=name] :value(Tour Bad)",
        },
        {
            content: "Back to the list",
            trigger: ".o_breadcrumb a:contains(Billing problems)",
            run: "click",
        },
        {
            content: "And home",
            trigger: ".o_list_view",
        },
        {
            trigger: ".o_breadcrumb a:contains(Today), .o_menu_sections .o_nav_entry:contains(Today)",
            run: "click",
        },
        {
            content: "A held subscription, with the reason",
            trigger: ".o_rr_section[data-section=held]:contains(waits for a signature)",
        },
        {
            content: "An entry opens the subscription itself",
            trigger: ".o_rr_section[data-section=held] .o_rr_entry a",
            run: "click",
        },
        {
            content: "There it is",
            trigger: ".o_form_view",
        },
    ],
});

/** What was mended is billed again from Today, after one question. */
registry.category("web_tour.tours").add("rr_today_bill_again", {
    url: "/odoo/today",
    steps: () => [
        {
            content: "The problem offers to bill again",
            trigger: ".o_rr_section[data-section=problems] button:contains(Bill them again)",
            run: "click",
        },
        {
            content: "Money moves: one question first",
            trigger: ".modal:contains(This bills everything that is due today) .btn-primary",
            run: "click",
        },
        {
            content: "The billing that was started opens by itself",
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(Running)",
        },
        {
            content: "It has its number",
            trigger: ".o_form_view .o_field_widget[name=name]:contains(RUN)",
        },
    ],
});

registry.category("web_tour.tours").add("rr_today_first_use", {
    url: "/odoo/today",
    steps: () => [
        {
            content: "The steps teach a new user",
            trigger: ".o_rr_steps [data-step=bill]:contains(Bill)",
        },
        {
            content: "The first opens a new plan",
            trigger: ".o_rr_steps [data-step=plan] button:contains(New plan)",
            run: "click",
        },
        {
            content: "Ready to be typed",
            trigger: ".o_form_view .o_field_widget[name=name] input",
        },
    ],
});
