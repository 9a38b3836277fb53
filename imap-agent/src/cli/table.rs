//! Columns.

use crate::words::fit;

/// The widest column: an address or half a subject.
const MAX_WIDTH: usize = 44;

/// The rows, each on a line, with every column as wide as its widest cell.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let all = || std::iter::once(&head).chain(rows);
    let cell_width = |row: &Vec<String>, column: usize| row.get(column).map_or(0, |cell| cell.chars().count());
    let widths: Vec<usize> =
        (0..head.len()).map(|i| all().map(|row| cell_width(row, i)).max().unwrap_or(0).min(MAX_WIDTH)).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| fit(cell, *width)).collect();
        cells.join("  ").trim_end().to_owned()
    };
    all().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_cut() {
        let rows = [vec!["1".to_owned(), "x\u{1b}[2J".repeat(40)], vec!["100".to_owned(), "short".to_owned()]];
        let lines = table(&["ID", "Subject"], &rows);
        assert_eq!(lines[0], "ID   Subject");
        assert!(lines[1].starts_with("1    x[2Jx") && lines[1].ends_with('…'), "{}", lines[1]);
        assert_eq!(lines[1].chars().count(), 5 + MAX_WIDTH);
        assert_eq!(lines[2], "100  short");
    }
}
