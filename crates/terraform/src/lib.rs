//! Terraform and OpenTofu modules and plans, evaluated to declared resources.
