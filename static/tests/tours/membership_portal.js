import { registry } from "@web/core/registry";

const typed = (name, value) => ({
    content: `Type ${name}`,
    trigger: `.o_rr_join_form input[name=${name}]`,
    run: `edit ${value}`,
});

const born = (value) => ({
    content: `Born on ${value}`,
    trigger: ".o_rr_join_form input[name=birthdate]",
    run() {
        this.anchor.value = value;
        this.anchor.dispatchEvent(new Event("input", { bubbles: true }));
    },
});

/** Somebody fills in the joining page with a child, and is told to look for an e-mail. */
registry.category("web_tour.tours").add("rr_join", {
    steps: () => [
        {
            content: "Choose a category, with its price of today",
            trigger: ".o_rr_join_form label:contains(Member):contains(entrance fee) input",
            run: "click",
        },
        typed("firstname", "Marie"),
        typed("lastname", "Dupont"),
        born("1980-02-03"),
        {
            content: "Nobody asks for a guardian of somebody of age",
            trigger: ".o_rr_join_form:not(:has(.o_rr_guardian:visible))",
        },
        born("2018-02-03"),
        {
            content: "A child needs one",
            trigger: ".o_rr_guardian:visible",
        },
        typed("guardian_firstname", "Anne"),
        typed("guardian_lastname", "Dupont"),
        typed("email", "anne@example.com"),
        typed("street", "1 rue Haute"),
        typed("zip", "69001"),
        typed("city", "Lyon"),
        {
            content: "No consent is ticked beforehand",
            trigger: ".o_rr_join_form:not(:has(input[name^=consent_]:checked))",
        },
        {
            content: "One is given",
            trigger: "input[name=consent_newsletter]",
            run: "click",
        },
        {
            content: "Send it",
            trigger: ".o_rr_join_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "An e-mail was sent",
            trigger: "[name=join_sent]:contains(anne@example.com)",
        },
    ],
});

/** The link of the e-mail: check, join, pay. */
registry.category("web_tour.tours").add("rr_join_confirm", {
    steps: () => [
        {
            content: "What it costs is shown",
            trigger: "#wrap:contains(Marie Dupont):contains(Total)",
        },
        {
            content: "Join",
            trigger: "#wrap form button:contains(Join)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The call, with the account for a transfer",
            trigger: "[name=dues_transfer]:contains(FR76)",
        },
    ],
});

/** A member pays in two taps from the list of memberships. */
registry.category("web_tour.tours").add("rr_dues_pay", {
    steps: () => [
        {
            content: "What is to be paid stands first",
            trigger: "a[name=pay]:contains(60.00)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Choose the provider",
            trigger: "input[name=o_payment_radio][data-provider-code=demo]",
            run: "click",
        },
        {
            content: "Pay",
            trigger: "button[name=o_payment_submit_button]:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Thank you",
            trigger: "[name=dues_paid]:contains(Thank you)",
            timeout: 30000,
        },
        {
            content: "To the membership",
            trigger: "a[href='/my/memberships']:contains(My memberships)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is up to date",
            trigger: "#wrap .badge:contains(Up to date)",
        },
    ],
});
