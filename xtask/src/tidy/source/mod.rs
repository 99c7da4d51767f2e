//! Rust sources as tokens.

mod lexer;
mod test_code;

use std::path::{Path, PathBuf};

pub(super) use lexer::{Comment, Token, TokenKind};

/// One Rust file.
#[derive(Debug)]
pub(super) struct SourceFile {
    path: PathBuf,
    lines: usize,
    tokens: Vec<Token>,
    comments: Vec<Comment>,
    /// For each token, whether it is compiled for tests alone.
    in_test: Vec<bool>,
    test_modules: Vec<String>,
}

impl SourceFile {
    /// Reads `text`, the contents of the file at `path` (relative to the root).
    pub(super) fn parse(path: &Path, text: &str) -> Self {
        let lexed = lexer::lex(text);
        let marked = test_code::mark(&lexed.tokens);
        Self {
            path: path.to_path_buf(),
            lines: text.lines().count(),
            tokens: lexed.tokens,
            comments: lexed.comments,
            in_test: marked.in_test,
            test_modules: marked.modules,
        }
    }

    /// The file, relative to the root.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Number of lines.
    pub(super) fn line_count(&self) -> usize {
        self.lines
    }

    /// All tokens.
    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// All comments, doc comments included.
    pub(super) fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// Whether token `index` is compiled for tests alone.
    pub(super) fn is_test(&self, index: usize) -> bool {
        self.in_test[index]
    }

    /// Whether the file starts with module documentation.
    pub(super) fn has_module_docs(&self) -> bool {
        let first_token = self.tokens.first().map_or(usize::MAX, |token| token.line);
        self.comments.iter().any(|comment| comment.text.starts_with("//!") && comment.line <= first_token)
    }

    /// Indices of the tokens at which `pattern`, a piece of Rust, begins.
    pub(super) fn find(&self, pattern: &str) -> Vec<usize> {
        let wanted = lexer::lex(pattern).tokens;
        let same = |(a, b): (&Token, &Token)| a.kind == b.kind && a.text == b.text;
        self.tokens
            .windows(wanted.len())
            .enumerate()
            .filter(|(_, window)| window.iter().zip(&wanted).all(same))
            .map(|(index, _)| index)
            .collect()
    }

    /// Paths of the modules in other files that this one includes for tests alone.
    ///
    /// Each is a path without extension: `src/a/b` stands for `src/a/b.rs` and all of `src/a/b/`.
    pub(super) fn test_module_paths(&self) -> Vec<PathBuf> {
        let is_root = matches!(
            self.path.file_name().and_then(|name| name.to_str()),
            Some("lib.rs" | "main.rs" | "mod.rs")
        );
        let folder = if is_root {
            self.path.parent().unwrap_or(Path::new("")).to_path_buf()
        } else {
            self.path.with_extension("")
        };
        self.test_modules.iter().map(|name| folder.join(name)).collect()
    }

    /// Marks the whole file as compiled for tests alone.
    pub(super) fn mark_as_test(&mut self) {
        self.in_test.fill(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_code_but_neither_comments_nor_literals() {
        let text = "// a::b(\nlet x = \"a::b(\";\na ::\n  b(1);\na::bc(1);\n";
        let source = SourceFile::parse(Path::new("x.rs"), text);
        let lines: Vec<_> = source.find("a::b(").iter().map(|&i| source.tokens()[i].line).collect();
        assert_eq!(lines, [3]);
    }

    #[test]
    fn test_modules_in_other_files_are_located_by_the_rules_of_rust() {
        let text = "#[cfg(test)]\nmod checks;\nmod other;\n";
        let paths = |path: &str| SourceFile::parse(Path::new(path), text).test_module_paths();
        assert_eq!(paths("src/lib.rs"), [Path::new("src/checks")]);
        assert_eq!(paths("src/a/mod.rs"), [Path::new("src/a/checks")]);
        assert_eq!(paths("src/a.rs"), [Path::new("src/a/checks")]);
    }

    #[test]
    fn module_docs_come_before_the_code() {
        let has_docs = |text| SourceFile::parse(Path::new("lib.rs"), text).has_module_docs();
        assert!(has_docs("//! What this is.\nuse a;\n"));
        assert!(!has_docs("// A remark.\nuse a;\n"));
        assert!(!has_docs("use a;\nmod b {\n//! Of b.\n}\n"));
    }
}
