import { registry } from "@web/core/registry";

/** A secretary's first minute: who is up to date, and the dues of who is not. */
registry.category("web_tour.tours").add("rr_members_secretary", {
    url: "/odoo/members",
    steps: () => [
        {
            content: "Big counters say who is up to date",
            trigger: ".o_rr_member_count[data-count=up_to_date]:contains(1)",
        },
        {
            content: "And who renews",
            trigger: ".o_rr_member_count[data-count=to_renew]:contains(1)",
        },
        {
            content: "A column for each standing",
            trigger: ".o_kanban_group:contains(Up to date) .o_kanban_record:contains(Tour Paid)",
        },
        {
            content: "Any other day can be asked for",
            trigger: ".o_searchview_input",
            run: "edit 09/15/2025",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(As of Day)",
            run: "click",
        },
        {
            content: "It says so",
            trigger: ".o_rr_member_counts:contains(As things stood on):contains(2025)",
        },
        {
            trigger: ".o_kanban_group:contains(Up to date) .o_kanban_record:contains(Tour Late)",
        },
        {
            trigger: ".o_searchview_facet .o_facet_remove",
            run: "click",
        },
        {
            content: "Today again",
            trigger: ".o_kanban_group:contains(Lapsed) .o_kanban_record:contains(Tour Late)",
        },
        {
            content: "A click shows who is to renew",
            trigger: ".o_rr_member_count[data-count=to_renew]",
            run: "click",
        },
        {
            content: "Only those",
            trigger: ".o_searchview_facet:contains(To renew)",
        },
        {
            trigger: ".o_kanban_view:not(:contains(Tour Paid)) .o_kanban_record:contains(Tour Late)",
        },
        {
            content: "As a list",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Tour Late) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Their dues are called at once",
            trigger: ".o_control_panel button:contains(Call Dues)",
            run: "click",
        },
        {
            content: "First it says what would be called",
            trigger: ".modal .o_rr_dues_call:contains(Tour Late):contains(60.00)",
        },
        {
            trigger: ".modal footer button:contains(Call These Dues)",
            run: "click",
        },
        {
            content: "The call opens",
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(Called)",
        },
        {
            content: "She sees no money journals",
            trigger: ".o_form_view:not(:contains(Receive Dues))",
        },
    ],
});

/** A treasurer receives the money that was called for. */
registry.category("web_tour.tours").add("rr_members_treasurer", {
    url: "/odoo/dues",
    steps: () => [
        {
            content: "The call that is owed",
            trigger: ".o_list_view .o_data_row:contains(Tour Late):contains(Called) td[name=name]",
            run: "click",
        },
        {
            trigger: ".o_form_view button:contains(Receive Dues)",
            run: "click",
        },
        {
            content: "It says what the money pays",
            trigger: ".modal .o_rr_dues_receipt:contains(Tour Late) .fa-check",
        },
        {
            trigger: ".modal footer button:contains(Receive and Book)",
            run: "click",
        },
        {
            content: "Paid",
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(Paid)",
        },
        {
            content: "And what was received is a click away",
            trigger: ".o_form_view button[name=action_open_contributions]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(Booked)",
        },
        {
            content: "Back to the members",
            trigger: ".o_menu_sections [data-menu-xmlid='recurring_revenue.menu_members']",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='recurring_revenue.menu_membership_members']",
            run: "click",
        },
        {
            content: "Who paid is up to date",
            trigger: ".o_kanban_group:contains(Up to date) .o_kanban_record:contains(Tour Late)",
        },
    ],
});

/** An empty association gets its plan from a few answers. */
registry.category("web_tour.tours").add("rr_membership_plan", {
    url: "/odoo/membership-plans",
    steps: () => [
        {
            content: "The empty screen teaches",
            trigger: ".o_view_nocontent:contains(Say what membership costs)",
        },
        {
            trigger: "button:contains(Ready-Made Plan)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Tour Club",
        },
        {
            trigger: ".modal footer button:contains(Make the Plan)",
            run: "click",
        },
        {
            content: "It says what a new member would pay",
            trigger: ".o_form_view .o_rr_joining:contains(50.00)",
        },
        {
            trigger: ".o_statusbar_buttons button:contains(Publish)",
            run: "click",
        },
        {
            trigger: ".modal footer button:contains(Publish)",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Published)",
        },
    ],
});
