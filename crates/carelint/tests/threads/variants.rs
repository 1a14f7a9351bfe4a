//! Variants of a thread that mean the same: names exchanged, blocks in another order.

use crate::thread::Thread;

/// The thread itself and, if it names what may be exchanged, each exchange with the blocks forward and backward.
pub(crate) fn all(thread: &Thread) -> Vec<Thread> {
    if thread.permuted.is_empty() {
        return vec![thread.clone()];
    }
    let mut variants = Vec::new();
    for names in permutations(&thread.permuted) {
        for backward in [false, true] {
            variants.push(exchanged(thread, &names, backward));
        }
    }
    variants
}

fn permutations(names: &[String]) -> Vec<Vec<String>> {
    if names.len() < 2 {
        return vec![names.to_vec()];
    }
    let mut all = Vec::new();
    for (at, first) in names.iter().enumerate() {
        let rest: Vec<String> = names
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .map(|(_, name)| name.clone())
            .collect();
        for mut tail in permutations(&rest) {
            tail.insert(0, first.clone());
            all.push(tail);
        }
    }
    all
}

fn exchanged(thread: &Thread, names: &[String], backward: bool) -> Thread {
    let rename = |text: &str| renamed(text, &thread.permuted, names);
    let file = |(path, text): &(String, String)| {
        let text = if path.ends_with(".tf") && backward { reordered(text) } else { text.clone() };
        (path.clone(), rename(&text))
    };
    let order = if backward { "backward" } else { "forward" };
    Thread {
        name: format!("{} ({} {order})", thread.name, names.join(" ")),
        files: thread.files.iter().map(file).collect(),
        rules: thread
            .rules
            .iter()
            .map(|(rule, results)| (rule.clone(), results.iter().map(|line| rename(line)).collect()))
            .collect(),
        values: thread
            .values
            .iter()
            .map(|(address, path, json)| (rename(address), path.clone(), rename(json)))
            .collect(),
        ..thread.clone()
    }
}

/// `text` with each whole word of `from` replaced by that of `to` at the same position.
fn renamed(text: &str, from: &[String], to: &[String]) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_alphanumeric() || c == '_' || c == '-' {
            word.push(c);
            continue;
        }
        let new = from.iter().zip(to).find(|(old, _)| **old == word).map(|(_, new)| new);
        out.push_str(new.unwrap_or(&word));
        word.clear();
        out.push(c);
    }
    out.pop();
    out
}

/// The blocks of a file from last to first.
fn reordered(text: &str) -> String {
    let mut blocks: Vec<String> = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if let Some(last) = blocks.last_mut() {
            last.push_str(line);
        }
        if line.trim_end() == "}" {
            blocks.push(String::new());
        }
    }
    blocks.reverse();
    blocks.iter().map(|block| format!("{block}\n")).collect()
}
