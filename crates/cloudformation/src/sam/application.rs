//! `AWS::Serverless::Application`: a nested stack, of a template beside this one or of the application repository.

use super::expansion::Expansion;
use super::make::is_null;
use super::serverless::Serverless;
use super::tags;
use source::document::Node;

pub(super) fn expand(expansion: &mut Expansion<'_, '_>, application: &Serverless<'_>) {
    let at = application.at;
    let mut made = at.fields();
    made.hand_all(&application.properties, &["Parameters", "NotificationARNs", "TimeoutInMinutes"]);
    let mut all = at.fields();
    if let Some(location) = application.get("Location") {
        let published = location.get("ApplicationId").filter(|id| !is_null(id));
        // The address of a published application is known to its repository alone; its id says as well which it is.
        made.set("TemplateURL", published.unwrap_or(location).clone());
        all.hand_as(location, "ApplicationId", "serverlessrepo:applicationId");
        all.hand_as(location, "SemanticVersion", "serverlessrepo:semanticVersion");
    }
    application.get("Tags").map_or(&[][..], Node::entries).iter().for_each(|tag| all.push(tag.clone()));
    made.set("Tags", tags::created_by(at, "lambda:createdBy", Some(&all.node())));
    expansion.put(application.main(application.id.clone(), "AWS::CloudFormation::Stack", made));
}
