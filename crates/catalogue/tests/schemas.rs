//! What models name exists in the providers' schemas.

use carelint_catalogue::CATALOGUE;

mod schema;

const TERRAFORM: &str = include_str!("../schemas/terraform-aws-5.100.0.txt");
const CLOUDFORMATION: &str = include_str!("../schemas/cloudformation-2026-10.txt");

#[test]
fn every_type_path_and_literal_of_the_models_exists() {
    let wrong = schema::check(&CATALOGUE, TERRAFORM, CLOUDFORMATION);
    assert!(wrong.is_empty(), "{} things are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
