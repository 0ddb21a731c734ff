//! A style sheet from `style/`: imports inlined, newer syntax lowered, white space gone.

use std::path::Path;

use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions, StyleSheet};
use lightningcss::targets::{Browsers, Targets};

use crate::failure::{Context, Result};
use crate::workspace::{read_text, root};

/// The oldest browsers the product promises to run on, as lightningcss writes versions.
const OLDEST: Browsers = Browsers {
    android: Some(99 << 16),
    chrome: Some(99 << 16),
    edge: Some(99 << 16),
    firefox: None,
    ie: None,
    ios_saf: Some(15 << 16),
    opera: None,
    safari: Some(15 << 16),
    samsung: None,
};

/// A sheet of `style/`, whole, as text.
pub(super) fn bundle(name: &str) -> Result<String> {
    let sheet = inline(&root().join("style").join(name))?;
    minify(&sheet).when(|| format!("style/{name}, after inlining what it imports, is not valid CSS"))
}

/// A file's text with each `@import "x.css" layer(y);` replaced by that file.
fn inline(path: &Path) -> Result<String> {
    let source = read_text(path)?;
    let mut rest = source.as_str();
    let mut inlined = String::with_capacity(source.len());
    while let Some((before, import, after)) = next_import(rest) {
        inlined.push_str(before);
        let (file, layer) = parse_import(import).when(|| format!("{}: `@import{import};`", path.display()))?;
        let content = inline(&path.with_file_name(file))?;
        inlined.push_str(&match layer {
            Some(layer) => format!("@layer {layer} {{\n{content}\n}}\n"),
            None => content,
        });
        rest = after;
    }
    inlined.push_str(rest);
    Ok(inlined)
}

/// The text before the next `@import` outside of comments, what stands between it and its semicolon, and the text after.
fn next_import(source: &str) -> Option<(&str, &str, &str)> {
    let mut at = 0;
    while let Some(found) = source[at..].find(['/', '@']).map(|offset| at + offset) {
        let here = &source[found..];
        if let Some(comment) = here.strip_prefix("/*") {
            at = found + 2 + comment.find("*/")? + 2;
        } else if let Some(import) = here.strip_prefix("@import") {
            let (import, after) = import.split_once(';')?;
            return Some((&source[..found], import, after));
        } else {
            at = found + 1;
        }
    }
    None
}

/// The file and the layer named by ` "x.css" layer(y)`.
fn parse_import(import: &str) -> Result<(&str, Option<&str>)> {
    let import = import.trim();
    let quote =
        import.chars().next().filter(|first| matches!(first, '"' | '\'')).ok_or("the file's name must be in quotes")?;
    let (file, rest) = import[1..].split_once(quote).ok_or("the file's name has no closing quote")?;
    let rest = rest.trim();
    if rest.is_empty() {
        return Ok((file, None));
    }
    let layer = rest.strip_prefix("layer(").and_then(|rest| rest.strip_suffix(')'));
    match layer {
        Some(layer) => Ok((file, Some(layer))),
        None => Err(format!("only `layer(NAME)` may follow the file's name, not `{rest}`").into()),
    }
}

fn minify(css: &str) -> Result<String> {
    // Errors point into source text that does not outlive this function, hence the texts.
    let options = ParserOptions { filename: "main.css".to_owned(), ..ParserOptions::default() };
    let mut sheet = StyleSheet::parse(css, options).map_err(|error| error.to_string())?;
    let targets = Targets::from(OLDEST);
    sheet.minify(MinifyOptions { targets, ..MinifyOptions::default() }).map_err(|error| error.to_string())?;
    let options = PrinterOptions { minify: true, targets, ..PrinterOptions::default() };
    let printed = sheet.to_css(options).map_err(|error| error.to_string())?;
    Ok(printed.code)
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::fs;

    use super::{inline, minify, next_import, parse_import};

    #[test]
    fn imports_are_inlined_in_their_order_and_layer() -> Result<(), Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let main = folder.path().join("main.css");
        fs::write(
            &main,
            "@layer base, page;\n/* @import \"no.css\"; */\n@import \"b.css\" layer(page);\n@import 'a.css';\n",
        )?;
        fs::write(folder.path().join("a.css"), "a { color: red }")?;
        fs::write(folder.path().join("b.css"), "b { color: blue }")?;
        let css = minify(&inline(&main)?)?;
        assert_eq!(css, "@layer base;@layer page{b{color:#00f}}a{color:red}");
        Ok(())
    }

    #[test]
    fn nesting_is_lowered_for_old_browsers() -> Result<(), Box<dyn Error>> {
        assert_eq!(minify(".a { .b & { top: 0 } }")?, ".b .a{top:0}");
        Ok(())
    }

    #[test]
    fn an_import_with_a_media_query_is_refused() {
        assert!(parse_import(" \"print.css\" print").is_err());
    }

    #[test]
    fn a_sheet_without_imports_has_none() {
        assert!(next_import("@media print { a/**/ { top: 0 } }").is_none());
    }
}
