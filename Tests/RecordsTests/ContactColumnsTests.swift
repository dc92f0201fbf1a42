import Records
import Testing

/// Which names speak of contact data.
@Suite struct ContactColumnsTests {
    @Test(arguments: [
        "mail", "email", "e_mail", "billing_email", "emailaddress", "contact", "contact_person", "phone", "telephone",
        "phone_2", "emails", "work_emails", "tel", "Tel_2", "office_tel", "kontakt", "kontaktperson", "telefon",
        "adresse", "mobile", "mobile_number", "fax", "telefax", "street_address", "Billing_EMail",
    ])
    func contactData(name: String) { #expect(ContactColumns.standard.contains(name)) }

    @Test(arguments: [
        "", "_", "city", "industry", "hotmailer", "saxophonecount", "plan", "transmailed", "hotel", "telemetry",
        "tel2x", "artels",
    ])
    func others(name: String) { #expect(!ContactColumns.standard.contains(name)) }

    @Test func wordsOfAConfiguration() {
        let columns = ContactColumns(["", "Tax_ID", "größe"])
        #expect(columns.words == ["tax_id", "größe"])
        #expect(columns.contains("tax_id"))
        #expect(columns.contains("schuhgröße"))
        #expect(!columns.contains("tax"))
        #expect(!columns.contains("mail"))
        #expect(!ContactColumns([]).contains("mail"))
    }
}
