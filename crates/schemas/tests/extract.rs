//! The tables say what the extract says: nothing is missing, nothing is made up.

#![expect(clippy::expect_used, reason = "tests fail by panicking")]

use carelint_schemas::{DATE, Object, Shape, resource_type, resource_types};

const EXTRACT: &str = include_str!("../../catalogue/schemas/cloudformation-2026-10.txt");

/// A line with what is indented below it.
struct Line<'t> {
    text: &'t str,
    below: Vec<Line<'t>>,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    fn read<'t>(
        rest: &mut std::iter::Peekable<impl Iterator<Item = &'t str>>,
        depth: usize,
    ) -> Vec<Line<'t>> {
        let mut found = Vec::new();
        while let Some(text) = rest.next_if(|line| line.len() - line.trim_start().len() == depth) {
            found.push(Line { text: text.trim_start(), below: read(rest, depth + 1) });
        }
        found
    }
    read(&mut text.lines().filter(|line| !line.starts_with('#')).peekable(), 0)
}

fn name(line: &Line<'_>) -> String {
    let name = line.text.split(' ').next().unwrap_or_default();
    ["%28=(", "%29=)", "%20= ", "%7C=|", "%25=%"]
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .fold(name.to_owned(), |name, (code, letter)| name.replace(code, letter))
}

/// The object has the properties of the lines, each of the kind that its line says.
fn same(what: &str, object: Object, lines: &[&Line<'_>], definitions: &[&Line<'_>], depth: usize) {
    let mut named: Vec<String> = lines.iter().map(|line| name(line)).collect();
    named.sort_unstable();
    let found: Vec<String> = object.properties().map(|property| property.name().to_owned()).collect();
    assert_eq!(found, named, "{what}");
    for line in lines {
        let what = format!("{what}.{}", name(line));
        let mut words = line.text.split(' ').skip(1);
        let notation = words.next().unwrap_or_default();
        let flags = words.next().filter(|word| !word.starts_with("default=")).unwrap_or_default();
        let property = object.property(&name(line)).expect("a property");
        assert_eq!(property.is_required(), flags.contains('r'), "{what}");
        assert_eq!(property.is_read_only(), flags.contains('R'), "{what}");
        assert!(property.is_attribute() || !property.is_read_only(), "{what}");
        same_shape(&what, property.shape(), (notation, line), definitions, depth);
    }
}

fn same_shape(
    what: &str,
    shape: Shape,
    (notation, line): (&str, &Line<'_>),
    definitions: &[&Line<'_>],
    depth: usize,
) {
    let (mut brackets, mut parts, mut start) = (0, Vec::new(), 0);
    for (at, letter) in notation.char_indices() {
        match letter {
            '(' | '{' => brackets += 1,
            ')' | '}' => brackets -= 1,
            '|' if brackets == 0 => {
                parts.push(notation.get(start..at).expect("a part"));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(notation.get(start..).expect("a part"));
    let has = |wanted: &str| parts.iter().any(|part| part.split('{').next() == Some(wanted));
    assert_eq!(
        (shape.takes_string(), shape.takes_number(), shape.takes_bool(), shape.is_anything()),
        (has("s"), has("n"), has("b"), has("*")),
        "{what}"
    );
    let inner = |open: [&str; 2]| {
        parts
            .iter()
            .find_map(move |part| open.iter().find_map(|open| part.strip_prefix(open)?.strip_suffix(')')))
    };
    for (found, written) in
        [(shape.items().next(), inner(["l(", "S("])), (shape.values().next(), inner(["m(", "m("]))]
    {
        assert_eq!(found.is_some(), written.is_some(), "{what}");
        if let (Some(found), Some(written)) = (found, written) {
            same_shape(what, found, (written, line), definitions, depth);
        }
    }
    // Definitions may hold themselves.
    let labels: Vec<&str> = parts.iter().filter_map(|part| part.strip_prefix('=')).collect();
    let in_place = usize::from(has("o") && !line.below.is_empty() && !shape.is_free());
    assert_eq!(shape.objects().count(), labels.len() + in_place, "{what}");
    if depth < 4 {
        for (object, label) in shape.objects().zip(labels) {
            let definition =
                definitions.iter().find(|line| line.text == format!("={label}")).expect("a definition");
            same(what, object, &definition.below.iter().collect::<Vec<_>>(), definitions, depth + 1);
        }
        if in_place == 1 {
            let object = shape.objects().last().expect("the object in place");
            same(what, object, &line.below.iter().collect::<Vec<_>>(), definitions, depth + 1);
        }
    }
}

#[test]
fn every_type_and_property_is_in_the_tables() {
    let lines = lines(EXTRACT);
    let mut count = 0;
    for (line, found) in lines.iter().zip(resource_types()) {
        assert_eq!(found.name(), name(line));
        assert_eq!(resource_type(found.name()), Some(found));
        let (definitions, own): (Vec<&Line<'_>>, Vec<&Line<'_>>) =
            line.below.iter().partition(|line| line.text.starts_with('='));
        same(found.name(), found.properties(), &own, &definitions, 0);
        count += 1;
    }
    assert_eq!(count, lines.len());
    assert_eq!(count, resource_types().count());
}

#[test]
fn the_day_is_that_of_the_extract() {
    assert!(EXTRACT.lines().next().expect("a first line").contains(DATE));
    assert_eq!(DATE.len(), "2026-10-20".len());
    assert!(include_str!("../../../docs/resource-types.md").contains(DATE));
}

#[test]
fn names_are_found_letter_by_letter() {
    let bucket = resource_type("AWS::S3::Bucket").expect("a bucket").properties();
    assert!(bucket.property("BucketEncryption").is_some());
    for wrong in ["BucketEncyption", "bucketEncryption", "Bucket", ""] {
        assert!(bucket.property(wrong).is_none(), "{wrong}");
    }
    for wrong in ["AWS::S3::Buckett", "aws::s3::bucket", "", "Z"] {
        assert!(resource_type(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn attributes_are_paths() {
    let instance = resource_type("AWS::RDS::DBInstance").expect("an instance");
    for attribute in ["Endpoint.Address", "DBInstanceArn", "MasterUserSecret.SecretArn"] {
        assert!(instance.has_attribute(attribute), "{attribute}");
    }
    for attribute in ["Endpoint.Adress", "Arn", "", "MasterUsername.x"] {
        assert!(!instance.has_attribute(attribute), "{attribute}");
    }
}
