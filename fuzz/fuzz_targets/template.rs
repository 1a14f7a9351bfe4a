//! Evaluation of templates: texts as they come, or out of the grammar. The first byte says which.
#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use carelint_fuzz::template::Templates;
use carelint_fuzz::stacks;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, data)) = data.split_first() else { return };
    let files = if first % 2 == 0 { stacks::written(data) } else { Templates::arbitrary(&mut Unstructured::new(data)).ok().map(|found| found.0) };
    if let Some(files) = files {
        stacks::check(&files, first % 16 < 2);
    }
});
