//! The tables that the build script wrote, and how records are found in them.

use std::cmp::Ordering;

macro_rules! table {
    ($name:ident, $size:literal, $file:literal) => {
        pub(crate) static $name: &[[u8; $size]] =
            include_bytes!(concat!(env!("OUT_DIR"), "/", $file)).as_chunks::<$size>().0;
    };
}

// Where its name ends, its properties.
table!(TYPES, 6, "types.bin");
// Where its name ends.
table!(NAMES, 4, "names.bin");
// Where its properties end.
table!(OBJECTS, 4, "objects.bin");
// Name, shape, flags.
table!(PROPERTIES, 5, "properties.bin");
// Plain values, where its parts end.
table!(SHAPES, 5, "shapes.bin");
// Mark, object or shape.
table!(PARTS, 3, "parts.bin");

/// From where to where the records of `index` go in another table, by the ends that `table` says.
pub(crate) fn range<const N: usize>(
    table: &[[u8; N]],
    index: usize,
    end: impl Fn(&[u8; N]) -> u32,
) -> (usize, usize) {
    let end_of = |index: usize| table.get(index).map_or(0, |record| end(record) as usize);
    (index.checked_sub(1).map_or(0, end_of), end_of(index))
}

/// Sorted names, all in one text.
pub(crate) struct Names {
    text: &'static str,
    count: fn() -> usize,
    end: fn(usize) -> Option<u32>,
}

/// The names of resource types.
pub(crate) const TYPE_NAMES: Names = Names {
    text: include_str!(concat!(env!("OUT_DIR"), "/type-names.txt")),
    count: || TYPES.len(),
    end: |index| {
        TYPES.get(index).map(|[one, two, three, four, ..]| u32::from_le_bytes([*one, *two, *three, *four]))
    },
};

/// The names of properties, those of all objects together.
pub(crate) const PROPERTY_NAMES: Names = Names {
    text: include_str!(concat!(env!("OUT_DIR"), "/names.txt")),
    count: || NAMES.len(),
    end: |index| NAMES.get(index).map(|record| u32::from_le_bytes(*record)),
};

impl Names {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        (self.count)()
    }

    /// The name at `index`.
    pub(crate) fn get(&self, index: usize) -> &'static str {
        let end_of = |index: usize| (self.end)(index).unwrap_or(0) as usize;
        let start = index.checked_sub(1).map_or(0, end_of);
        self.text.get(start..end_of(index)).unwrap_or_default()
    }

    /// The index of `name`.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle).cmp(name) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Some(middle),
            }
        }
        None
    }
}
