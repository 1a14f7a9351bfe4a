//! Reads the extract. Its format stands in `crates/catalogue/schemas/README.md`.

use std::collections::BTreeMap;

/// What the extract says.
pub(crate) struct Extract {
    /// Day of the schemas, as `YYYY-MM-DD`.
    pub(crate) date: String,
    /// The resource types by name, each with its properties as an index of `objects`.
    pub(crate) types: BTreeMap<String, usize>,
    /// All objects: those of types, definitions, and those that stand in place.
    pub(crate) objects: Vec<Object>,
}

/// The properties of an object, sorted by name.
pub(crate) type Object = Vec<Property>;

/// A property.
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    /// `r` and `R` of the extract, and `A` where `Fn::GetAtt` takes it.
    pub(crate) flags: Vec<char>,
}

/// What a value may be: any of these.
#[derive(Default)]
pub(crate) struct Shape {
    /// `s`, `n`, `b`, `*`, and `o` for an object with free keys.
    pub(crate) plain: Vec<char>,
    /// Indices of `objects`.
    pub(crate) objects: Vec<usize>,
    pub(crate) lists: Vec<Shape>,
    pub(crate) maps: Vec<Shape>,
}

/// A line with what is indented below it.
struct Line<'t> {
    name: &'t str,
    words: Vec<&'t str>,
    below: Vec<Line<'t>>,
}

/// Reads the whole text.
pub(crate) fn read(text: &str) -> Result<Extract, String> {
    let head = text.lines().next().unwrap_or_default();
    let date = head.rsplit_once("schemas of ").map(|(_, date)| date.trim_end_matches('.').to_owned());
    let mut extract = Extract {
        date: date.ok_or("the first line does not say of which day the schemas are")?,
        types: BTreeMap::new(),
        objects: Vec::new(),
    };
    for line in lines(text) {
        let mut labels = BTreeMap::new();
        for definition in line.below.iter().filter_map(|line| line.name.strip_prefix('=')) {
            labels.insert(definition, extract.objects.len());
            extract.objects.push(Object::new());
        }
        let getatt = line.words.iter().find_map(|word| word.strip_prefix("getatt=")).unwrap_or_default();
        let (definitions, properties): (Vec<&Line<'_>>, Vec<&Line<'_>>) =
            line.below.iter().partition(|line| line.name.starts_with('='));
        for definition in definitions {
            let lines: Vec<&Line<'_>> = definition.below.iter().collect();
            let object = object(&lines, &labels, "", &mut extract.objects)?;
            let known = definition.name.strip_prefix('=').and_then(|label| labels.get(label));
            if let Some(place) = known.and_then(|index| extract.objects.get_mut(*index)) {
                *place = object;
            }
        }
        let root = object(&properties, &labels, getatt, &mut extract.objects)?;
        extract.types.insert(decoded(line.name)?, extract.objects.len());
        extract.objects.push(root);
    }
    Ok(extract)
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut open: Vec<Line<'_>> = vec![Line { name: "", words: Vec::new(), below: Vec::new() }];
    for raw in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let depth = raw.len() - raw.trim_start().len();
        close(&mut open, depth + 1);
        let mut words = raw.split_whitespace();
        let name = words.next().unwrap_or_default();
        open.push(Line { name, words: words.collect(), below: Vec::new() });
    }
    close(&mut open, 1);
    open.pop().map(|root| root.below).unwrap_or_default()
}

/// Closes lines until `most` are open.
fn close(open: &mut Vec<Line<'_>>, most: usize) {
    while open.len() > most {
        let Some(line) = open.pop() else { return };
        if let Some(parent) = open.last_mut() {
            parent.below.push(line);
        }
    }
}

fn object(
    lines: &[&Line<'_>],
    labels: &BTreeMap<&str, usize>,
    getatt: &str,
    objects: &mut Vec<Object>,
) -> Result<Object, String> {
    let mut properties = Object::new();
    for line in lines {
        let [notation, flags @ ..] = line.words.as_slice() else {
            return Err(format!("the property {} has no type", line.name));
        };
        let flags = flags.first().filter(|flags| !flags.starts_with("default=")).unwrap_or(&"");
        let mut flags: Vec<char> = flags.chars().filter(|flag| "rR".contains(*flag)).collect();
        if flags.contains(&'R') || getatt == "*" || getatt.split(',').any(|name| name == line.name) {
            flags.push('A');
        }
        let inner = match line.below.as_slice() {
            [] => None,
            // Which of several objects in place the lines belong to is not told.
            _ if places(notation) > 1 => None,
            below => {
                let below: Vec<&Line<'_>> = below.iter().collect();
                let inner = object(&below, labels, "", objects)?;
                objects.push(inner);
                Some(objects.len() - 1)
            }
        };
        let shape = shape(notation, labels, inner).map_err(|error| format!("{}: {error}", line.name))?;
        properties.push(Property { name: decoded(line.name)?, shape, flags });
    }
    properties.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(properties)
}

/// How many objects in place a notation has.
fn places(notation: &str) -> usize {
    notation.split(['|', '(', ')']).filter(|part| *part == "o").count()
}

/// Reads a notation; `inner` is the object that its `o` stands for.
fn shape(notation: &str, labels: &BTreeMap<&str, usize>, inner: Option<usize>) -> Result<Shape, String> {
    let mut found = Shape::default();
    for part in alternatives(notation) {
        let wrapped = part.split_once('(').and_then(|(kind, rest)| Some((kind, rest.strip_suffix(')')?)));
        match (part, wrapped) {
            (_, Some(("l" | "S", item))) => found.lists.push(shape(item, labels, inner)?),
            (_, Some(("m", value))) => found.maps.push(shape(value, labels, inner)?),
            ("o", _) => match inner {
                Some(object) => found.objects.push(object),
                None => found.plain.push('o'),
            },
            ("*" | "s" | "n" | "b", _) => found.plain.extend(part.chars()),
            _ if part.starts_with("s{") || part.starts_with("n{") => found.plain.extend(part.chars().take(1)),
            _ => {
                let label = part.strip_prefix('=').and_then(|label| labels.get(label));
                found.objects.push(*label.ok_or_else(|| format!("what `{part}` means is not known"))?);
            }
        }
    }
    Ok(found)
}

/// The parts between `|` that stand outside of brackets.
fn alternatives(notation: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let outside = move |letter: char| {
        match letter {
            '(' | '{' => depth += 1,
            ')' | '}' => depth -= 1,
            _ => {}
        }
        letter == '|' && depth == 0
    };
    notation.split(outside).collect()
}

/// A name with its `%XX` as characters.
fn decoded(name: &str) -> Result<String, String> {
    let mut parts = name.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        text.push(char::from(code.ok_or_else(|| format!("`{name}` has a `%` without code"))?));
        text.push_str(part.get(2..).unwrap_or_default());
    }
    Ok(text)
}
