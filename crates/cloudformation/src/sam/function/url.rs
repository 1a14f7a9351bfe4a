//! `FunctionUrlConfig`: the address of a function, and the permissions that open it to everybody if it asks for no
//! authentication.

use crate::intrinsic::Call;
use crate::sam::expansion::Expansion;
use crate::sam::serverless::Serverless;
use crate::sam::target::Target;

pub(super) fn expand(expansion: &mut Expansion<'_, '_>, function: &Serverless<'_>, target: &Target<'_>) {
    let Some(config) = function.get("FunctionUrlConfig") else { return };
    let at = function.at("FunctionUrlConfig");
    let mut made = at.fields();
    made.hand_all(config, &["Cors", "AuthType", "InvokeMode"]);
    made.set("TargetFunctionArn", target.name(at));
    expansion.put(function.further(format!("{}Url", function.id), "AWS::Lambda::Url", made));
    let auth = config.get("AuthType").filter(|_| Call::of(config).is_none());
    let Some(auth) = auth.filter(|auth| auth.text().is_some_and(|text| text == "NONE")) else { return };
    let mut made = at.fields();
    made.set("Action", at.text("lambda:InvokeFunctionUrl"));
    made.set("FunctionName", target.name(at));
    made.set("Principal", at.text("*"));
    made.set("FunctionUrlAuthType", auth.clone());
    let id = format!("{}UrlPublicPermissions", function.id);
    expansion.put(function.further(id, "AWS::Lambda::Permission", made));
    let mut made = at.fields();
    made.set("Action", at.text("lambda:InvokeFunction"));
    made.set("FunctionName", target.name(at));
    made.set("Principal", at.text("*"));
    made.set("InvokedViaFunctionUrl", at.bool(true));
    let id = format!("{}URLInvokeAllowPublicAccess", function.id);
    expansion.put(function.further(id, "AWS::Lambda::Permission", made));
}
