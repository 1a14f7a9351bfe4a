//! CloudFormation's resource types: their names, their properties and what these may hold, compiled into the program
//! from the extract of the resource schemas. Invariant: nothing is parsed or decoded at start; a look-up is a binary
//! search in a table of the program.

mod tables;

use tables::{OBJECTS, PARTS, PROPERTIES, PROPERTY_NAMES, SHAPES, TYPE_NAMES, TYPES};

/// The day of the schemas, as `YYYY-MM-DD`: what came later is not known.
pub const DATE: &str = include_str!(concat!(env!("OUT_DIR"), "/date.txt"));

/// A resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceType(usize);

/// An object with named properties: a resource's, or a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Object(u16);

/// A property of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Property {
    name: u16,
    shape: u16,
    flags: u8,
}

/// What a value may be. Several answers may be true of one shape: it takes whatever one of them says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape(u16);

/// The type `name`, letter by letter.
#[must_use]
pub fn resource_type(name: &str) -> Option<ResourceType> {
    TYPE_NAMES.find(name).map(ResourceType)
}

/// All types, in order of their names.
pub fn resource_types() -> impl Iterator<Item = ResourceType> + Clone {
    (0..TYPE_NAMES.len()).map(ResourceType)
}

impl ResourceType {
    /// Its name: `AWS::S3::Bucket`.
    #[must_use]
    pub fn name(self) -> &'static str {
        TYPE_NAMES.get(self.0)
    }

    /// Its properties.
    #[must_use]
    pub fn properties(self) -> Object {
        let record = TYPES.get(self.0).copied().unwrap_or_default();
        let [_, _, _, _, low, high] = record;
        Object(u16::from_le_bytes([low, high]))
    }

    /// Whether `Fn::GetAtt` takes the attribute, a path with dots (`Endpoint.Address`): a property that is only read, a part
    /// of one, or one that the service gives back besides.
    #[must_use]
    pub fn has_attribute(self, path: &str) -> bool {
        let mut objects = vec![self.properties()];
        let mut taken = false;
        for step in path.split('.') {
            let found: Vec<Property> = objects.iter().filter_map(|object| object.property(step)).collect();
            if found.is_empty() {
                return false;
            }
            taken |= found.iter().any(|property| property.is_attribute());
            if found.iter().any(|property| property.shape().is_free()) {
                return taken;
            }
            objects = found.iter().flat_map(|property| property.shape().all_objects()).collect();
        }
        taken
    }
}

impl Object {
    /// The property `name`, letter by letter.
    #[must_use]
    pub fn property(self, name: &str) -> Option<Property> {
        // Records are in order of the numbers of their names, and these in order of the names.
        let own = self.records();
        let at = own.binary_search_by(|record| Property::of(record).name().cmp(name)).ok()?;
        own.get(at).map(Property::of)
    }

    /// All properties, in order of their names.
    pub fn properties(self) -> impl Iterator<Item = Property> {
        self.records().iter().map(Property::of)
    }

    fn records(self) -> &'static [[u8; 5]] {
        let (start, end) = tables::range(OBJECTS, usize::from(self.0), |record| u32::from_le_bytes(*record));
        PROPERTIES.get(start..end).unwrap_or_default()
    }
}

impl Property {
    fn of(record: &[u8; 5]) -> Self {
        let [name, more, shape, high, flags] = *record;
        Self { name: u16::from_le_bytes([name, more]), shape: u16::from_le_bytes([shape, high]), flags }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        PROPERTY_NAMES.get(usize::from(self.name))
    }

    /// What it may hold.
    #[must_use]
    pub fn shape(self) -> Shape {
        Shape(self.shape)
    }

    /// Whether its object cannot be without it.
    #[must_use]
    pub fn is_required(self) -> bool {
        self.flags & 1 != 0
    }

    /// Whether the service alone sets it.
    #[must_use]
    pub fn is_read_only(self) -> bool {
        self.flags & 2 != 0
    }

    /// Whether `Fn::GetAtt` gives it.
    #[must_use]
    pub fn is_attribute(self) -> bool {
        self.flags & 4 != 0
    }
}

impl Shape {
    fn record(self) -> [u8; 5] {
        SHAPES.get(usize::from(self.0)).copied().unwrap_or_default()
    }

    fn has(self, bit: u8) -> bool {
        let [plain, ..] = self.record();
        plain & bit != 0
    }

    fn parts(self, wanted: u8) -> impl Iterator<Item = u16> {
        let end = |[_, one, two, three, four]: &[u8; 5]| u32::from_le_bytes([*one, *two, *three, *four]);
        let (start, end) = tables::range(SHAPES, usize::from(self.0), end);
        let parts = PARTS.get(start..end).unwrap_or_default();
        parts
            .iter()
            .filter(move |[mark, ..]| *mark == wanted)
            .map(|[_, low, high]| u16::from_le_bytes([*low, *high]))
    }

    /// Whether it takes a string.
    #[must_use]
    pub fn takes_string(self) -> bool {
        self.has(1)
    }

    /// Whether it takes a number.
    #[must_use]
    pub fn takes_number(self) -> bool {
        self.has(2)
    }

    /// Whether it takes a boolean.
    #[must_use]
    pub fn takes_bool(self) -> bool {
        self.has(4)
    }

    /// Whether the schema leaves open what it is.
    #[must_use]
    pub fn is_anything(self) -> bool {
        self.has(8)
    }

    /// Whether it takes an object whose keys the schema does not list, or anything at all.
    #[must_use]
    pub fn is_free(self) -> bool {
        self.has(8 | 16)
    }

    /// The objects that it may be.
    pub fn objects(self) -> impl Iterator<Item = Object> {
        self.parts(b'o').map(Object)
    }

    /// What the items may be, if it may be a list.
    pub fn items(self) -> impl Iterator<Item = Shape> {
        self.parts(b'l').map(Shape)
    }

    /// What the values may be, if it may be a map with free keys.
    pub fn values(self) -> impl Iterator<Item = Shape> {
        self.parts(b'm').map(Shape)
    }

    /// The objects that it may be, or that stand in a list of it.
    fn all_objects(self) -> Vec<Object> {
        self.objects().chain(self.items().flat_map(Shape::objects)).collect()
    }
}
