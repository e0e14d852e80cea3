import { registry } from "@web/core/registry";

/** A secretary imports a list: columns, check, who is known already, import, undo. */
registry.category("web_tour.tours").add("rr_member_import", {
    steps: () => [
        {
            content: "The headings are recognised",
            trigger: ".o_data_row:contains(Adhérent depuis):contains(Joined on)",
        },
        {
            content: "One that is not is mapped by hand",
            trigger: ".o_data_row:contains(Courrier) td[name=members_column]",
            run: "click",
        },
        {
            trigger: ".o_selected_row [name=members_column] input, .o_selected_row [name=members_column] select",
        },
        {
            content: "Check the rows",
            trigger: "button[name=action_check]",
            run: "click",
        },
        {
            content: "A row is to correct, with its reason",
            trigger: ".o_data_row:contains(There is no such day)",
        },
        {
            content: "Somebody may be known already",
            trigger: "button[name=action_open_possible]",
            run: "click",
        },
        {
            content: "It is the same person",
            trigger: ".o_data_row:contains(Durand) button[name=action_same_person]",
            run: "click",
        },
        {
            content: "Nobody is left to decide",
            trigger: ".o_nocontent_help, .o_list_view:not(:has(.o_data_row))",
        },
        {
            content: "Back to the import",
            trigger: ".o_breadcrumb a:contains(list.csv), .o_back_button",
            run: "click",
        },
        {
            content: "Import the valid rows",
            trigger: "button[name=action_import]:contains(Import the Valid Rows)",
            run: "click",
        },
        {
            trigger: ".modal button:contains(Ok)",
            run: "click",
        },
        {
            content: "Done, and it can be undone",
            trigger: ".o_form_view h3:contains(2 imported)",
        },
        {
            trigger: "button[name=action_undo]",
            run: "click",
        },
        {
            trigger: ".modal button:contains(Ok)",
            run: "click",
        },
        {
            content: "Undone",
            trigger: ".o_arrow_button_current:contains(Undone), .o_statusbar_status button[aria-checked=true]:contains(Undone)",
        },
    ],
});

/** An administrator sees who left long ago, and anonymises them. */
registry.category("web_tour.tours").add("rr_former_members", {
    steps: () => [
        {
            content: "The empty screen teaches",
            trigger: ".o_nocontent_help:contains(forgotten in time)",
        },
        {
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            content: "Who it is about, and what is kept",
            trigger: ".o_data_row:contains(Paul Roy):contains(Nothing but the number)",
        },
        {
            trigger: "button[name=action_start]",
            run: "click",
        },
        {
            trigger: ".modal button:contains(Ok)",
            run: "click",
        },
        {
            content: "The name is gone",
            trigger: ".o_data_row:contains(Former member 00031)",
        },
    ],
});
