//! What a scan offers: ignore files, links, limits, assemblies.

use super::*;

/// A folder of its own, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let unique = format!("carelint-discovery-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(unique);
        for (path, text) in files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        Self(folder)
    }

    #[track_caller]
    fn check(&self, limits: Limits, paths: &[&str], expected: &[&str]) {
        let sources = Sources::new(&self.0, limits).expect("the folder exists");
        let paths: Vec<PathBuf> = paths.iter().map(|path| self.0.join(path)).collect();
        let found = discover(&sources, &paths);
        let name = |one: &Candidate| format!("{}{}", one.path, if one.named { " named" } else { "" });
        let problem = |one: &Problem| format!("{}: {}", one.severity.as_str(), one.code);
        let mut shown: Vec<String> = found.candidates.iter().map(name).collect();
        shown.extend(found.problems.iter().map(problem));
        assert_eq!(shown, expected);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

#[test]
fn ignored_hidden_and_foreign_folders_are_skipped() {
    let folder = Folder::new(
        "skipped",
        &[
            (".gitignore", "cdk.out\n*.bak.json\n"),
            ("main.tf", ""),
            ("notes.md", ""),
            (".terraform/modules/a/main.tf", ""),
            ("app/cdk.out/manifest.json", "{}"),
            ("app/node_modules/x/template.yaml", ""),
            ("app/b.yaml", ""),
            ("app/a.bak.json", ""),
        ],
    );
    folder.check(Limits::default(), &["."], &["app/b.yaml", "main.tf"]);
    folder.check(Limits::default(), &["app"], &["app/b.yaml"]);
    folder.check(Limits::default(), &["app/cdk.out"], &["app/cdk.out/manifest.json"]);
    folder.check(
        Limits::default(),
        &["notes.md", "main.tf", "."],
        &["app/b.yaml", "main.tf named", "notes.md named"],
    );
}

#[test]
fn what_an_app_is_synthesized_to_is_read_though_it_is_ignored() {
    let folder = Folder::new(
        "synthesized",
        &[
            (".gitignore", "cdk.out\ndist\n"),
            ("a/cdk.json", r#"{"app": "node a.js"}"#),
            ("a/cdk.out/manifest.json", "{}"),
            ("a/cdk.out/cdk.out", "{}"),
            ("a/cdk.out/asset.1/main.tf", ""),
            ("a/cdk.out/asset.2.yaml", ""),
            ("b/cdk.json", r#"{"app": "node b.js", "output": "./dist/b/"}"#),
            ("b/dist/b/manifest.json", "{}"),
            ("b/dist/other.json", "{}"),
            ("library/cdk.json", r#"{"context": {}}"#),
            ("library/cdk.out/manifest.json", "{}"),
            ("outside/cdk.json", r#"{"app": "x", "output": "../../.."}"#),
            ("asset.3/main.tf", ""),
        ],
    );
    let found = ["a/cdk.json", "a/cdk.out/manifest.json", "asset.3/main.tf", "b/cdk.json"];
    let rest = ["b/dist/b/manifest.json", "library/cdk.json", "outside/cdk.json"];
    folder.check(Limits::default(), &["."], &[found.as_slice(), &rest].concat());
}

#[test]
fn terragrunt_is_told_of_once() {
    let root = "remote_state {\n  backend = \"s3\"\n}\n";
    let files = [("root.hcl", root), ("live/a/terragrunt.hcl", ""), ("live/b/terragrunt.hcl", "")];
    let folder = Folder::new("terragrunt", &files);
    folder.check(Limits::default(), &["."], &["warning: terragrunt-not-evaluated"]);
    folder.check(Limits::default(), &["root.hcl"], &["warning: terragrunt-not-evaluated"]);
    folder.check(Limits::default(), &["live/a/terragrunt.hcl"], &["warning: terragrunt-not-evaluated"]);
    let other =
        Folder::new("root", &[("root.hcl", "a = 1\n"), ("x.tftest.hcl", ""), (".terraform.lock.hcl", "")]);
    other.check(Limits::default(), &["."], &[]);
}

#[test]
fn limits_and_missing_paths_are_errors() {
    let folder = Folder::new("limits", &[("a.tf", "12345"), ("b.tf", "1"), ("c.tf", "")]);
    let small = Limits { file_bytes: 4, ..Limits::default() };
    folder.check(small, &["."], &["b.tf", "c.tf", "error: file-too-large"]);
    folder.check(
        Limits { files: 2, ..Limits::default() },
        &["."],
        &["a.tf", "b.tf", "error: too-many-files"],
    );
    folder.check(Limits::default(), &["absent"], &["error: path-missing"]);
    folder.check(Limits::default(), &["/"], &["error: path-outside-root"]);
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere_outside_the_root() {
    let folder = Folder::new("links", &[("a/main.tf", "")]);
    std::os::unix::fs::symlink("/etc/hosts", folder.0.join("a/out.tf")).expect("a link");
    std::os::unix::fs::symlink("/etc", folder.0.join("a/etc")).expect("a link");
    std::os::unix::fs::symlink("main.tf", folder.0.join("a/in.tf")).expect("a link");
    std::os::unix::fs::symlink(".", folder.0.join("a/loop")).expect("a link");
    folder.check(Limits::default(), &["."], &["a/in.tf", "a/main.tf", "error: link-outside-root"]);
}

#[test]
fn a_store_in_memory_offers_its_files() {
    let sources = Sources::in_memory([("b/x.yaml", ""), ("a.tf", ""), ("notes.md", "")]);
    let paths = |paths: &[&str]| -> Vec<String> {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        discover(&sources, &paths).candidates.into_iter().map(|one| one.path).collect()
    };
    assert_eq!(paths(&["."]), ["a.tf", "b/x.yaml"]);
    assert_eq!(paths(&["b"]), ["b/x.yaml"]);
    assert_eq!(paths(&["notes.md"]), ["notes.md"]);
}
