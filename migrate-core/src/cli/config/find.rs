//! Where the file of environments is: in this folder or above it, no further than the project. Never knows what stands in it.

use std::path::{Path, PathBuf};

/// What it is called.
pub(super) const FILE: &str = "migrate.toml";

/// The nearest file, from `folder` up to the first folder that holds `.git` or a `Cargo.lock`. Where no folder above holds one, only `folder`
/// itself counts: a stranger's file in `/tmp` says nothing.
pub(super) fn find(folder: &Path) -> Option<PathBuf> {
    let is_top = |folder: &&Path| [".git", "Cargo.lock"].iter().any(|mark| folder.join(mark).exists());
    let top = folder.ancestors().find(is_top).unwrap_or(folder);
    let inside = folder.ancestors().take_while(|folder| folder.starts_with(top));
    inside.map(|folder| folder.join(FILE)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        folder
    }

    fn found(files: &[&str], from: &str) -> Option<String> {
        let folder = folder(files);
        let from = folder.path().join(from);
        std::fs::create_dir_all(&from).unwrap();
        find(&from).map(|file| file.strip_prefix(folder.path()).unwrap().display().to_string())
    }

    #[test]
    fn it_looks_upward_and_no_further_than_the_project() {
        let path = |path: &str| Some(path.to_owned());
        assert_eq!(found(&["p/Cargo.lock", "p/migrate.toml"], "p/a/b"), path("p/migrate.toml"));
        assert_eq!(found(&["p/Cargo.lock", "p/migrate.toml", "p/a/migrate.toml"], "p/a/b"), path("p/a/migrate.toml"));
        assert_eq!(found(&["p/.git/HEAD", "p/a/x", "migrate.toml"], "p/a"), None, "it lies outside of the project");
        assert_eq!(found(&["migrate.toml"], "a"), None, "nothing says that this is one project");
        assert_eq!(found(&["a/migrate.toml"], "a"), path("a/migrate.toml"));
        assert_eq!(found(&["p/Cargo.lock", "p/migrate.toml/x"], "p"), None, "a folder is no file");
    }
}
