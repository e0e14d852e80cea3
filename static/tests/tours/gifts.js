import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const field = (name) => `.o_field_widget[name=${name}]`;
const BOOKED = ".o_arrow_button_current:contains(Booked)";
const choose = (name, text) => [
    { trigger: `${field(name)} input`, run: `edit ${text}` },
    { trigger: `.o-autocomplete--dropdown-item:contains(${text})`, run: "click" },
];

/** A treasurer opens a box of letters: two cheques, one after the other. */
tours.add("rr_gift_entry", {
    url: "/odoo/record-gift",
    steps: () => [
        ...choose("partner_id", "Camille Durand"),
        { trigger: `${field("amount")} input`, run: "edit 50" },
        { trigger: `${field("mode")} label:contains(Cheque)`, run: "click" },
        { trigger: `${field("cheque_number")} input`, run: "edit 1234567" },
        { trigger: "button[name=action_book_next]", run: "click" },
        {
            content: "What was booked is said, and the next one may be typed",
            trigger: `.alert-success ${field("recorded_text")}:contains(50.00)`,
        },
        ...choose("partner_id", "Camille Durand"),
        { trigger: `${field("amount")} input`, run: "edit 30" },
        { trigger: "button[name=action_book].btn-primary", run: "click" },
        { trigger: BOOKED },
        { trigger: `${field("mode")}:contains(Cheque)` },
    ],
});

/** What stands on the bank statement becomes a gift of the one whose name it names. */
tours.add("rr_bank_gift", {
    url: "/odoo/bank-gifts",
    steps: () => [
        {
            trigger:
                ".o_data_row:contains(VIR DURAND CAMILLE) button[name=action_gift_or_dues]",
            run: "click",
        },
        { trigger: `.modal ${field("proposal_text")}:contains(contains the name)` },
        { trigger: `.modal ${field("gift_amount")}:contains(100.00)` },
        { trigger: ".modal button[name=action_book]", run: "click" },
        {
            content: "Nothing waits any more, and the screen says what it is for",
            trigger: ".o_view_nocontent:contains(Nothing waits to be attributed)",
        },
    ],
});

/** A sheet of waived expenses is approved and booked. */
tours.add("rr_expense_waiver", {
    url: "/odoo/waived-expenses",
    steps: () => [
        { trigger: ".o_data_row td:contains(Camille Durand)", run: "click" },
        { trigger: "button[name=action_submit]", run: "click" },
        { trigger: "button[name=action_approve]", run: "click" },
        { trigger: "button[name=action_book]", run: "click" },
        { trigger: BOOKED },
        { trigger: "button[name=action_contribution]", run: "click" },
        { trigger: `${field("nature")}:contains(volunteer)` },
        { trigger: BOOKED },
    ],
});
