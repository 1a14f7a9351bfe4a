//! Every format on the same small report: as it looks, what it may never show, and that totals agree.

use crate::fixture::{SECRET, report, sources, written};
use carelint_report::{Format, Show, Status, Totals};

#[test]
fn terminal() {
    insta::assert_snapshot!(written(Format::Terminal, Show::Open, false));
}

#[test]
fn terminal_with_everything() {
    insta::assert_snapshot!(written(Format::Terminal, Show::All, false));
}

#[test]
fn json() {
    insta::assert_snapshot!(written(Format::Json, Show::Open, false));
}

#[test]
fn sarif() {
    insta::assert_snapshot!(written(Format::Sarif, Show::Open, false));
}

#[test]
fn markdown() {
    insta::assert_snapshot!(written(Format::Markdown, Show::Open, false));
}

#[test]
fn html() {
    insta::assert_snapshot!(written(Format::Html, Show::Open, false));
}

/// Each format with every choice of results and colours.
fn every_output() -> impl Iterator<Item = (Format, bool, String)> {
    Format::ALL.into_iter().flat_map(|format| {
        [Show::Fail, Show::Open, Show::Pass, Show::All]
            .into_iter()
            .flat_map(move |show| [false, true].map(|color| (format, color, written(format, show, color))))
    })
}

#[test]
fn no_output_holds_a_secret_of_the_sources() {
    for (format, _, text) in every_output() {
        assert!(!text.contains(SECRET), "{} shows the secret:\n{text}", format.id());
    }
}

#[test]
fn no_output_holds_what_a_terminal_obeys() {
    for (format, color, text) in every_output() {
        let obeyed = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
        // Colours are carelint's own escapes: `ESC [ digits m`.
        let plain = if color { without_colors(&text) } else { text };
        assert!(!plain.contains(obeyed), "{} holds {:?}", format.id(), plain.chars().find(|c| obeyed(*c)));
        // The one red of the hostile name came in as text, never as an escape.
        assert!(!color || !plain.contains('\u{1b}'));
    }
}

/// The text without sequences that only set a colour or a weight.
fn without_colors(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut plain, part| {
        let (code, rest) = part.split_once('m').unwrap_or(("?", part));
        assert!(code.chars().all(|c| c.is_ascii_digit() || c == ';'), "the escape {code:?} is no colour");
        plain.push_str(rest);
        plain
    })
}

#[test]
fn no_output_without_colours_holds_markup_of_the_input() {
    for format in [Format::Html, Format::Markdown] {
        let text = written(format, Show::All, false);
        let tags = text.matches("<script").count() - text.matches("\\<script").count();
        // A construct and its owner stand in one code span.
        let in_code = ["`x\u{fffd}[31m<script", " library x\u{fffd}[31m<script"];
        let in_code: usize = in_code.iter().map(|begun| text.matches(begun).count()).sum();
        assert_eq!(tags, in_code, "{}:\n{text}", format.id());
    }
}

#[test]
fn the_page_loads_nothing() {
    let page = written(Format::Html, Show::Open, false);
    for load in ["<script", "<link", "<img", "<iframe", "<object", "src=", "url(", "@import", "href=\"http"] {
        assert!(!page.contains(load), "the page has {load}");
    }
}

#[test]
fn totals_are_the_same_in_every_format() {
    let report = report(&sources());
    let totals = &report.summary.totals;
    let Totals { pass, fail, unknown, not_applicable, filtered } = totals;
    assert_eq!((*pass, *fail, *unknown, *not_applicable, *filtered), (1, 4, 2, 1, 1));
    let json: serde_json::Value = serde_json::from_str(&written(Format::Json, Show::Open, false)).unwrap();
    for (name, count) in [
        ("pass", pass),
        ("fail", fail),
        ("unknown", unknown),
        ("not_applicable", not_applicable),
        ("filtered", filtered),
    ] {
        assert_eq!(json["summary"][name], serde_json::json!(count), "{name}");
    }
    assert_eq!(json["results"].as_array().unwrap().len(), pass + fail + unknown + not_applicable + filtered);
    let sarif: serde_json::Value = serde_json::from_str(&written(Format::Sarif, Show::Open, false)).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), fail + unknown);
    let markdown = written(Format::Markdown, Show::Open, false);
    let row = format!("| **all** | {pass} | {fail} | {unknown} | {not_applicable} | {filtered} |");
    assert!(markdown.contains(&row), "{markdown}");
    assert_eq!(markdown.matches("\n| fail |").count(), *fail);
    let page = written(Format::Html, Show::Open, false);
    let cells =
        [pass, fail, unknown, not_applicable, filtered].map(|count| format!("<td class=\"n\">{count}</td>"));
    assert!(
        page.contains(&format!("<th scope=\"row\">All pillars</th>{}", cells.concat())),
        "the page's totals differ"
    );
    assert_eq!(page.matches("<td class=\"fail\">").count(), *fail);
    let terminal = written(Format::Terminal, Show::Open, false);
    let last = terminal.lines().find(|line| line.starts_with("all ")).unwrap();
    let counts: Vec<&str> = last.split_whitespace().skip(1).collect();
    assert_eq!(counts, [pass, fail, unknown, not_applicable].map(ToString::to_string));
    assert_eq!(terminal.matches("  × ").count(), fail + 1, "a frame for each failure and each error");
}

#[test]
fn two_runs_are_the_same_bytes() {
    for format in Format::ALL {
        assert_eq!(written(format, Show::All, true), written(format, Show::All, true));
    }
}

#[test]
fn frames_fit_the_width() {
    for line in written(Format::Terminal, Show::All, false).lines().filter(|line| line.contains('│')) {
        assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
    }
}

#[test]
fn formats_are_found_by_their_names() {
    for format in Format::ALL {
        assert_eq!(Format::named(format.id()), Some(format));
    }
    assert_eq!(Format::named("pdf"), None);
    assert_eq!(Status::NotApplicable.id(), "not_applicable");
}
