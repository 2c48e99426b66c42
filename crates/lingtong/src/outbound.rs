//! Letters and posts, as the interface and the courier see each other.

use api::{Answer, NotSent, Outbound};
use courier::{CourierError, CourierHandle, ReportFile, Reports, Wanted};
use store::Store;
use types::{DeliveryId, Private, TenantId};

/// A courier behind the interface.
pub(crate) struct Desk(pub(crate) CourierHandle);

fn not_sent(error: CourierError) -> NotSent {
    match error {
        CourierError::NoMailServer => NotSent::NoMailServer,
        CourierError::NotFound => NotSent::NotFound,
        CourierError::Mail(failure) => NotSent::Refused { stage: failure.stage.as_str(), said: failure.said },
        CourierError::Report(problem) => NotSent::NoReport(problem),
        CourierError::Store(error) => NotSent::Store(error),
    }
}

impl Outbound for Desk {
    fn try_mail(&self, tenant: TenantId, to: Private<String>, zh: bool) -> Answer<'_, Result<String, NotSent>> {
        Box::pin(async move { self.0.try_mail(tenant, to, zh).await.map_err(not_sent) })
    }

    fn run_schedule<'a>(&'a self, tenant: TenantId, name: &'a str) -> Answer<'a, Result<u32, NotSent>> {
        Box::pin(async move { self.0.run_schedule(tenant, name).await.map_err(not_sent) })
    }

    fn deliver_again(&self, tenant: TenantId, id: DeliveryId) -> Answer<'_, Result<(), NotSent>> {
        Box::pin(async move { self.0.deliver_again(tenant, id).await.map_err(not_sent) })
    }

    fn settings_changed(&self) {
        self.0.wake();
    }
}

/// The interface's reports, as files.
pub(crate) struct Figures(pub(crate) Store);

impl Reports for Figures {
    fn render(&self, wanted: Wanted) -> Answer<'_, Result<ReportFile, String>> {
        Box::pin(async move {
            let mut query = vec![
                ("by".to_owned(), wanted.by.as_str().to_owned()),
                ("every".to_owned(), wanted.every.as_str().to_owned()),
                ("from".to_owned(), wanted.from.to_string()),
                ("to".to_owned(), wanted.to.to_string()),
                ("format".to_owned(), wanted.format.as_str().to_owned()),
                ("language".to_owned(), wanted.language.as_str().to_owned()),
            ];
            if !wanted.subjects.is_empty() {
                query.push(("subject".to_owned(), wanted.subjects.join(",")));
            }
            let made = api::report_file(&self.0, wanted.tenant, query, wanted.made).await?;
            Ok(ReportFile { kind: made.kind, bytes: made.bytes })
        })
    }
}
