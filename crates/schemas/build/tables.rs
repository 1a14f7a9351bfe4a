//! The extract as tables of records of one size each, which need no decoding. Objects that have the same properties
//! of the same shapes are written once, of however many types they are: nearly every type has a `Tag`.

use std::collections::{BTreeMap, BTreeSet};

use super::extract::{Extract, Object, Property, Shape};

/// The files with their content.
type Files = Vec<(&'static str, Vec<u8>)>;

/// Marks of parts of shapes; `src/lib.rs` reads them.
const OBJECT: u8 = b'o';
const LIST: u8 = b'l';
const MAP: u8 = b'm';

/// Writes the tables.
pub(crate) fn of(extract: &Extract) -> Result<Files, String> {
    let names: BTreeSet<&str> =
        extract.objects.iter().flatten().map(|property| property.name.as_str()).collect();
    let ids: BTreeMap<&str, usize> = names.iter().enumerate().map(|(id, name)| (*name, id)).collect();
    let classes = classes(&extract.objects);
    let mut shapes = Shapes::default();
    let (mut objects, mut properties) = (Vec::new(), Vec::new());
    let mut written = 0;
    for class in 0..classes.iter().max().map_or(0, |last| last + 1) {
        let object = classes.iter().position(|known| *known == class).and_then(|at| extract.objects.get(at));
        for property in object.into_iter().flatten() {
            properties.extend(short(ids.get(property.name.as_str()).copied().unwrap_or_default())?);
            properties.extend(short(shapes.id(&property.shape, &classes)?)?);
            properties.push(flags(property));
            written += 1;
        }
        objects.extend(long(written)?);
    }
    let mut types = Vec::new();
    let mut length = 0;
    for (name, object) in &extract.types {
        length += name.len();
        types.extend(long(length)?);
        types.extend(short(classes.get(*object).copied().unwrap_or_default())?);
    }
    let mut ends = Vec::new();
    let mut length = 0;
    for name in &names {
        length += name.len();
        ends.extend(long(length)?);
    }
    Ok(vec![
        ("date.txt", extract.date.clone().into_bytes()),
        ("type-names.txt", extract.types.keys().map(String::as_str).collect::<String>().into_bytes()),
        ("types.bin", types),
        ("names.txt", names.into_iter().collect::<String>().into_bytes()),
        ("names.bin", ends),
        ("objects.bin", objects),
        ("properties.bin", properties),
        ("shapes.bin", shapes.records),
        ("parts.bin", shapes.parts),
    ])
}

fn flags(property: &Property) -> u8 {
    let bit = |flag: char, bit: u8| if property.flags.contains(&flag) { bit } else { 0 };
    bit('r', 1) | bit('R', 2) | bit('A', 4)
}

fn short(number: usize) -> Result<[u8; 2], String> {
    u16::try_from(number).map(u16::to_le_bytes).map_err(|_| "a table is too long for 16 bits".to_owned())
}

fn long(number: usize) -> Result<[u8; 4], String> {
    u32::try_from(number).map(u32::to_le_bytes).map_err(|_| "a table is too long for 32 bits".to_owned())
}

/// The class of each object: two of one class are the same, those that they hold included. The classes are refined
/// until nothing tells two objects of one class apart.
fn classes(objects: &[Object]) -> Vec<usize> {
    let mut classes = vec![0; objects.len()];
    let mut count = 0;
    loop {
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let next: Vec<usize> = objects
            .iter()
            .map(|object| {
                let key = object.iter().map(|property| describe(property, &classes)).collect();
                let new = known.len();
                *known.entry(key).or_insert(new)
            })
            .collect();
        let found = known.len();
        classes = next;
        if found == count {
            return classes;
        }
        count = found;
    }
}

fn describe(property: &Property, classes: &[usize]) -> String {
    format!("{} {} {};", property.name, notation(&property.shape, classes), flags(property))
}

fn notation(shape: &Shape, classes: &[usize]) -> String {
    let mut text: String = shape.plain.iter().collect();
    for object in &shape.objects {
        text.push_str(&format!("={}", classes.get(*object).copied().unwrap_or_default()));
    }
    for (mark, inner) in [("l", &shape.lists), ("m", &shape.maps)] {
        for shape in inner {
            text.push_str(&format!("{mark}({})", notation(shape, classes)));
        }
    }
    text
}

/// The shapes that occur, each once.
#[derive(Default)]
struct Shapes {
    known: BTreeMap<Vec<u8>, usize>,
    /// What plain values a shape takes, and where its parts end.
    records: Vec<u8>,
    /// What it holds: a mark, and an object or a shape.
    parts: Vec<u8>,
}

impl Shapes {
    fn id(&mut self, shape: &Shape, classes: &[usize]) -> Result<usize, String> {
        let mut parts = Vec::new();
        for object in &shape.objects {
            parts.push(OBJECT);
            parts.extend(short(classes.get(*object).copied().unwrap_or_default())?);
        }
        for (mark, inner) in [(LIST, &shape.lists), (MAP, &shape.maps)] {
            for shape in inner {
                let id = self.id(shape, classes)?;
                parts.push(mark);
                parts.extend(short(id)?);
            }
        }
        let plain = ['s', 'n', 'b', '*', 'o'].iter().enumerate();
        let plain = plain.fold(0, |bits, (bit, kind)| bits | u8::from(shape.plain.contains(kind)) << bit);
        let mut key = vec![plain];
        key.extend(&parts);
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let id = self.known.len();
        self.known.insert(key, id);
        self.parts.extend(parts);
        self.records.push(plain);
        self.records.extend(long(self.parts.len() / 3)?);
        Ok(id)
    }
}
