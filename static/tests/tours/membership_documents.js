import { registry } from "@web/core/registry";

/** A secretary prints cards in the background and prepares the assembly. */
registry.category("web_tour.tours").add("rr_membership_documents", {
    url: "/odoo/members",
    steps: () => [
        {
            content: "The members as a list",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Tour Paid) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "What can be done with those selected",
            trigger: ".o_control_panel .o_cp_action_menus .dropdown-toggle:contains(Actions)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o-dropdown-item:contains(/^Print cards$/)",
            run: "click",
        },
        {
            content: "The page of the work: what is made, and that one may leave",
            trigger: ".o_form_view .o_rr_progress:contains(0 of 1 documents)",
        },
        {
            trigger: ".o_form_view .o_data_row:contains(Tour Paid):contains(Waiting)",
        },
        {
            content: "On to the assemblies",
            trigger: ".o_menu_sections [data-menu-xmlid='recurring_revenue.menu_assemblies']",
            run: "click",
        },
        {
            content: "An empty screen says what it is for",
            trigger: ".o_nocontent_help:contains(Prepare the general assembly)",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=place] input",
            run: "edit Town hall",
        },
        {
            trigger: ".o_field_widget[name=quorum] input",
            run: "edit 50 && press Tab",
        },
        {
            trigger: ".o_form_button_save:visible",
            run: "click",
        },
        {
            content: "Who is up to date today may vote, and enough have to come",
            trigger: ".o_field_widget[name=quorum_text]:contains(Not reached: 0 of 1, 1 are needed)",
        },
        {
            content: "The list of those who may vote",
            trigger: "button[name=action_open_voters]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Tour Paid)",
        },
        {
            trigger: ".o_list_view:not(:contains(Tour Late))",
        },
    ],
});
