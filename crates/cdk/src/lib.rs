//! CDK cloud assemblies, read to declared resources.
