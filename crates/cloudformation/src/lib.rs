//! CloudFormation and SAM templates, evaluated to declared resources.
