//! Work on each element of a list, in threads of its own: a scan uses rayon inside, whose workers would begin further
//! scans upon one that waits, until their stacks run over. Invariant: results stand in the order of the elements.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What a scan may need in a build without optimization.
const STACK: usize = 64 << 20;

/// The results of `work` on each element. An element whose thread could not be started or did not end has none.
pub(super) fn each<T: Sync, R: Send>(elements: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let worker = || {
        while let Some((at, element)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            elements.get(at).map(|element| (at, element))
        } {
            let result = work(element);
            if let Ok(mut done) = done.lock() {
                done.push((at, result));
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            // A thread that cannot be started leaves its share to the others.
            drop(thread::Builder::new().stack_size(STACK).spawn_scoped(scope, worker));
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_elements() {
        let elements: Vec<usize> = (0..100).collect();
        assert_eq!(each(&elements, |element| element * 2), (0..200).step_by(2).collect::<Vec<_>>());
    }
}
