import Records
import RiverTesting
import Snapshots

/// Four clients whose figures can be worked out in the head, as of Sunday, 2024-03-31.
enum Example {
    static let asOf = Day(2024, 3, 31)

    static func river() throws -> River {
        let river = River()
        try river.load(
            .demographics,
            """
            customer_id,account_creation_date,name,segment,region,tier,industry,email,contact_name,phone,age,gender,Home Town
            ann,2024-01-01,Ann Älv,smb,EMEA,gold,Real Estate,a@x.it,An,12,40,f,New York
            bob,2024-01-15,Bob,smb,NA,tin,steel,,,,,,Rome
            cat,2024-02-01,,ent,EMEA,gold,steel,,,,,,
            dan,2023-01-01,Dan <b>,ent,EMEA,tin,,,,,,,
            """)
        try river.load(
            .transactions,
            """
            transaction_id,customer_id,amount,currency,payment_method,transaction_date
            t1,ann,100,USD,card,2024-02-01
            t2,ann,150,USD,,2024-03-01
            t3,bob,40,USD,,2024-02-10
            t4,cat,10,USD,,2024-03-05
            t5,ann,-5,EUR,card,2024-03-06
            t6,dan,100,USD,,2023-11-01
            """)
        try river.load(
            .engagement,
            """
            event_id,customer_id,event_type,timestamp,device_type,feature_used
            e1,ann,login,2024-03-30T10:00:00Z,,f1
            e2,ann,view,2024-03-30T11:00:00Z,,f2
            e3,bob,login,2024-02-05T23:59:59Z,,
            e4,cat,view,2024-03-25T00:00:00Z,,
            """)
        try river.load(
            .support,
            """
            ticket_id,customer_id,issue_type,created_at,resolved_at,satisfaction_score
            k1,ann,bug,2024-03-01T08:00:00Z,2024-03-01T10:00:00Z,5
            k2,bob,,2024-03-02T08:00:00Z,,
            """)
        try river.load(
            .surveys,
            "survey_id,customer_id,response_date,nps_score,comments\ns1,ann,2024-03-03,9,fine\ns2,bob,2024-03-04,3,\n")
        return river
    }

    static func snapshot() throws -> Snapshot { AnswersTests.snapshot(try river(), asOf: asOf) }
}
